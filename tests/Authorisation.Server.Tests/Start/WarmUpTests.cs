using System.Globalization;
using Authorisation.Server.Tests.Access;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Dapper;
using Grpc.Health.V1;
using Xunit;
using Xunit.Abstractions;
using HealthClient = Grpc.Health.V1.Health.HealthClient;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Authorisation.Server.Tests.Start;

/// <summary>What a server does before it says that it is ready.</summary>
[Trait("Tier", "Slow")]
public sealed class WarmUpTests(SharedLedger shared, SharedRedis redis, ITestOutputHelper output)
    : LoggedTest(output), IClassFixture<SharedLedger>, IClassFixture<SharedRedis>
{
    private const int Warm = 4650, TooLong = 4651, Failed = 4652;

    // It ends by itself long before, but on the busiest machine.
    private const string Warming = "--Start:WarmUpSeconds=60";
    private const string WarmingShortly = "--Start:WarmUpSeconds=1";

    [Fact]
    public async Task Health_says_SERVING_when_the_server_is_warm_and_not_before()
    {
        await using var server = await StartAsync(shared.Ledger, Warming);
        using var watch = new HealthClient(server.Channel).Watch(new HealthCheckRequest(), deadline: DateTime.UtcNow + Eventually.ProcessBound);
        do
        {
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
            var (told, asked) = (watch.ResponseStream.Current.Status, await Readiness.OfAsync(server.Channel));
            Assert.True(told != Status.Serving || HasLogged(Warm));
            Assert.True(asked != Status.Serving || HasLogged(Warm));
        }
        while (watch.ResponseStream.Current.Status != Status.Serving);

        Assert.Equal(0, Log.Entries.Count(entry => entry.EventId.Id is TooLong or Failed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_warm_up_leaves_the_ledger_as_it_was_with_operators_and_without(bool withOperators)
    {
        await using var ledger = await shared.CreateOwnAsync();
        if (withOperators)
        {
            var someone = await TestOperator.CreateAsync(ledger);
            await someone.AddCardAsync();
            await someone.AddAppAsync();
            // It numbers the cards, which is no part of a warm-up.
            await using var before = await StartAsync(ledger, "--Start:WarmUpSeconds=0");
            await before.BecomeReadyAsync();
            await Eventually.TrueAsync(
                async () => await ledger.Owner.CreateCommand("select count(*) from card_change").ExecuteScalarAsync() is 0L,
                Eventually.Bound,
                "all cards are numbered");
        }

        var expected = await ContentOfAsync(ledger);
        await using (var server = await StartAsync(ledger, Warming))
        {
            await server.BecomeReadyAsync();
            Assert.True(HasLogged(Warm));
        }

        Assert.Equal(expected, await ContentOfAsync(ledger));
    }

    [Fact]
    public async Task A_warm_up_is_not_counted_as_calls_decisions_or_commits()
    {
        await using var server = await StartAsync(shared.Ledger, Warming, InProcessServer.WithMetrics);
        await server.BecomeReadyAsync();
        Assert.True(HasLogged(Warm));
        var scrape = await Scrape.UntilAsync(server.Metrics, found => found.Value("authorisation_ready") == 1, "it is ready");

        foreach (var name in new[]
        {
            "authorisation_decisions_total", "authorisation_commit_commands_total", "authorisation_commit_batch_size_sum",
            "authorisation_commit_queue_wait_seconds_count",
        })
        {
            Assert.True(scrape.Value(name) is null or 0, $"{name}: {scrape.Value(name)}");
        }

        foreach (var call in new[] { "Authorise", "AuthoriseStream", "SubmitAdvices", "Void", "GetCredit" })
        {
            Assert.Null(scrape.Value("authorisation_call_duration_seconds_count", "call", call));
        }
    }

    [Fact]
    public async Task A_server_without_Redis_becomes_ready()
    {
        await using var server = await InProcessServer.StartAsync(
            shared.Ledger.ServiceConnectionString, $"127.0.0.1:{FreePort.Next()}", Log, time: null, Warming);
        await server.BecomeReadyAsync();
        Assert.True(HasLogged(Warm));
    }

    [Fact]
    public async Task A_server_warms_up_over_TLS()
    {
        using var certificate = Certificates.Create("authorisation.example");
        var (path, keyPath) = await Certificates.WriteAsync(certificate);
        await using var server = await StartAsync(
            shared.Ledger, Warming, $"--Listen:Certificate:Path={path}", $"--Listen:Certificate:KeyPath={keyPath}");
        await Eventually.TrueAsync(() => HasLogged(Warm), Eventually.ProcessBound, "it is warm");
    }

    [Fact]
    public async Task A_warm_up_that_takes_too_long_or_fails_keeps_no_server_from_serving()
    {
        await using var ledger = await shared.CreateOwnAsync();
        await using var connection = await ledger.Owner.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("lock table authorisation in access exclusive mode");

        await using var server = await StartAsync(ledger, WarmingShortly);
        await server.BecomeReadyAsync();
        Assert.True(HasLogged(TooLong) || HasLogged(Failed));
        await transaction.RollbackAsync();
    }

    private static async Task<string> ContentOfAsync(TestLedger ledger)
    {
        await using var connection = await ledger.Owner.OpenConnectionAsync();
        var tables = await connection.QueryAsync<string>(
            """
            select format('%I.%I', schemaname, tablename) from pg_tables
            where schemaname not in ('pg_catalog', 'information_schema') order by 1
            """);
        var content = new List<string>();
        foreach (var table in tables)
        {
            var (count, sum) = await connection.QuerySingleAsync<(long, string)>(
                $"select count(*), coalesce(md5(string_agg(t::text, ' ' order by t::text)), '') from {table} t");
            content.Add(string.Create(CultureInfo.InvariantCulture, $"{table} {count} {sum}"));
        }

        return string.Join('\n', content);
    }

    private Task<InProcessServer> StartAsync(TestLedger ledger, params string[] settings) =>
        InProcessServer.StartAsync(ledger.ServiceConnectionString, redis.ConnectionString, Log, time: null, settings);

    private bool HasLogged(int eventId) => Log.Entries.Any(entry => entry.EventId.Id == eventId);
}
