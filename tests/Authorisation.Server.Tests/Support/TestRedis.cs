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
    public static async Task<TestRedis> ConnectAsync(string connectionString) =>
        new(await ConnectionMultiplexer.ConnectAsync(connectionString + ",allowAdmin=true"));

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
                // Redis may list one twice.
                keys = await server.KeysAsync(pattern: $"*{part}*").Distinct().ToListAsync();
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
