using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Server.Tests.Support;

/// <summary>
/// What most tests run against, once for the whole test process: a migrated ledger, a Redis, and a server between them.
/// </summary>
/// <remarks>Safe for several threads: <see cref="Lazy{T}"/> makes it once, and everybody awaits that.</remarks>
public sealed class SharedWire : IAsyncLifetime
{
    private static readonly Lazy<Task<Parts>> Made = new(MakeAsync);

    private Parts? _parts;

    /// <summary>The ledger.</summary>
    public TestLedger Ledger => Started.Fixture.Ledger;

    /// <summary>The ledger's fixture, for tests that want a database of their own in the same Postgres.</summary>
    public SharedLedger Ledgers => Started.Fixture;

    /// <summary>Where Redis is.</summary>
    public string Redis => Started.Redis;

    /// <summary>The server.</summary>
    internal InProcessServer Server => Started.Server;

    private Parts Started => _parts ?? throw new InvalidOperationException("xunit has not started the fixture.");

    /// <inheritdoc/>
    public async Task InitializeAsync() => _parts = await Made.Value;

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.CompletedTask;

    private static async Task<Parts> MakeAsync()
    {
        var ledgers = new SharedLedger();
        var redis = new SharedRedis();
        await Task.WhenAll(ledgers.InitializeAsync(), redis.InitializeAsync());
        var server = await InProcessServer.StartAsync(
            ledgers.Ledger.ServiceConnectionString, redis.ConnectionString, new TestLog());
        await server.BecomeReadyAsync();
        return new Parts(ledgers, redis.ConnectionString, server);
    }

    private sealed record Parts(SharedLedger Fixture, string Redis, InProcessServer Server);
}
