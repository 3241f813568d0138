using Authorisation.Ledger.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Invitations;

/// <summary>
/// An invitation that can be accepted, once within seven days; the token in the link is the right to do so.
/// </summary>
internal sealed record OpenInvitation
{
    /// <summary>The administrator that the person becomes; null for a traveller's invitation.</summary>
    public Guid? AdministratorId { get; init; }

    /// <summary>The traveller that the person is; null for an administrator's invitation.</summary>
    public Guid? TravellerId { get; init; }

    /// <summary>The department that the traveller is in.</summary>
    public Guid? DepartmentId { get; init; }

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
            select i.administrator_id, i.traveller_id, t.department_id, coalesce(a.invited_name, t.name) as invited_name,
                   p.id as person_id, p.email, p.password_hash is not null as has_password,
                   g.id as organisation_id, g.name as organisation, g.operator_id, o.name as operator, o.language,
                   coalesce(nullif(inviter.name, ''), inviter.email) as invited_by
            from control.invitation i
            left join control.administrator a on a.id = i.administrator_id and a.removed_at is null
            left join traveller t on t.id = i.traveller_id and t.removed_at is null
            left join control.traveller_access x on x.traveller_id = t.id and x.ended_at is null
            join control.person p on p.id = coalesce(a.person_id, x.person_id)
            join organisation g on g.id = coalesce(a.organisation_id, t.organisation_id)
            join operator o on o.id = g.operator_id
            left join control.person inviter on inviter.id = i.invited_by
            where i.sha256 = @sha256 and i.used_at is null and i.ended_at is null and i.expires_at > ledger_now()
            {(forUse ? "for no key update of i, p" : "")}
            """,
            new { sha256 = TokenHash.Sha256Of(token) });
}
