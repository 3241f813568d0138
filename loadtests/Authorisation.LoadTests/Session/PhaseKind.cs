namespace Authorisation.LoadTests.Session;

/// <summary>One thing that is measured of a target.</summary>
internal enum PhaseKind
{
    /// <summary>Cards at random, closed, as much in flight as saturates.</summary>
    Uniform,

    /// <summary>The same, on one stream a connection.</summary>
    Stream,

    /// <summary>The same as uniform, one in flight.</summary>
    Unloaded,

    /// <summary>One card.</summary>
    Hot,

    /// <summary>Spent and unknown cards.</summary>
    Declines,

    /// <summary>Every id twice.</summary>
    Replay,

    /// <summary>Purchases, credit reads and bad input.</summary>
    Mixed,

    /// <summary>Cards at random, open, at a share of what saturates.</summary>
    Open,

    /// <summary>Cards at random, open, while the month ends; on a separate ledger.</summary>
    Reset,

    /// <summary>Cards at random, open, while the organisation of them all is changed; only when it is named.</summary>
    Bulk,

    /// <summary>One operator's purchases alone, and beside a client of another that sends all it can.</summary>
    Shares,
}
