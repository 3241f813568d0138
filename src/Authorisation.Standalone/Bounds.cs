namespace Authorisation.Standalone;

/// <summary>Every wait of the standalone start and stop, each with its bound.</summary>
internal static class Bounds
{
    /// <summary>The server becoming ready once it listens: its first look at the ledger and at the tokens.</summary>
    public static readonly TimeSpan ServerReady = TimeSpan.FromSeconds(30);

    /// <summary>The ticket system listening once its process is started.</summary>
    public static readonly TimeSpan TicketSystemStart = TimeSpan.FromSeconds(60);

    /// <summary>The ticket system ending in good order, before it is killed.</summary>
    public static readonly TimeSpan TicketSystemStop = TimeSpan.FromSeconds(5);

    /// <summary>How often a condition outside this process is looked at again.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(15);

    /// <summary>How often a slow step says that it is still running, where the output is no terminal.</summary>
    public static readonly TimeSpan ProgressPlain = TimeSpan.FromSeconds(5);

    /// <summary>How often the elapsed time is redrawn on a terminal.</summary>
    public static readonly TimeSpan ProgressTerminal = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often a server that keeps ending by itself is started again within <see cref="RestartWindow"/>.
    /// </summary>
    public const int RestartsInWindow = 5;

    /// <summary>The window for <see cref="RestartsInWindow"/>.</summary>
    public static readonly TimeSpan RestartWindow = TimeSpan.FromMinutes(1);
}
