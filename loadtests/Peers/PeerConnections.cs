using Npgsql;

namespace Authorisation.LoadTests.Peers;

/// <summary>The connections of a peer that decides in Postgres: pooled, with prepared statements.</summary>
internal static class PeerConnections
{
    /// <summary>A pool that is always full.</summary>
    public static NpgsqlConnectionStringBuilder Of(string connectionString, int connections) => new(connectionString)
    {
        MinPoolSize = connections,
        MaxPoolSize = connections,
        MaxAutoPrepare = 8,
        AutoPrepareMinUsages = 2,
        Timeout = 60,
    };
}
