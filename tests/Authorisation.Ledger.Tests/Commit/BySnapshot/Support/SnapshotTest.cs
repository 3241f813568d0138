using Authorisation.Core;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot.Support;

/// <summary>Base of tests of the way by snapshot.</summary>
public abstract class SnapshotTest(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    /// <summary>A lane that commits by snapshot where it can.</summary>
    internal SnapshotLane NewSnapshotLane(TestLedger? ledger = null, string? name = null) =>
        Keep(new SnapshotLane(Keep((ledger ?? Ledger).Connect(name, loggers: Loggers)), Loggers));

    /// <summary>A lane whose network to Postgres the test can watch and cut.</summary>
    internal (SnapshotLane Lane, TestProxy Network) NewLaneBehindNetwork()
    {
        var network = Keep(new TestProxy(new NpgsqlConnectionStringBuilder(Ledger.ServiceConnectionString).Port));
        var database = Keep(Ledger.Connect(
            loggers: Loggers, configure: options => options.ConnectionString += $";Port={network.Port}"));
        return (Keep(new SnapshotLane(database, Loggers)), network);
    }

    /// <summary>A lane that has a copy of each instrument's account, and knows the time.</summary>
    internal async Task<SnapshotLane> NewWarmLaneAsync(params Instrument[] instruments)
    {
        var lane = NewSnapshotLane();
        await WarmAsync(lane, Operator, instruments);
        return lane;
    }

    /// <summary>Makes a lane look at accounts, without spending on them, and count from there.</summary>
    internal static async Task WarmAsync(SnapshotLane lane, TestOperator oper, params Instrument[] instruments)
    {
        var answers = await lane.CommitAsync(oper.Terms, instruments.Select(i => oper.Buy(i, Limits.AmountMinorMax)));
        Assert.All(answers, answer => Assert.Equal(Decision.Declined, answer.Entry!.Decision));
        Assert.All(instruments, instrument => Assert.NotNull(lane.Memory.Find(instrument)));
        lane.CountFromHere();
    }

    /// <summary>
    /// A session to watch others with, for <see cref="WaitUntilBlockedAsync"/>. To be opened before what will wait for a
    /// lock: it does so for a moment only.
    /// </summary>
    internal async Task<NpgsqlConnection> OpenWatchAsync() =>
        Keep(await Ledger.OpenSessionAsync(Ledger.SuperuserConnectionString));

    /// <summary>
    /// Waits until sessions with this application name wait for a lock, or have done with waiting in vain, as on a machine
    /// so busy that nobody saw them wait.
    /// </summary>
    internal static Task WaitUntilBlockedAsync(NpgsqlConnection watch, string name, Task batch) => Eventually.TrueAsync(
        async () => batch.IsCompleted || await watch.ExecuteScalarAsync<bool>(
            "select exists (select from pg_stat_activity where application_name = @name and wait_event_type = 'Lock')",
            new { name }),
        Eventually.Bound,
        "the lane waits for a lock");

    /// <summary>The row of an account.</summary>
    internal async Task<(int Month, long Spent, long Held, long Version)> RowAsync(Guid account, TestLedger? ledger = null)
    {
        await using var session = await (ledger ?? Ledger).Owner.OpenConnectionAsync();
        return await session.QuerySingleAsync<(int, long, long, long)>(
            "select month, spent_minor, held_minor, version from credit_account where id = @account", new { account });
    }

    /// <summary>What the entries of an account sum up to.</summary>
    internal Task<long> ApprovedSumAsync(Guid account, TestLedger? ledger = null) => (ledger ?? Ledger).AskAsync<long>(
        "select coalesce(sum(amount_minor), 0)::bigint from authorisation where account_id = @account and decision = 1",
        new { account });

    /// <summary>A transaction that is left open, as in psql.</summary>
    internal async Task<NpgsqlConnection> BeginAsync(string sql, object arguments, TestLedger? ledger = null)
    {
        var psql = Keep(await (ledger ?? Ledger).OpenSessionAsync());
        await psql.ExecuteAsync("begin transaction");
        await psql.ExecuteAsync(sql, arguments);
        return psql;
    }
}
