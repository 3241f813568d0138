namespace Authorisation.TicketSystem;

/// <summary>Every wait and size of the demo's ticket system, each with its bound.</summary>
internal static class Bounds
{
    /// <summary>The largest event that is read, in bytes.</summary>
    public const long BodyBytesMax = 64 * 1024;

    /// <summary>How far the time of a signature may be from this clock.</summary>
    public static readonly TimeSpan SignatureAge = TimeSpan.FromMinutes(5);

    /// <summary>From the first event on, how often it goes away.</summary>
    public static readonly TimeSpan AwayEvery = TimeSpan.FromMinutes(5);

    /// <summary>How long it is away each time.</summary>
    public static readonly TimeSpan AwayFor = TimeSpan.FromSeconds(1);

    /// <summary>How long after its delivery a ticket is activated, and after that a single ticket is used up.</summary>
    public static readonly TimeSpan UseStep = TimeSpan.FromMilliseconds(300);

    /// <summary>How long one report may take.</summary>
    public static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(15);

    /// <summary>How long after a report that failed it is sent again; doubled each time.</summary>
    public static readonly TimeSpan ReportRetryFirst = TimeSpan.FromMilliseconds(200);

    /// <summary>How often a report is sent before it is given up: for about a minute and a half.</summary>
    public const int ReportTriesMax = 10;

    /// <summary>How long reports that are on their way have when it ends.</summary>
    public static readonly TimeSpan Stop = TimeSpan.FromSeconds(2);

    /// <summary>How many events are remembered, to know one that is repeated.</summary>
    public const int EventsKept = 10_000;

    /// <summary>How many tickets and months are shown; the oldest are forgotten.</summary>
    public const int Shown = 1_000;
}
