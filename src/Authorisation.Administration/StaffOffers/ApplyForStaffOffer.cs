using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Tickets;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.StaffOffers;

/// <summary>An application for a staff offer.</summary>
/// <param name="TravellerId">The traveller that the ticket is for.</param>
/// <param name="Bearer">What is to carry it.</param>
internal sealed record StaffApplicationRequest(Guid? TravellerId, BearerRequest? Bearer);

/// <summary>
/// Applies for a staff offer: the traveller, or an administrator for one who cannot. The administrators of the traveller's
/// department decide.
/// </summary>
internal sealed class ApplyForStaffOffer(StaffOfferNews news)
{
    /// <returns>The application.</returns>
    /// <exception cref="RefusedException">
    /// The offer cannot be seen or is closed, the traveller is not the caller's, or fields are wrong.
    /// </exception>
    public async Task<StaffApplicationRow> RunAsync(UnitOfWork work, Guid offerId, Request<StaffApplicationRequest> request)
    {
        var (offer, scope) = await StaffOfferRow.GetVisibleAsync(work, offerId);
        if (scope.TravellerId is null)
        {
            scope.Require(AdministratorRights.Purchases);
        }

        if (offer.ClosedAt is not null)
        {
            throw new RefusedException(ProblemCode.Closed, "The offer is closed: nobody can apply for it any more.");
        }

        var terms = await OperatorTerms.GetAsync(work.Db, offer.OperatorId);
        var asked = request.Read();
        var fields = new Fields();
        var traveller = await TravellerAsync(work, fields, offer, scope, asked.TravellerId);
        var bearer = OrderFields.Bearer(fields, "bearer", asked.Bearer, terms);
        if (bearer is not null)
        {
            await SendTickets.ClaimAsync(work, fields, terms, [("bearer", bearer)]);
        }

        if (traveller is not null && await HasAppliedAsync(work, offerId, traveller.Id))
        {
            fields.Add("traveller_id", FieldCode.Taken, "has applied for this already, which is not decided yet");
        }

        fields.ThrowIfAny();
        var id = Guid.CreateVersion7();
        await work.Db.ExecuteAsync(
            """
            insert into control.staff_application (
              id, offer_id, operator_id, organisation_id, department_id, traveller_id, card_number, mobile)
            values (@id, @offerId, @OperatorId, @OrganisationId, @department, @traveller, @CardNumber, @Mobile)
            """,
            new
            {
                id,
                offerId,
                offer.OperatorId,
                offer.OrganisationId,
                department = traveller!.DepartmentId,
                traveller = traveller.Id,
                bearer!.CardNumber,
                bearer.Mobile,
            });
        var row = await StaffApplicationRow.GetAsync(work.Db, id);
        await work.AuditAsync(
            "staff_application.made", row.Subject, row.OperatorId, row.OrganisationId, row.DepartmentId, after: row.Audited());
        await news.ToDecideAsync(work.Db, terms, row);
        return row;
    }

    // A traveller applies for no other; an administrator for those of the departments that are the administrator's.
    private static async Task<TravellerRow?> TravellerAsync(
        UnitOfWork work, Fields fields, StaffOfferRow offer, AccessScope scope, Guid? id)
    {
        const string Field = "traveller_id";
        if (id is not { } given)
        {
            fields.Add(Field, FieldCode.Required, "is required: the id of a traveller");
            return null;
        }

        var row = await TravellerRow.FindAsync(work.Db, given, forChange: true);
        var isTheirs = row is not null && row.OrganisationId == offer.OrganisationId
            && (scope.Is(given) || (scope.Has(AdministratorRights.Purchases) && scope.Sees(row.DepartmentId)));
        if (!isTheirs)
        {
            fields.Add(Field, FieldCode.NotFound, "must be a traveller of the organisation that you may apply for");
            return null;
        }

        if (row!.IsShared || row.DepartmentId is null)
        {
            fields.Add(Field, FieldCode.NotPossible, "must be a person with a department");
            return null;
        }

        return row;
    }

    private static Task<bool> HasAppliedAsync(UnitOfWork work, Guid offerId, Guid travellerId) => work.Db.ExecuteScalarAsync<bool>(
        "select exists (select from control.staff_application where offer_id = @offerId and traveller_id = @travellerId and state = 1)",
        new { offerId, travellerId });
}
