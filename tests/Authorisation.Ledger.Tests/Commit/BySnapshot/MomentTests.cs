using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

/// <summary>What the moment of decision means.</summary>
public sealed class MomentTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    [Fact]
    public async Task A_decline_beside_an_approval_that_waits_for_a_lock_is_of_the_moment_before_what_changed_meanwhile()
    {
        var (locked, blocked) = (await Operator.AddCardAsync(), await Operator.AddCardAsync());
        var lane = NewSnapshotLane(name: Operator.Terms.Code);
        await Ledger.Provisioner.SetBlockedAsync(Operator.AccountOf(blocked), true);
        await WarmAsync(lane, Operator, locked, blocked);
        var watch = await OpenWatchAsync();
        await using var psql = await LockAsync(locked);

        var batch = lane.CommitAsync(
            new CommitItem(Operator.Buy(locked), Operator.Terms), new CommitItem(Operator.Buy(blocked), Operator.Terms));
        await WaitUntilBlockedAsync(watch, Operator.Terms.Code, batch);
        var stillBlockedAt = await Ledger.AskAsync<DateTime>("select ledger_now()");
        await Ledger.Provisioner.SetBlockedAsync(Operator.AccountOf(blocked), false);
        var unblockedAt = await Ledger.AskAsync<DateTime>("select ledger_now()");
        await psql.CloseAsync();

        // On a slow machine the lock is waited for in vain, and both are decided after the change.
        var decline = (await batch)[1]!.Entry!;
        if (decline.Decision == Decision.Declined)
        {
            Assert.True(decline.DecidedAt.UtcDateTime < unblockedAt);
        }
        else
        {
            Assert.True(decline.DecidedAt.UtcDateTime >= stillBlockedAt);
        }
    }

    [Fact]
    public async Task Decisions_on_one_account_follow_one_another_in_time_also_from_two_lanes()
    {
        var card = await Operator.AddCardAsync(1_000_000);
        var lanes = new[] { await NewWarmLaneAsync(card), await NewWarmLaneAsync(card) };
        var last = DateTimeOffset.MinValue;
        for (var i = 0; i < 40; i++)
        {
            var (answer, _) = await lanes[i % 3 % 2].CommitOneAsync(Operator.Buy(card, i % 5 == 0 ? Limits.AmountMinorMax : 100), Operator.Terms);

            Assert.True(answer.Entry!.DecidedAt > last, $"{answer.Entry.DecidedAt:O} is not after {last:O}");
            last = answer.Entry.DecidedAt;
        }
    }

    [Fact]
    public async Task A_locked_account_costs_its_neighbours_one_wait_for_the_lock()
    {
        var (locked, free) = (await Operator.AddCardAsync(), await Operator.AddCardAsync());
        var (lane, network) = NewLaneBehindNetwork();
        await WarmAsync(lane, Operator, locked, free);
        await using var psql = await LockAsync(locked);
        var before = network.Requests;

        var answers = await lane.CommitAsync(
            new CommitItem(Operator.Buy(locked), Operator.Terms), new CommitItem(Operator.Buy(free), Operator.Terms));

        // By snapshot in vain; begun skipping what is locked; committed.
        Assert.Equal(3, network.Requests - before);
        Assert.Null(answers[0]);
        Assert.Equal(CommitStatus.Decided, answers[1]!.Status);
        Assert.Equal(locked, Assert.Single(lane.SetAside).Instrument);
    }
}
