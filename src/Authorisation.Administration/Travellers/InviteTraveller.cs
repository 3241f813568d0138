using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Invitations;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Travellers;

/// <summary>
/// Sends a traveller the link to sign in with for the first time, which ends the link before it: to one who has not
/// accepted, and to one who has no password, as it is a way to choose one.
/// </summary>
internal sealed class InviteTraveller(InvitationLinks invitations)
{
    /// <exception cref="RefusedException">
    /// The traveller cannot be seen or changed, is shared, has no e-mail address, has accepted and can sign in, or too
    /// many were sent.
    /// </exception>
    public async Task RunAsync(UnitOfWork work, Guid travellerId)
    {
        var (row, scope) = await TravellerRow.LockForChangeAsync(work, travellerId);
        scope.Require(AdministratorRights.Travellers);
        if (row.IsShared)
        {
            throw new RefusedException(
                ProblemCode.SharedTraveller, "Several people travel on it, so nobody can sign in as this traveller.");
        }

        if (row.Email.Length == 0)
        {
            throw new RefusedException(ProblemCode.NoEmail, "The traveller has no e-mail address: set one first.");
        }

        var access = await TravellerAccess.FindAsync(work.Db, travellerId);
        if (access is { IsAccepted: true, HasPassword: true })
        {
            throw new RefusedException(ProblemCode.AcceptedAlready, "The invitation has been accepted.");
        }

        if (access is null)
        {
            await AddAccessAsync(work, row);
        }

        var terms = await OperatorTerms.GetAsync(work.Db, row.OperatorId);
        var organisation = (await OrganisationRow.FindAsync(work.Db, row.OrganisationId))!;
        await invitations.SendAsync(work, Invited.Traveller(travellerId), link =>
        {
            var (subject, text) = MessageTexts.TravellerInvitation(terms, organisation.Name, link);
            return new NewMessage(terms, MessageKind.TravellerInvitation, row.Email, subject, text, Limits.InvitationTime)
            {
                OrganisationId = row.OrganisationId,
                TravellerId = travellerId,
            };
        });
        await work.AuditAsync(
            access is null ? "traveller.invited" : "traveller.invited_again", "traveller:" + travellerId, row.OperatorId,
            row.OrganisationId, row.DepartmentId);
    }

    private static async Task AddAccessAsync(UnitOfWork work, TravellerRow row)
    {
        await work.Db.ExecuteAsync(
            "insert into control.person (id, email, name) values (@person, @Email, '') on conflict (email) do nothing",
            new { person = Guid.CreateVersion7(), row.Email });
        await work.Db.ExecuteAsync(
            """
            insert into control.traveller_access (id, traveller_id, organisation_id, person_id)
            select @id, @travellerId, @OrganisationId, id from control.person where email = @Email
            """,
            new { id = Guid.CreateVersion7(), travellerId = row.Id, row.OrganisationId, row.Email });
    }
}
