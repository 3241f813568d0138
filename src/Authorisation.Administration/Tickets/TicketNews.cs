using Authorisation.Administration.Events;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Tickets;

/// <summary>
/// The events about tickets for the operator's ticket system: what it needs to draw and deliver one, and no name. The subject
/// is the ticket's id.
/// </summary>
internal static class TicketNews
{
    /// <summary>A ticket was ordered: draw it, and deliver it to its bearer.</summary>
    public static NewEvent Ordered(OperatorTerms terms, Guid orderId, NewTicket ticket) => new(
        terms.Id,
        "ticket.ordered",
        ticket.Id.ToString(),
        new
        {
            TicketId = ticket.Id,
            OrderId = orderId,
            Product = ticket.Product.Code,
            Kind = Words.Of(ticket.Product.Kind),
            ticket.Product.Zones,
            ticket.Product.TravellerCategory,
            ticket.PriceMinor,
            terms.Currency,
            Bearer = Of(ticket.Bearer),
            Journey = TicketJourney.Read(ticket.Journey),
        });

    /// <summary>A ticket was put on another bearer, ended or cancelled.</summary>
    public static NewEvent Of(TicketChange change) => new(
        change.Before.OperatorId,
        "ticket." + TicketRule.NameOf(change.Command),
        change.Before.Id.ToString(),
        new
        {
            TicketId = change.Before.Id,
            State = Words.Of(change.State),
            Bearer = Of(change.Bearer),
            BearerBefore = change.Command == TicketCommand.ChangeBearer ? Of(change.Before.Bearer) : null,
        });

    private static object? Of(TicketBearer? bearer) => bearer is null ? null : new { App = bearer.Mobile, Card = bearer.CardNumber };
}
