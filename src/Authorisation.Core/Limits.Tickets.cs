namespace Authorisation.Core;

public static partial class Limits
{
    // Products and prices.

    /// <summary>The longest name of a product in one language, in characters.</summary>
    public const int ProductNameCharactersMax = 120;

    /// <summary>How many zones one product or journey may name.</summary>
    public const int ZonesMax = 200;

    /// <summary>The longest name of a zone, in characters.</summary>
    public const int ZoneCharactersMax = 16;

    /// <summary>How many rows the file of a price list may have.</summary>
    public const int PriceListRowsMax = 2_000;

    /// <summary>How many characters a day has as <c>yyyy-MM-dd</c>.</summary>
    public const int DayCharacters = 10;

    /// <summary>How many characters a moment has at most, as JSON: with fractions of a second and an offset.</summary>
    public const int MomentCharactersMax = 40;

    // Ticket orders.

    /// <summary>How many tickets one order may have.</summary>
    public const int TicketsOfOrderMax = 100;

    /// <summary>How many events of tickets one call may report.</summary>
    public const int TicketEventsMax = 100;

    /// <summary>The longest name of a stop in a journey, in characters.</summary>
    public const int StopCharactersMax = 100;

    /// <summary>
    /// How far ahead of the clock of decisions the moment of a reported event may be, and how far before its ticket's order.
    /// </summary>
    public static readonly TimeSpan TicketEventSkewMax = TimeSpan.FromMinutes(5);

    /// <summary>How many digits of a card's or a mobile's number lists of tickets are asked by.</summary>
    public const int BearerDigits = 4;

    /// <summary>How many SMS about tickets one number is sent in an hour.</summary>
    public const int TicketSmsOfNumberPerHourMax = 10;

    /// <summary>How many SMS about tickets one number is sent in a day.</summary>
    public const int TicketSmsOfNumberPerDayMax = 20;

    /// <summary>How long an SMS about a ticket is of use.</summary>
    public static readonly TimeSpan TicketSmsTime = TimeSpan.FromDays(1);
}
