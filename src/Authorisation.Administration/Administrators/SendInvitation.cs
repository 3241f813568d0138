using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Administrators;

/// <summary>
/// Sends an administrator another invitation, which ends the one before it: to one who has not accepted, and to one who
/// has no password, as it is a way to choose one.
/// </summary>
internal sealed class SendInvitation(Outbox outbox, PortalLinks links)
{
    /// <exception cref="RefusedException">
    /// The administrator cannot be seen or managed, or has accepted and can sign in, or too many were sent.
    /// </exception>
    public async Task RunAsync(UnitOfWork work, Guid administratorId)
    {
        var (row, scope) = await AdministratorRow.LockForChangeAsync(work, administratorId);
        row.RequireManagement(scope);
        if (row.AcceptedAt is not null && row.HasPassword)
        {
            throw new RefusedException(ProblemCode.AcceptedAlready, "The invitation has been accepted.");
        }

        var organisation = (await OrganisationRow.FindAsync(work.Db, row.OrganisationId))!;
        var terms = await OperatorTerms.GetAsync(work.Db, row.OperatorId);
        await ApplyAsync(work, terms, organisation, administratorId, row.Email);
        await work.AuditAsync(
            "administrator.invited_again", "administrator:" + administratorId, row.OperatorId, row.OrganisationId);
    }

    /// <summary>Ends the invitations that an administrator has, and sends a new one in the principal's name.</summary>
    /// <exception cref="TooManyMessagesException">429: the receiver or the organisation has had too many.</exception>
    public async Task ApplyAsync(
        UnitOfWork work, OperatorTerms terms, OrganisationRow organisation, Guid administratorId, string email)
    {
        await EndAsync(work.Db, administratorId);
        var (token, sha256) = TokenHash.NewToken();
        await work.Db.ExecuteAsync(
            """
            insert into control.invitation (sha256, administrator_id, expires_at, invited_by)
            values (@sha256, @administratorId, ledger_now() + @time, @invitedBy)
            """,
            new { sha256, administratorId, invitedBy = work.Principal.PersonId, time = Limits.InvitationTime });
        var (subject, text) = MessageTexts.Invitation(terms, organisation.Name, links.Invitation(token));
        await outbox.AddAsync(work.Db, new NewMessage(
            terms, MessageKind.Invitation, email, subject, text, Limits.InvitationTime)
        {
            OrganisationId = organisation.Id,
        });
    }

    /// <summary>Ends the invitations that an administrator has.</summary>
    public static Task EndAsync(NpgsqlConnection db, Guid administratorId) => db.ExecuteAsync(
        """
        update control.invitation set ended_at = ledger_now()
        where administrator_id = @administratorId and used_at is null and ended_at is null
        """,
        new { administratorId });
}
