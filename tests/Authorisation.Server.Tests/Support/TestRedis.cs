using Authorisation.Testing;
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

    /// <summary>
    /// The one key that has something to do with a card or an account, as soon as it is there. What makes the server write
    /// it is done again until then, since nobody waits for such a write and a busy machine may lose it.
    /// </summary>
    public async Task<RedisKey> KeyOfAsync(string part, Func<Task> write)
    {
        var server = _connection.GetServer(_connection.GetEndPoints()[0]);
        List<RedisKey> keys = [];
        await Eventually.TrueAsync(
            async () =>
            {
                await write();
                // On the thread pool, because this client can list keys synchronously only; and it may list one twice.
                keys = await Task.Run(() => server.Keys(pattern: $"*{part}*").Distinct().ToList());
                return keys.Count > 0;
            },
            Eventually.Bound,
            "the server writes to Redis");
        return Assert.Single(keys);
    }

    /// <summary>Empties Redis, which must be of this test alone.</summary>
    public Task FlushAsync() => _connection.GetServer(_connection.GetEndPoints()[0]).FlushAllDatabasesAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _connection.CloseAsync(allowCommandsToComplete: false);
}
