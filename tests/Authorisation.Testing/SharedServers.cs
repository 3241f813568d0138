namespace Authorisation.Testing;

/// <summary>
/// The servers that tests share. <c>./dev test</c> starts them once for all test processes and says in two environment
/// variables where they are; a process that is not told starts its own with the first test that needs one.
/// </summary>
/// <remarks>Safe for several threads: <see cref="Lazy{T}"/> starts each once, and everybody awaits that one start.</remarks>
internal static class SharedServers
{
    /// <summary>Has the superuser's connection string.</summary>
    public const string PostgresVariable = "AUTHORISATION_TEST_POSTGRES";

    /// <summary>
    /// Has the address, with a database of Redis for this test process alone: numbers of operators and cards are of one
    /// Postgres database, and another process may have the same.
    /// </summary>
    public const string RedisVariable = "AUTHORISATION_TEST_REDIS";

    private static readonly Lazy<Task<PostgresServer>> OwnPostgres = new(PostgresServer.StartSharedAsync);

    private static readonly Lazy<Task<RedisServer>> OwnRedis = new(RedisServer.StartAsync);

    private static readonly Lazy<Task<TestPostgres>> Postgres = new(async () =>
        Environment.GetEnvironmentVariable(PostgresVariable) is { Length: > 0 } told
            ? new TestPostgres(told)
            : (await OwnPostgres.Value).Postgres);

    public static Task<TestPostgres> PostgresAsync() => Postgres.Value;

    public static async Task<string> RedisAsync() =>
        Environment.GetEnvironmentVariable(RedisVariable) is { Length: > 0 } told
            ? told
            : (await OwnRedis.Value).ConnectionString;

    /// <summary>Kills what this process started: at its end, when nobody will miss what they hold.</summary>
    public static async Task KillAsync()
    {
        if (OwnPostgres is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await OwnPostgres.Value).Private.KillAsync();
        }

        if (OwnRedis is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await OwnRedis.Value).Private.KillAsync();
        }
    }
}
