using Authorisation.PrivateServers;
using Xunit;

namespace Authorisation.Testing;

/// <summary>
/// A Postgres for one test class (<c>IClassFixture&lt;PostgresServer&gt;</c>), to kill, pause and restart at will. Tests
/// that leave the server alone take <see cref="SharedPostgres"/>, which costs one start for all.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    /// <summary>
    /// Settings of a Postgres that nobody kills: what it holds is gone with it, so nothing is forced to disk. Many test
    /// processes connect to it, and hundreds of databases would each be visited by autovacuum once a minute.
    /// </summary>
    private static readonly Dictionary<string, string> SharedSettings = new(StringComparer.Ordinal)
    {
        ["fsync"] = "off",
        ["full_page_writes"] = "off",
        ["max_wal_size"] = "4GB",
        ["max_connections"] = "800",
        ["autovacuum_naptime"] = "10min",
    };

    private readonly string _directory = TestDirectory.NewPath("postgres");
    private TestPostgres? _postgres;

    /// <summary>Describes the server; xunit starts it.</summary>
    public PostgresServer() => Private = new PrivatePostgres(_directory, FreePort.Next());

    private PostgresServer(IReadOnlyDictionary<string, string> settings) =>
        Private = new PrivatePostgres(_directory, FreePort.Next(), settings);

    /// <summary>The server, with what can be done to it.</summary>
    public PrivatePostgres Private { get; }

    /// <summary>What databases are made in.</summary>
    public TestPostgres Postgres => _postgres ??= new TestPostgres(Private.ConnectionString);

    /// <summary>The superuser's way to the database <c>postgres</c>.</summary>
    public string ConnectionString => Private.ConnectionString;

    /// <summary>Starts one that many share, and nobody kills or pauses.</summary>
    public static async Task<PostgresServer> StartSharedAsync()
    {
        var server = new PostgresServer(SharedSettings);
        await server.InitializeAsync();
        return server;
    }

    /// <inheritdoc/>
    public Task InitializeAsync() => Private.StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Private.StopAsync();
        TestDirectory.Delete([_directory]);
    }
}
