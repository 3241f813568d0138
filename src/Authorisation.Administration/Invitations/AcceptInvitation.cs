using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Ledger.Access;
using Dapper;

namespace Authorisation.Administration.Invitations;

/// <summary>How accepting an invitation ended.</summary>
/// <param name="Fault">What is wrong with the password that was chosen.</param>
/// <param name="IsWrong">The person has a password, and it is another one.</param>
internal readonly record struct AcceptanceOutcome(PasswordFault Fault, bool IsWrong);

/// <summary>
/// Accepts an invitation, once within seven days; the token in the link is the right to do so. Without a password the
/// person gets the one that was typed. A person who has one has to type it: the link is the right to join, not to
/// replace the password of a person who has one.
/// </summary>
internal sealed class AcceptInvitation(SignIns signIns, Passwords passwords)
{
    /// <param name="work">
    /// The unit of work; it is committed also when the password is wrong, as that was counted.
    /// </param>
    /// <param name="token">As in the link.</param>
    /// <param name="request">The password, as it was typed.</param>
    /// <returns>What is wrong with the password; nothing was accepted then.</returns>
    /// <exception cref="RefusedException">
    /// There is no such invitation to accept, or no password that anybody could have.
    /// </exception>
    public async Task<AcceptanceOutcome> RunAsync(UnitOfWork work, string token, Request<string?> request)
    {
        var invitation = await OpenInvitation.FindAsync(work.Db, token, forUse: true) ?? throw Problems.NotFound();
        var fields = new Fields();
        var password = fields.PresentPassword("password", request.Read());
        fields.ThrowIfAny();
        if (invitation.HasPassword)
        {
            if (!await signIns.IsRightAsync(work.Db, invitation.Email, password, work.Address))
            {
                return new AcceptanceOutcome(PasswordFault.None, IsWrong: true);
            }
        }
        else if (await ChooseAsync(work, invitation, password) is var fault && fault != PasswordFault.None)
        {
            return new AcceptanceOutcome(fault, IsWrong: false);
        }

        await work.Db.ExecuteAsync(
            """
            update control.invitation set used_at = ledger_now() where sha256 = @sha256;
            update control.administrator set accepted_at = ledger_now(), revision = revision + 1
            where id = @AdministratorId;
            update control.traveller_access set accepted_at = ledger_now()
            where traveller_id = @TravellerId and ended_at is null and accepted_at is null
            """,
            new { sha256 = TokenHash.Sha256Of(token), invitation.AdministratorId, invitation.TravellerId });
        var isTraveller = invitation.TravellerId is not null;
        await work.AuditAsync(
            invitation.PersonId, invitation.Email, isTraveller ? "traveller.accepted" : "administrator.accepted",
            isTraveller ? "traveller:" + invitation.TravellerId : "administrator:" + invitation.AdministratorId,
            invitation.OperatorId, invitation.OrganisationId, invitation.DepartmentId);
        return default;
    }

    private async Task<PasswordFault> ChooseAsync(UnitOfWork work, OpenInvitation invitation, string password)
    {
        var fault = await Passwords.FaultOfAsync(work.Db, invitation.PersonId, password);
        if (fault == PasswordFault.None)
        {
            await work.Db.ExecuteAsync(
                """
                update control.person set name = case when name = '' then coalesce(@InvitedName, '') else name end
                where id = @PersonId
                """,
                new { invitation.InvitedName, invitation.PersonId });
            await passwords.SetAsync(
                work.Db, invitation.PersonId, password, "password.chosen", invitation.PersonId, work.Address);
        }

        return fault;
    }
}
