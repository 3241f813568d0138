using Authorisation.Administration.Access;
using Authorisation.Administration.Charges;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Products;
using Authorisation.Administration.Tickets;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.StaffOffers;

/// <summary>
/// Approves an application for a staff offer: orders the ticket at the price of the day, which the traveller's department is
/// charged, and has the traveller's share taken from the salary in the months of the offer. The traveller gets news of it.
/// </summary>
internal sealed class ApproveStaffApplication(SendTickets send, StaffOfferNews news)
{
    /// <returns>The application as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or decided on, was decided or changed by another, the product is not sold any more, the card got
    /// credit meanwhile, or the organisation is suspended.
    /// </exception>
    public async Task<StaffApplicationRow> RunAsync(UnitOfWork work, Guid id, Request request)
    {
        var row = await StaffApplicationRow.LockToDecideAsync(work, id, request);
        await OrganisationRow.LockSharedAsync(work.Db, row.OrganisationId);
        var organisation = (await OrganisationRow.FindAsync(work.Db, row.OrganisationId))!;
        if (organisation.SuspendedAt is not null)
        {
            throw new RefusedException(ProblemCode.Suspended, "The organisation is suspended: it can order no tickets.");
        }

        // Held until the end, so that a removal of the traveller meanwhile sees the deductions.
        if (await TravellerRow.FindAsync(work.Db, row.TravellerId, forChange: true) is null)
        {
            throw new RefusedException(ProblemCode.Ended, "The traveller was removed: refuse the application.");
        }

        var terms = await OperatorTerms.GetAsync(work.Db, row.OperatorId);
        var offer = (await StaffOfferRow.FindAsync(work.Db, row.OfferId))!;
        var price = offer.PriceMinor ?? throw new RefusedException(
            ProblemCode.Ended, "The product is not sold as a staff offer any more: refuse the application.");
        var bearer = row.Bearer!;
        var fields = new Fields();
        await SendTickets.ClaimAsync(work, fields, terms, [("bearer", bearer)]);
        fields.ThrowIfAny();
        var product = (await ProductRow.FindAsync(work.Db, terms.Id, row.Product, await Catalogue.TodayAsync(work, terms)))!;
        var ticket = new NewTicket(product, price, bearer, row.TravellerId);
        await send.ApplyAsync(work, terms, new NewTicketOrder(
            row.OrganisationId, organisation.Name, row.DepartmentId, StaffOfferTexts.Reason(terms), [ticket]));
        var chargeId = await work.Db.QuerySingleAsync<Guid>(
            "select charge_id from control.ticket where id = @Id", new { ticket.Id });
        await PayrollDeductions.AddAsync(
            work.Db, chargeId, EmployerShare.PartsOf(offer.Share.DeductionOf(price), offer.Months));
        await work.Db.ExecuteAsync(
            """
            update control.staff_application
            set state = 2, price_minor = @price, ticket_id = @ticket, decided_at = ledger_now(), revision = revision + 1
            where id = @id
            """,
            new { id, price, ticket = ticket.Id });
        var after = await row.AuditAsync(work, "staff_application.approved");
        await news.DecidedAsync(work.Db, terms, after, product.NameIn(terms.Language));
        return after;
    }
}
