using Authorisation.Administration.Access;
using Authorisation.Ledger.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Administrators;

/// <summary>How accepting an invitation ended.</summary>
/// <param name="Fault">What is wrong with the password that was chosen.</param>
/// <param name="IsWrong">The person has a password, and it is another one.</param>
internal readonly record struct AcceptanceOutcome(PasswordFault Fault, bool IsWrong);

/// <summary>An invitation that can be accepted, once within seven days; the token in the link is the right to do so.</summary>
internal sealed record Invitation
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

    /// <summary>Who invited, by name or e-mail address; null for invitations from before that was kept.</summary>
    public string? InvitedBy { get; init; }

    /// <summary>Finds the invitation of a token; null when there is none, or it was used, ended or has lapsed.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="token">As it stands in the link.</param>
    /// <param name="forUse">Locks it, and the person, until the transaction ends.</param>
    public static async Task<Invitation?> FindAsync(NpgsqlConnection db, string token, bool forUse) =>
        token.Length > TokenHash.TokenCharactersMax ? null : await db.QuerySingleOrDefaultAsync<Invitation>(
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

    /// <summary>
    /// Accepts. Without a password the person gets the one that was typed; whoever has one has to type it: the link is the right
    /// to join, not to choose another password for somebody who has one.
    /// </summary>
    /// <returns>What is wrong; nothing was accepted then, and a wrong password was counted.</returns>
    public async Task<AcceptanceOutcome> AcceptAsync(UnitOfWork work, string token, string password, SignIns signIns, Passwords passwords)
    {
        var db = work.Db;
        if (HasPassword)
        {
            if (!await signIns.IsRightAsync(db, Email, password, work.Address))
            {
                return new AcceptanceOutcome(PasswordFault.None, IsWrong: true);
            }
        }
        else
        {
            var fault = await Passwords.FaultOfAsync(db, PersonId, password);
            if (fault != PasswordFault.None)
            {
                return new AcceptanceOutcome(fault, IsWrong: false);
            }

            await db.ExecuteAsync(
                "update control.person set name = case when name = '' then coalesce(@InvitedName, '') else name end where id = @PersonId",
                this);
            await passwords.SetAsync(db, PersonId, password, "password.chosen", PersonId, work.Address);
        }

        await db.ExecuteAsync(
            """
            update control.invitation set used_at = ledger_now() where sha256 = @sha256;
            update control.administrator set accepted_at = ledger_now(), revision = revision + 1 where id = @AdministratorId
            """,
            new { sha256 = TokenHash.Sha256Of(token), AdministratorId });
        await work.AuditAsync(
            PersonId, Email, "administrator.accepted", "administrator:" + AdministratorId, OperatorId, OrganisationId);
        return default;
    }
}
