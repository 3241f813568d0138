using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Commit.UnderLock;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

/// <summary>Whoever closes a month locks it exclusively; batches hold it shared.</summary>
[Trait("Tier", "Slow")]
public sealed class MonthLockTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task A_month_being_closed_for_a_moment_is_waited_for()
    {
        var node = NewNode();
        var app = await Operator.AddAppAsync();
        await using var closing = await CloseMonthAsync(Operator);

        var answer = node.AuthoriseUntilSettledAsync(Operator.Buy(app), Operator.Terms);
        await WaitForWaiterAsync(answer);
        await closing.CloseAsync();

        Assert.Equal(CommitStatus.Decided, (await answer).Status);
    }

    [Fact]
    public async Task A_month_being_closed_for_longer_than_a_lock_is_waited_for_still_lets_its_purchases_through_afterwards()
    {
        var node = NewNode();
        var app = await Operator.AddAppAsync();
        await using var closing = await CloseMonthAsync(Operator);

        var answer = node.AuthoriseUntilSettledAsync(Operator.Buy(app), Operator.Terms);
        await Task.WhenAny(answer, Task.Delay(4 * Limits.LockTimeout));
        Assert.False(answer.IsCompleted);
        await closing.CloseAsync();

        Assert.Equal(CommitStatus.Decided, (await answer).Status);
    }

    [Fact]
    public async Task A_month_being_closed_does_not_hold_up_other_operators_in_the_same_batch()
    {
        var node = NewNode(lanes: 1);
        var other = await TestOperator.CreateAsync(Ledger);
        var app = await Operator.AddAppAsync();
        var neighbour = await other.AddAppAsync();
        await using var closing = await CloseMonthAsync(Operator);

        var closed = Enumerable.Range(0, 20).Select(_ => node.AuthoriseUntilSettledAsync(Operator.Buy(app), Operator.Terms)).ToList();
        var open = Enumerable.Range(0, 20).Select(_ => node.AuthoriseUntilSettledAsync(other.Buy(neighbour), other.Terms)).ToList();

        Assert.All(await Task.WhenAll(open), answer => Assert.Equal(CommitStatus.Decided, answer.Status));
        Assert.All(closed, answer => Assert.False(answer.IsCompleted));
        await closing.CloseAsync();
        Assert.All(await Task.WhenAll(closed), answer => Assert.Equal(CommitStatus.Decided, answer.Status));
    }

    [Fact]
    public async Task A_month_that_stays_closed_gives_its_purchases_back()
    {
        var node = NewNode();
        var app = await Operator.AddAppAsync();
        await using var closing = await CloseMonthAsync(Operator);
        var purchase = Operator.Buy(app);

        var answer = await node.AuthoriseAsync(purchase, Operator.Terms);

        Assert.Equal(CommitStatus.AccountLocked, answer.Status);
        Assert.True(answer.IsRetryable);
        Assert.Null(await node.Reader.FindEntryAsync(purchase.Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_batch_keeps_its_month_from_being_closed_until_it_has_committed()
    {
        var app = await Operator.AddAppAsync();
        await using var database = Ledger.Connect();
        await using var lane = new LaneConnection(database);
        var laneStatements = new UnderLockStatements(lane);
        // Opened first, as the transaction is ended if it stands still for long.
        await using var closer = await Ledger.OpenSessionAsync();
        await closer.ExecuteScalarAsync<bool>("select pg_try_advisory_lock(@Id, 0)", Key(Operator));
        await laneStatements.BeginAsync(new Batch([new CommitItem(Operator.Buy(app), Operator.Terms)]), skipLocked: false);

        Assert.False(await closer.ExecuteScalarAsync<bool>("select pg_try_advisory_lock(@Id, @Month)", Key(Operator)));
        await lane.RollbackAsync();

        Assert.True(await closer.ExecuteScalarAsync<bool>("select pg_try_advisory_lock(@Id, @Month)", Key(Operator)));
    }

    private static object Key(TestOperator oper) =>
        new { oper.Terms.Id, Month = CreditMonth.Of(DateTimeOffset.UtcNow, oper.Terms.TimeZone).Number };

    private async Task<NpgsqlConnection> CloseMonthAsync(TestOperator oper)
    {
        var session = await Ledger.OpenSessionAsync();
        await session.ExecuteAsync("select pg_advisory_lock(@Id, @Month)", Key(oper));
        return session;
    }

    private async Task WaitForWaiterAsync(Task answer)
    {
        // It waits for the lock at most this often before it is set aside.
        var began = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(
            async () => answer.IsCompleted || Stopwatch.GetElapsedTime(began) > 2 * Limits.LockTimeout || await Ledger.AskAsync<bool>(
                """
                select exists (
                  select from pg_locks l join pg_database d on d.oid = l.database
                  where d.datname = current_database() and l.locktype = 'advisory' and l.classid = @Id and not l.granted)
                """,
                new { Operator.Terms.Id }),
            Eventually.Bound,
            "the batch waits for the month");
    }
}
