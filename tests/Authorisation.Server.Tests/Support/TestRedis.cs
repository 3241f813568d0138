using StackExchange.Redis;
using Xunit;

namespace Authorisation.Server.Tests.Support;

/// <summary>A test's own hands on Redis.</summary>
internal sealed class TestRedis : IAsyncDisposable
{
    private readonly ConnectionMultiplexer _connection;

    private TestRedis(ConnectionMultiplexer connection) => _connection = connection;

    /// <summary>What commands go to.</summary>
    public IDatabase Database => _connection.GetDatabase();

    /// <summary>Connects.</summary>
    public static async Task<TestRedis> ConnectAsync(string connectionString)
    {
        var connection = await ConnectionMultiplexer.ConnectAsync(connectionString + ",allowAdmin=true");

        // Off the multiplexer's own thread: what ran there would hold up every reply.
        await Task.Yield();
        return new TestRedis(connection);
    }

    /// <summary>The one key that has something to do with a card or an account.</summary>
    public async Task<RedisKey> KeyOfAsync(string part)
    {
        // On the thread pool, because this client can list keys synchronously only.
        var server = _connection.GetServer(_connection.GetEndPoints()[0]);
        return await Task.Run(() => Assert.Single(server.Keys(pattern: $"*{part}*").ToList()));
    }

    /// <summary>Empties Redis, which must be of this test alone.</summary>
    public Task FlushAsync() => _connection.GetServer(_connection.GetEndPoints()[0]).FlushAllDatabasesAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _connection.CloseAsync(allowCommandsToComplete: false);
}
