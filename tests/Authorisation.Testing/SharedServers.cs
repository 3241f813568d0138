namespace Authorisation.Testing;

/// <summary>The servers that all tests of a process share: each is started by the first test that needs it.</summary>
/// <remarks>Safe for several threads: <see cref="Lazy{T}"/> starts each once, and everybody awaits that one start.</remarks>
internal static class SharedServers
{
    private static readonly Lazy<Task<PostgresServer>> LazyPostgres = new(async () =>
    {
        var server = new PostgresServer();
        await server.InitializeAsync();
        return server;
    });

    private static readonly Lazy<Task<RedisServer>> LazyRedis = new(async () =>
    {
        var server = new RedisServer();
        await server.InitializeAsync();
        return server;
    });

    public static Task<PostgresServer> PostgresAsync() => LazyPostgres.Value;

    public static Task<RedisServer> RedisAsync() => LazyRedis.Value;

    /// <summary>Kills what was started: at the end of the process, when nobody will miss what they hold.</summary>
    public static async Task KillAsync()
    {
        if (LazyPostgres is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await LazyPostgres.Value).Private.KillAsync();
        }

        if (LazyRedis is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await LazyRedis.Value).Private.KillAsync();
        }
    }
}
