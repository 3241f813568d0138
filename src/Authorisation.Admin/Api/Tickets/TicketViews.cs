using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Tickets;
using Authorisation.Administration.Work;

namespace Authorisation.Admin.Api.Tickets;

/// <summary>What carries a ticket: one of the two.</summary>
/// <param name="App">The mobile number of the app.</param>
/// <param name="Card">The number of the card.</param>
internal sealed record BearerView(string? App, string? Card);

/// <summary>The journey that a ticket is meant for.</summary>
/// <param name="From">The stop that it begins at.</param>
/// <param name="To">The stop that it ends at.</param>
/// <param name="Departure">When it begins.</param>
/// <param name="Zones">The zones that it goes through.</param>
internal sealed record JourneyView(string From, string To, DateTimeOffset? Departure, IReadOnlyList<string>? Zones);

/// <summary>One thing that happened to a ticket.</summary>
/// <param name="Event">What: ordered, delivered, activated, used_up, expired, undeliverable, bearer_changed, ended or cancelled.</param>
/// <param name="OccurredAt">When it happened, as it was reported.</param>
/// <param name="RecordedAt">When it was recorded here.</param>
/// <param name="By">The e-mail address of the person who did it; absent when no person did.</param>
/// <param name="ClientId">The client that reported it, where no person did: the operator's ticket system.</param>
/// <param name="StateBefore">How the ticket stood before; absent for the order.</param>
/// <param name="StateAfter">How it stood afterwards.</param>
/// <param name="BearerBefore">What carried it before, as app: or card: and the number; absent where that did not change.</param>
/// <param name="BearerAfter">What carried it afterwards; absent where that did not change.</param>
/// <param name="Reason">Why, where there is a reason.</param>
/// <param name="EventId">The id that the ticket system gave its report.</param>
internal sealed record TicketEventView(
    string Event,
    DateTime OccurredAt,
    DateTime RecordedAt,
    string? By,
    long? ClientId,
    [WordsOf<TicketState>] string? StateBefore,
    [WordsOf<TicketState>] string StateAfter,
    string? BearerBefore,
    string? BearerAfter,
    string? Reason,
    Guid? EventId);

/// <summary>A ticket that was sent.</summary>
/// <param name="Id">Its id.</param>
/// <param name="OrderId">The order that it is of.</param>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="TravellerId">The traveller that it is for.</param>
/// <param name="Traveller">The traveller's name; the e-mail address without one.</param>
/// <param name="Temporary">Whether the traveller was named for the order alone.</param>
/// <param name="Product">The product's code.</param>
/// <param name="PriceMinor">The price of the day of the order, VAT included, in minor units.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="State">How it stands.</param>
/// <param name="Bearer">What carries it.</param>
/// <param name="Journey">The journey that it is meant for; absent for none.</param>
/// <param name="Reason">Why it was bought.</param>
/// <param name="OrderedAt">When it was ordered.</param>
/// <param name="Events">What happened to it, in order; absent in lists.</param>
internal sealed record TicketView(
    Guid Id,
    Guid OrderId,
    Guid OrganisationId,
    Guid DepartmentId,
    Guid TravellerId,
    string Traveller,
    bool Temporary,
    string Product,
    long PriceMinor,
    string Currency,
    [WordsOf<TicketState>] string State,
    BearerView Bearer,
    JourneyView? Journey,
    string Reason,
    DateTime OrderedAt,
    IReadOnlyList<TicketEventView>? Events)
{
    /// <summary>A ticket with what happened to it.</summary>
    public static TicketView Of(TicketDetails ticket) => Of(ticket.Row) with { Events = [.. ticket.Events.Select(Of)] };

    /// <summary>A ticket of a list.</summary>
    public static TicketView Of(TicketRow row) => new(
        row.Id,
        row.OrderId,
        row.OrganisationId,
        row.DepartmentId,
        row.TravellerId,
        row.Traveller,
        row.IsTemporary,
        row.Product,
        row.PriceMinor,
        row.Currency,
        Words.Of(row.State),
        new BearerView(row.Mobile, row.CardNumber),
        TicketJourney.Read(row.Journey) is { } journey
            ? new JourneyView(journey.From, journey.To, journey.Departure, journey.Zones) : null,
        row.Reason,
        row.OrderedAt,
        null);

    private static TicketEventView Of(TicketEventRow row) => new(
        row.Event,
        row.OccurredAt!.Value,
        row.RecordedAt,
        row.RecordedBy.Length == 0 ? null : row.RecordedBy,
        row.ClientId,
        row.StateBefore is { } before ? Words.Of(before) : null,
        Words.Of(row.StateAfter),
        row.BearerBefore,
        row.BearerAfter,
        row.Reason,
        row.EventId);
}

/// <summary>An order of tickets.</summary>
/// <param name="Id">Its id.</param>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="Reason">Why they were bought.</param>
/// <param name="OrderedBy">The e-mail address of the person who ordered; absent when the service itself did.</param>
/// <param name="OrderedAt">When.</param>
/// <param name="TicketCount">How many tickets it has.</param>
/// <param name="TotalMinor">What all of them cost, VAT included, in minor units.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Tickets">The tickets, in the order's own order; absent in lists.</param>
internal sealed record TicketOrderView(
    Guid Id,
    Guid OrganisationId,
    Guid DepartmentId,
    string Reason,
    string? OrderedBy,
    DateTime OrderedAt,
    int TicketCount,
    long TotalMinor,
    string Currency,
    IReadOnlyList<TicketView>? Tickets)
{
    /// <summary>An order with its tickets.</summary>
    public static TicketOrderView Of(TicketOrderDetails order) =>
        Of(order.Row) with { Tickets = [.. order.Tickets.Select(TicketView.Of)] };

    /// <summary>An order of a list.</summary>
    public static TicketOrderView Of(TicketOrderRow row) => new(
        row.Id,
        row.OrganisationId,
        row.DepartmentId,
        row.Reason,
        row.PersonEmail.Length == 0 ? null : row.PersonEmail,
        row.OrderedAt,
        row.Tickets,
        row.TotalMinor,
        row.Currency,
        null);
}

/// <summary>What a report came to.</summary>
/// <param name="TicketId">The ticket, as it was sent.</param>
/// <param name="EventId">The report's id, as it was sent.</param>
/// <param name="Result">recorded, now or by an earlier try; or refused, and then nothing was recorded.</param>
/// <param name="State">How the ticket stood right after it, or how it stands now where the report is refused.</param>
/// <param name="Code">Why it is refused, for programs: a code of the problems.</param>
/// <param name="Detail">Why it is refused, for people.</param>
/// <param name="Errors">The fields that are wrong.</param>
internal sealed record TicketEventAnswerView(
    Guid? TicketId,
    Guid? EventId,
    [AllowedValues("recorded", "refused")] string Result,
    [WordsOf<TicketState>] string? State,
    string? Code,
    string? Detail,
    IReadOnlyList<FieldError>? Errors)
{
    /// <summary>Shows an answer.</summary>
    public static TicketEventAnswerView Of(TicketEventAnswer answer) => new(
        answer.TicketId,
        answer.EventId,
        answer.Refused is null ? "recorded" : "refused",
        answer.State is { } state ? Words.Of(state) : null,
        answer.Refused?.Code,
        answer.Refused?.Message,
        answer.Refused?.Errors);
}

/// <summary>What several reports came to.</summary>
/// <param name="Answers">One for each report, in their order.</param>
internal sealed record TicketEventAnswersView(IReadOnlyList<TicketEventAnswerView> Answers);
