using Authorisation.PrivateServers;
using Authorisation.Testing;
using Npgsql;
using Xunit;

namespace Authorisation.Standalone.Tests;

[Trait("Tier", "Slow")]
public sealed class PrivateServerTests(PostgresServer postgres, RedisServer redis)
    : DirectoryTest, IClassFixture<PostgresServer>, IClassFixture<RedisServer>
{
    [Fact]
    public async Task Postgres_killed_and_started_again_has_its_port_and_its_data()
    {
        var (port, process) = (postgres.Private.Port, postgres.Private.ProcessId);
        var database = postgres.Postgres.ConnectionStringFor(await postgres.Postgres.CreateDatabaseAsync("test"));
        await ExecuteAsync(database, "create table kept ()");

        await postgres.Private.KillAsync();
        Assert.False(postgres.Private.IsRunning);
        Assert.Null(ProcessTable.ListenerOn(port));

        await postgres.Private.StartAsync();
        Assert.Equal(port, postgres.Private.Port);
        Assert.NotEqual(process, postgres.Private.ProcessId);
        await ExecuteAsync(database, "insert into kept default values");
    }

    [Fact]
    public async Task Postgres_forces_its_writes_to_disk()
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select concat_ws('/', current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes'))",
            connection);
        Assert.Equal("on/on/on", await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_paused_Postgres_answers_nothing_until_it_is_resumed_and_can_be_stopped_while_paused()
    {
        postgres.Private.Pause();
        await Assert.ThrowsAnyAsync<Exception>(() => ExecuteAsync(postgres.ConnectionString + ";Timeout=1", "select 1"));
        postgres.Private.Resume();
        await ExecuteAsync(postgres.ConnectionString, "select 1");

        postgres.Private.Pause();
        // The stop is soft at first, and then less and less so.
        await postgres.Private.StopAsync().WaitAsync(3 * Eventually.Bound);
        Assert.False(postgres.Private.IsRunning);
        await postgres.Private.StartAsync();
    }

    [Fact]
    public async Task Redis_killed_and_started_again_has_its_port()
    {
        var port = redis.Private.Port;
        await redis.Private.KillAsync();
        Assert.Null(ProcessTable.ListenerOn(port));

        await redis.Private.StartAsync();
        Assert.Equal(port, redis.Private.Port);
        Assert.Equal($"redis-server (process {redis.Private.ProcessId})", ProcessTable.ListenerOn(port));
    }

    [Fact]
    public async Task A_server_of_the_directory_that_an_earlier_parent_left_is_stopped_first()
    {
        // A second object on the directory stands for the next process: it knows nothing of the first but what /proc tells.
        var directory = NewPath("left");
        var left = new PrivatePostgres(directory, FreePort.Next());
        await left.StartAsync();

        await using var next = new PrivatePostgres(directory, FreePort.Next());
        await next.StartAsync();

        await left.Ended.WaitAsync(Eventually.Bound);
        await ExecuteAsync(next.ConnectionString, "select 1");
    }

    [Fact]
    public async Task Programs_that_are_missing_are_a_failure_that_says_what_installs_them()
    {
        var none = new ServerPrograms(path: "/nowhere", postgresVersions: "/nowhere");

        foreach (var start in new Func<Task>[]
        {
            () => new PrivatePostgres(NewPath("none"), programs: none).StartAsync(),
            () => new PrivateRedis(NewPath("none"), programs: none).StartAsync(),
        })
        {
            var failure = await Assert.ThrowsAsync<PrivateServerException>(start);
            Assert.Equal(ServerFault.ProgramMissing, failure.Fault);
            Assert.Contains("run ./dev test, which installs it", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_setting_that_Postgres_refuses_is_told_with_its_own_words()
    {
        await using var refused = new PrivatePostgres(
            NewPath("refused"), FreePort.Next(), new Dictionary<string, string>(StringComparer.Ordinal) { ["max_connections"] = "many" });

        var failure = await Assert.ThrowsAsync<PrivateServerException>(() => refused.StartAsync());

        Assert.Contains("invalid value for parameter \"max_connections\"", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.NotEmpty(failure.LogTail);
    }

    private static async Task ExecuteAsync(string connectionString, string statement)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
