using Authorisation.Administration.Access;
using Authorisation.Administration.Cards;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Products;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Tickets;

/// <summary>
/// Puts a ticket on another card or app, as long as it is not used up, expired, ended, cancelled or undeliverable. A card must
/// have no credit.
/// </summary>
internal sealed class ChangeBearer(SendTickets send)
{
    /// <exception cref="RefusedException">
    /// The ticket cannot be seen, the principal lacks the right to purchases, a field is wrong, another caller changed it
    /// first, or its state does not allow it.
    /// </exception>
    public async Task<TicketDetails> RunAsync(UnitOfWork work, Guid id, Request<BearerRequest> request)
    {
        var (ticket, scope) = await TicketRow.LockForChangeAsync(work, id);
        var terms = await OperatorTerms.GetAsync(work.Db, ticket.OperatorId);
        var asked = request.Read();
        var fields = new Fields();
        var bearer = OrderFields.Bearer(fields, "", asked, terms);
        if (bearer is not null)
        {
            // Both cards at once and in order, so that two changes in opposite directions do not wait for each other.
            var withCredit = await CardTickets.ClaimAsync(
                work.Db, terms.Id, new[] { bearer.CardNumber, ticket.CardNumber }.OfType<string>());
            SendTickets.AddCreditError(fields, "", bearer, withCredit);
        }

        fields.ThrowIfAny();
        request.RequireRevision(ticket.Revision);
        if (bearer == ticket.Bearer)
        {
            return await TicketDetails.GetAsync(work, id, scope);
        }

        var change = TicketChange.Allowed(ticket, TicketCommand.ChangeBearer) with { Bearer = bearer };
        await CardTickets.MarkAsync(work.Db, terms.Id, new[] { bearer!.CardNumber }.OfType<string>());
        await NotifyAsync(work, terms, ticket, bearer);
        await change.ApplyAsync(work, terms);
        return await TicketDetails.GetAsync(work, id, scope);
    }

    private async Task NotifyAsync(UnitOfWork work, OperatorTerms terms, TicketRow ticket, TicketBearer bearer)
    {
        if (bearer.Mobile is null)
        {
            return;
        }

        var organisation = (await OrganisationRow.FindAsync(work.Db, ticket.OrganisationId))!;
        var product = (await ProductRow.FindAsync(
            work.Db, terms.Id, ticket.Product, await Catalogue.TodayAsync(work, terms)))!;
        await send.NotifyAsync(
            work, terms, organisation.Id, organisation.Name,
            new NewTicket(product, ticket.PriceMinor, bearer, ticket.TravellerId) { SmsTo = bearer.Mobile }, count: 1);
    }
}
