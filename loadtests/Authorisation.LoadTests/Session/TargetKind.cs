namespace Authorisation.LoadTests.Session;

/// <summary>What is measured.</summary>
internal enum TargetKind
{
    /// <summary>The peer that answers at once.</summary>
    Echo,

    /// <summary>The peer with a transaction for each request.</summary>
    RowTransaction,

    /// <summary>The peer with a ledger of double entry inside Postgres.</summary>
    DoubleEntry,

    /// <summary>The peer with a counter in Redis.</summary>
    RedisOnly,

    /// <summary>The server.</summary>
    Authorise,

    /// <summary>Two processes of the server on one ledger.</summary>
    TwoServers,

    /// <summary>
    /// The server, on a ledger that notes no changes of cards: what noting them costs. Only when asked for.
    /// </summary>
    Untriggered,
}
