using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Reads;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Faults;

/// <summary>
/// With a Postgres of their own that is told to wait for a standby which is not there. Postgres commits such a
/// transaction all the same once it is made to stop waiting; it must not be answered from this machine alone.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class SynchronousStandbyTests : LoggedTest, IClassFixture<PostgresServer>, IAsyncLifetime
{
    private const int NotReplicatedEvent = 2005;

    private readonly PostgresServer _postgres;
    private readonly ILoggerFactory _loggers;
    private TestLedger _ledger = null!;
    private TestOperator _operator = null!;
    private LedgerNode _node = null!;

    public SynchronousStandbyTests(PostgresServer postgres, ITestOutputHelper output)
        : base(output)
    {
        _postgres = postgres;
        _loggers = LoggerFactory.Create(logging => logging.AddFilter("Npgsql", LogLevel.Warning).AddProvider(Log));
        Log.Expect(NotReplicatedEvent);
    }

    public async Task InitializeAsync()
    {
        await RequireStandbyAsync("");
        _ledger = await TestLedger.CreateAsync(_postgres.Postgres);
        _operator = await TestOperator.CreateAsync(_ledger);
        _node = NewNode(required: true);
    }

    public async Task DisposeAsync()
    {
        await RequireStandbyAsync("");
        await _node.DisposeAsync();
        await _ledger.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_is_answered_as_decided_while_no_standby_has_it_and_nor_is_its_replay()
    {
        var card = await _operator.AddCardAsync();
        var purchase = _operator.Buy(card);
        await RequireStandbyAsync("nowhere");

        var first = await AuthoriseAsync(_node, purchase);
        // On the primary's disk it is, so an attempt that only looked would find it.
        Assert.Equal(1, await CountAsync(purchase));
        var replay = await AuthoriseAsync(_node, purchase);

        Assert.Equal(CommitStatus.NotReplicated, first.Status);
        Assert.Equal(CommitStatus.NotReplicated, replay.Status);
        Assert.Null(first.Entry);
        Assert.Null(replay.Entry);
        Assert.True(replay.IsRetryable);
    }

    [Fact]
    public async Task A_connection_lost_while_waiting_for_the_standby_does_not_turn_the_commit_into_an_answer()
    {
        var card = await _operator.AddCardAsync();
        var purchase = _operator.Buy(card);
        await RequireStandbyAsync("nowhere");

        var answer = AuthoriseAsync(_node, purchase);
        await using var superuser = new NpgsqlConnection(_ledger.SuperuserConnectionString + ";Pooling=false");
        await superuser.OpenAsync();
        await Eventually.TrueAsync(
            async () => await superuser.ExecuteScalarAsync<int>(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep'") > 0,
            Eventually.Bound, "the commit waits for the standby");

        Assert.Equal(CommitStatus.NotReplicated, (await answer).Status);
    }

    [Fact]
    public async Task While_commits_wait_for_nobody_a_server_that_requires_a_standby_decides_nothing()
    {
        var purchase = _operator.Buy(await _operator.AddCardAsync());

        var refused = await AuthoriseAsync(_node, purchase);

        Assert.Equal(CommitStatus.NotReplicated, refused.Status);
        Assert.Equal(0, await CountAsync(purchase));
        await using var relaxed = NewNode(required: false);
        Assert.Equal(CommitStatus.Decided, (await AuthoriseAsync(relaxed, purchase)).Status);
    }

    [Fact]
    public async Task A_server_that_requires_none_decides_also_when_no_standby_answers()
    {
        var purchase = _operator.Buy(await _operator.AddCardAsync());
        await RequireStandbyAsync("nowhere");
        await using var relaxed = NewNode(required: false);

        Assert.Equal(CommitStatus.Decided, (await AuthoriseAsync(relaxed, purchase)).Status);
    }

    [Fact]
    public async Task The_probe_tells_whether_commits_wait()
    {
        var probe = new LedgerProbe(_node.Database);
        Assert.False((await probe.LookAsync(CancellationToken.None)).CommitsWaitForStandby);

        await RequireStandbyAsync("nowhere");

        await Eventually.TrueAsync(
            async () => (await probe.LookAsync(CancellationToken.None)).CommitsWaitForStandby,
            Eventually.Bound, "the setting is in force");
    }

    private LedgerNode NewNode(bool required) => new(
        _ledger.Connect(loggers: _loggers, configure: options => options.RequireSynchronousStandby = required), _loggers);

    private Task<CommitResult> AuthoriseAsync(LedgerNode node, Purchase purchase) =>
        node.AuthoriseAsync(purchase, _operator.Terms);

    private Task<long> CountAsync(Purchase purchase) =>
        _ledger.AskAsync<long>("select count(*) from authorisation where id = @Id", new { purchase.Id });

    private async Task RequireStandbyAsync(string names)
    {
        await using var superuser = new NpgsqlConnection(_postgres.ConnectionString + ";Pooling=false");
        await superuser.OpenAsync();
        await superuser.ExecuteAsync($"alter system set synchronous_standby_names = '{names}'");
        await superuser.ExecuteAsync("select pg_reload_conf()");
        await Eventually.TrueAsync(
            async () => await superuser.ExecuteScalarAsync<string>("show synchronous_standby_names") == names,
            Eventually.Bound, "the setting is in force");
    }
}
