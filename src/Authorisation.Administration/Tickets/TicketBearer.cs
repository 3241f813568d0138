using Authorisation.Core;

namespace Authorisation.Administration.Tickets;

/// <summary>What carries a ticket: a card, or the app of a mobile number.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Number">The card's digits, or the mobile number as E.164.</param>
internal sealed record TicketBearer(InstrumentKind Kind, string Number)
{
    /// <summary>The card; null for an app.</summary>
    public string? CardNumber => Kind == InstrumentKind.Card ? Number : null;

    /// <summary>The mobile number; null for a card.</summary>
    public string? Mobile => Kind == InstrumentKind.App ? Number : null;

    /// <summary>As the history and the audit trail write it, such as <c>card:9912345678</c> or <c>app:+46701234567</c>.</summary>
    public override string ToString() => (Kind == InstrumentKind.Card ? "card:" : "app:") + Number;

    /// <summary>The bearer of a row; null when a person was erased.</summary>
    public static TicketBearer? Of(string? cardNumber, string? mobile) => cardNumber is not null
        ? new TicketBearer(InstrumentKind.Card, cardNumber)
        : mobile is not null ? new TicketBearer(InstrumentKind.App, mobile) : null;
}

/// <summary>A bearer as it is asked for: one of the two.</summary>
/// <param name="App">A mobile number, with or without country code.</param>
/// <param name="Card">The number on the back of a card, with or without spaces.</param>
internal sealed record BearerRequest(string? App, string? Card);
