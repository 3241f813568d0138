using Authorisation.Ledger.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Administrators;

/// <summary>
/// An invitation that can be accepted, once within seven days; the token in the link is the right to do so.
/// </summary>
internal sealed record OpenInvitation
{
    public required Guid AdministratorId { get; init; }

    public string? InvitedName { get; init; }

    public required Guid PersonId { get; init; }

    public required string Email { get; init; }

    /// <summary>The person has one already, which is asked for instead of a new one.</summary>
    public required bool HasPassword { get; init; }

    public required Guid OrganisationId { get; init; }

    public required string Organisation { get; init; }

    public required int OperatorId { get; init; }

    public required string Operator { get; init; }

    /// <summary>The operator's.</summary>
    public required string Language { get; init; }

    /// <summary>The inviter, by name or e-mail address; null for invitations from before that was kept.</summary>
    public string? InvitedBy { get; init; }

    /// <summary>
    /// Finds the invitation of a token; null when there is none, or it was used, ended or has lapsed.
    /// </summary>
    /// <param name="db">The connection.</param>
    /// <param name="token">As in the link.</param>
    /// <param name="forUse">Locks it, and the person, until the transaction ends.</param>
    public static async Task<OpenInvitation?> FindAsync(NpgsqlConnection db, string token, bool forUse) =>
        token.Length > TokenHash.TokenCharactersMax ? null : await db.QuerySingleOrDefaultAsync<OpenInvitation>(
            $"""
            select i.administrator_id, a.invited_name, p.id as person_id, p.email, p.password_hash is not null as has_password,
                   a.organisation_id, g.name as organisation, g.operator_id, o.name as operator, o.language,
                   coalesce(nullif(inviter.name, ''), inviter.email) as invited_by
            from control.invitation i
            join control.administrator a on a.id = i.administrator_id
            join control.person p on p.id = a.person_id
            join organisation g on g.id = a.organisation_id
            join operator o on o.id = g.operator_id
            left join control.person inviter on inviter.id = i.invited_by
            where i.sha256 = @sha256 and i.used_at is null and i.ended_at is null and i.expires_at > ledger_now()
              and a.removed_at is null
            {(forUse ? "for no key update of i, p" : "")}
            """,
            new { sha256 = TokenHash.Sha256Of(token) });
}
