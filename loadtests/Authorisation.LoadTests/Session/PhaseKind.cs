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

    /// <summary>Cards at random, open, at a fixed rate.</summary>
    Rate,

    /// <summary>One card.</summary>
    Hot,

    /// <summary>Spent and unknown cards.</summary>
    Declines,

    /// <summary>Every id twice.</summary>
    Replay,

    /// <summary>Purchases, credit reads and bad input.</summary>
    Mixed,

    /// <summary>Each purchase after the question about the credit of its card.</summary>
    App,

    /// <summary>Cards at random, open, at a share of what saturates.</summary>
    Open,

    /// <summary>One operator's purchases alone, and beside a client of another that sends all it can.</summary>
    Shares,

    /// <summary>Cards at random, open, while the month ends; on a separate ledger.</summary>
    Reset,

    /// <summary>A fresh server at a fixed rate from the moment when it says that it serves.</summary>
    Cold,

    /// <summary>Two servers that are replaced, one after the other, behind a client that retries.</summary>
    Restart,

    /// <summary>Postgres is killed and its standby promoted, behind a client that retries.</summary>
    Failover,

    /// <summary>Nothing is sent to a server and a control plane.</summary>
    Idle,

    /// <summary>Cards at random, open, while the organisation of them all is changed; only when it is named.</summary>
    Bulk,

    /// <summary>Purchases and reads on ledgers of many sizes; only when it is named.</summary>
    Growth,
}
