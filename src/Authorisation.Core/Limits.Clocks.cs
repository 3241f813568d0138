namespace Authorisation.Core;

/// <content>When clocks are believed: what cannot be undone is not done on the word of one of them.</content>
public static partial class Limits
{
    /// <summary>
    /// How far the host's clock, the database's and the last recorded moment may be from each other for anything to be
    /// closed, ended or expired for good.
    /// </summary>
    public static readonly TimeSpan ClockAgreementMax = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How often a moment is recorded at which a host's clock and the database's agree: several times in the time
    /// above.
    /// </summary>
    public static readonly TimeSpan ClockMomentInterval = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long the clocks must have been watched without a jump before a month is closed without a person asking.
    /// </summary>
    public static readonly TimeSpan ClockSteadyTime = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The longest gap in watching the clocks over the end of a month that is closed without a person asking.
    /// </summary>
    public static readonly TimeSpan ClockSilenceMax = TimeSpan.FromDays(1);

    /// <summary>
    /// For how long after a jump of its clocks a server leaves lapsed holds as they are. No purchase waits for them: it
    /// expires those of its own account.
    /// </summary>
    public static readonly TimeSpan HoldSweepPauseAfterJump = TimeSpan.FromHours(1);

    /// <summary>How long opening months again may take: it looks at every account of the operator.</summary>
    public static readonly TimeSpan ReopeningTimeout = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How often a host looks for work that nobody has announced, such as what another host or a command left.
    /// </summary>
    public static readonly TimeSpan WorkPollInterval = TimeSpan.FromSeconds(10);

    /// <summary>The shortest time between two looks for work, however often some is announced.</summary>
    public static readonly TimeSpan WorkSpacingMin = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long it is remembered, at the most, which of several hosts of Postgres is the primary: a failover lasts at
    /// least as long for whatever finds no connection.
    /// </summary>
    public static readonly TimeSpan HostMemoryMax = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest time between two tries of background work that fails; the first comes after its own interval.
    /// </summary>
    public static readonly TimeSpan WorkRetryIntervalMax = TimeSpan.FromSeconds(10);
}
