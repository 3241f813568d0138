using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Tickets;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Tickets;

/// <summary>What carries a ticket: an app or a card, one of the two.</summary>
/// <param name="App">The mobile number of the app, with or without country code.</param>
/// <param name="Card">The number on the back of the card, with or without spaces. A card with credit carries no ticket.</param>
internal sealed record BearerBody(
    [MaxLength(Limits.WrittenNumberCharactersMax)] string? App,
    [MaxLength(Limits.WrittenNumberCharactersMax)] string? Card)
{
    /// <summary>What is asked for.</summary>
    public BearerRequest ToRequest() => new(App, Card);
}

/// <summary>A person for one order, who is not one of the organisation's travellers.</summary>
/// <param name="Name">The name, as printed on the invoice.</param>
/// <param name="Mobile">The mobile number that gets an SMS about a ticket on a card; none unless given.</param>
internal sealed record TemporaryTravellerBody(
    [Required, MaxLength(Limits.NameCharactersMax)] string? Name,
    [MaxLength(Limits.WrittenNumberCharactersMax)] string? Mobile);

/// <summary>The journey that a ticket is meant for. The ticket is not bound to its day or time.</summary>
/// <param name="From">The stop that it begins at.</param>
/// <param name="To">The stop that it ends at.</param>
/// <param name="Departure">When it begins, with its offset from UTC.</param>
/// <param name="Zones">The zones that it goes through.</param>
internal sealed record JourneyBody(
    [Required, MaxLength(Limits.StopCharactersMax)] string? From,
    [Required, MaxLength(Limits.StopCharactersMax)] string? To,
    [MaxLength(Limits.MomentCharactersMax)] DateTimeOffset? Departure,
    [MaxLength(Limits.ZonesMax), MaxTextLength(Limits.ZoneCharactersMax)] IReadOnlyList<string?>? Zones);

/// <summary>A ticket to be ordered.</summary>
/// <param name="Product">The product's code. It must be sold by order and have a price today.</param>
/// <param name="TravellerId">One of the organisation's travellers; or</param>
/// <param name="TemporaryTraveller">a person who is none: one of the two.</param>
/// <param name="Bearer">What is to carry it.</param>
/// <param name="Journey">The journey that it is for, if it is for one.</param>
internal sealed record TicketItemBody(
    [Required, MaxLength(Limits.CodeCharactersMax)] string? Product,
    Guid? TravellerId,
    TemporaryTravellerBody? TemporaryTraveller,
    [Required] BearerBody? Bearer,
    JourneyBody? Journey)
{
    /// <summary>What is asked for.</summary>
    public TicketItemRequest ToRequest() => new(
        Product,
        TravellerId,
        TemporaryTraveller is null ? null : new TemporaryTravellerRequest(TemporaryTraveller.Name, TemporaryTraveller.Mobile),
        Bearer?.ToRequest(),
        Journey is null ? null : new JourneyRequest(Journey.From, Journey.To, Journey.Departure, Journey.Zones));
}

/// <summary>An order of tickets: all of them are sent, or none.</summary>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="Reason">Why they are bought; it is printed on the invoice.</param>
/// <param name="Items">The tickets, 1 to 100.</param>
internal sealed record TicketOrderBody(
    [Required] Guid? DepartmentId,
    [Required, MaxLength(Limits.ReasonCharactersMax)] string? Reason,
    [Required, MaxLength(Limits.TicketsOfOrderMax)] IReadOnlyList<TicketItemBody?>? Items)
{
    /// <summary>What is asked for.</summary>
    public TicketOrderRequest ToRequest() => new(DepartmentId, Reason, Items?.Select(item => item?.ToRequest()).ToList());
}

/// <summary>A cancellation by operator staff.</summary>
/// <param name="Reason">The reason; every reader of the ticket sees it.</param>
internal sealed record CancellationBody([Required, MaxLength(Limits.ReasonCharactersMax)] string? Reason);

/// <summary>Marks what can be reported of a ticket.</summary>
internal sealed class EventWordsAttribute : WordsOfAttribute
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> All => ReportTicketEvents.EventNames;
}

/// <summary>What the ticket system reports of a ticket.</summary>
/// <param name="Event">What happened.</param>
/// <param name="OccurredAt">When, by the ticket system's clock, with its offset from UTC.</param>
/// <param name="EventId">A UUID of the ticket system's own, which a retry repeats.</param>
/// <param name="Reason">Why, where there is a reason.</param>
internal sealed record TicketEventBody(
    [Required, EventWords] string? Event,
    [Required, MaxLength(Limits.MomentCharactersMax)] DateTimeOffset? OccurredAt,
    [Required] Guid? EventId,
    [MaxLength(Limits.ReasonCharactersMax)] string? Reason);

/// <summary>One of several reports.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Event">What happened.</param>
/// <param name="OccurredAt">When, by the ticket system's clock, with its offset from UTC.</param>
/// <param name="EventId">A UUID of the ticket system's own, which a retry repeats.</param>
/// <param name="Reason">Why, where there is a reason.</param>
internal sealed record TicketEventOfManyBody(
    [Required] Guid? TicketId,
    [Required, EventWords] string? Event,
    [Required, MaxLength(Limits.MomentCharactersMax)] DateTimeOffset? OccurredAt,
    [Required] Guid? EventId,
    [MaxLength(Limits.ReasonCharactersMax)] string? Reason);

/// <summary>Several reports, each answered by itself.</summary>
/// <param name="Events">The reports, 1 to 100, in the order in which they are to be recorded.</param>
internal sealed record TicketEventsBody(
    [Required, MaxLength(Limits.TicketEventsMax)] IReadOnlyList<TicketEventOfManyBody?>? Events);
