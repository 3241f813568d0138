using Authorisation.Administration.Access;
using Authorisation.Administration.Invitations;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Administrators;

/// <summary>
/// Sends an administrator another invitation, which ends the one before it: to one who has not accepted, and to one who
/// has no password, as it is a way to choose one.
/// </summary>
internal sealed class SendInvitation(InvitationLinks invitations)
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
    public Task ApplyAsync(
        UnitOfWork work, OperatorTerms terms, OrganisationRow organisation, Guid administratorId, string email) =>
        invitations.SendAsync(work, Invited.Administrator(administratorId), link =>
        {
            var (subject, text) = MessageTexts.Invitation(terms, organisation.Name, link);
            return new NewMessage(terms, MessageKind.Invitation, email, subject, text, Limits.InvitationTime)
            {
                OrganisationId = organisation.Id,
            };
        });
}
