namespace Authorisation.Core;

/// <summary>The bounds of a server's start.</summary>
public static partial class Limits
{
    /// <summary>How often a server that starts looks whether it could serve.</summary>
    public static readonly TimeSpan StartLookInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// How long a server rehearses at most before it says that it is ready, within three seconds of its start.
    /// </summary>
    public static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(2);

    /// <summary>The longest time that it can be set to.</summary>
    public static readonly TimeSpan WarmUpTimeMax = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many clients a rehearsal has, beside one for each lane: as many connections of each pool are opened.
    /// </summary>
    public const int RehearsalClients = 4;

    /// <summary>
    /// How often each client makes every call first: a connection prepares a statement when it is sent again.
    /// </summary>
    public const int RehearsalRoundsOfAll = 2;

    /// <summary>
    /// How many rounds of the daily calls it makes before it waits for the runtime to compile what they called often: what
    /// has been called thirty times.
    /// </summary>
    public const int RehearsalRounds = 4;

    /// <summary>How long the runtime must have compiled nothing.</summary>
    public static readonly TimeSpan RehearsalPause = TimeSpan.FromMilliseconds(120);

    /// <summary>
    /// A pass of rounds is quiet when no more methods than this were compiled for it; some are compiled for as long as a
    /// process lives.
    /// </summary>
    public const int RehearsalQuietMethods = 20;

    /// <summary>
    /// After how many quiet passes in a row a rehearsal is over: what was called often enough in one of them may be compiled
    /// as late as after the next.
    /// </summary>
    public const int RehearsalQuietPasses = 2;
}
