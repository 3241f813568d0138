using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Dapper;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

/// <summary>
/// What becomes of a purchase whose account turned out to have changed since the lane copied it: it comes again in the
/// next batch, on a new copy, and goes under lock when that is old, too.
/// </summary>
public sealed class OldCopyTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    private const string SpendElsewhere = "update credit_account set month = @month, spent_minor = spent_minor + 10000 where id = @id";

    [Fact]
    public async Task Old_once_it_is_decided_by_snapshot_in_the_next_batch_at_the_price_of_a_read()
    {
        var (lane, network) = NewLaneBehindNetwork();
        var (card, neighbour) = (await Operator.AddCardAsync(50_000), await Operator.AddCardAsync(50_000));
        await WarmAsync(lane, Operator, card, neighbour);
        await SpendElsewhereAsync(card);
        CommitItem[] items = [Item(card, 30_000), Item(neighbour, 30_000), Item(card, 30_000)];

        var before = network.Requests;
        var again = await lane.CommitBatchAsync(items);
        var first = network.Requests - before;
        var none = await lane.CommitBatchAsync(again);
        var second = network.Requests - before - first;

        Assert.Equal([items[0], items[2]], again);
        Assert.Empty(none);
        // One statement; then the account and one statement.
        Assert.Equal((1, 2), (first, second));
        Assert.Equal(3, lane.Committed);
        Assert.Equal(
            [(DeclineReason.None, 40_000), (DeclineReason.None, 30_000), (DeclineReason.InsufficientCredit, 40_000)],
            await ReasonsAsync(items));
        Assert.Equal(40_000, (await RowAsync(Operator.AccountOf(card))).Spent);
        Assert.True((await lane.CommitOneAsync(Operator.Buy(card), Operator.Terms)).IsBySnapshot);
    }

    [Fact]
    public async Task Old_twice_it_goes_under_lock_with_whatever_else_is_on_the_account_by_then()
    {
        var (card, neighbour) = (await Operator.AddCardAsync(50_000), await Operator.AddCardAsync(50_000));
        var lane = await NewWarmLaneAsync(card, neighbour);
        var old = lane.Memory.Find(card)!;
        await SpendElsewhereAsync(card);
        var first = await lane.CommitInVainAsync(Operator.Buy(card, 30_000), Operator.Terms);
        lane.Plant(old);
        CommitItem[] items = [first, Item(neighbour, 30_000), Item(card, 10_000), Item(card, 1)];

        Assert.Empty(await lane.CommitBatchAsync(items));

        Assert.Equal(1, lane.Committed);
        Assert.Equal(
            [
                (DeclineReason.None, 40_000), (DeclineReason.None, 30_000), (DeclineReason.None, 50_000),
                (DeclineReason.InsufficientCredit, 50_000),
            ],
            await ReasonsAsync(items));
        Assert.True((await lane.CommitOneAsync(Operator.Buy(card), Operator.Terms)).IsBySnapshot);
    }

    [Fact]
    public async Task What_was_never_on_an_old_copy_comes_again_also_after_others_on_its_account_went_under_lock()
    {
        var card = await Operator.AddCardAsync(50_000);
        var lane = await NewWarmLaneAsync(card);
        var old = lane.Memory.Find(card)!;
        await SpendElsewhereAsync(card);
        await lane.CommitInVainAsync(Operator.Buy(card, 100), Operator.Terms);
        lane.Plant(old);

        // Alone, without the one that came before it.
        var item = await lane.CommitInVainAsync(Operator.Buy(card, 200), Operator.Terms);
        await lane.CommitAsync(item);

        Assert.Equal(1, lane.Committed);
    }

    [Theory]
    [InlineData("update credit_account set limit_minor = 29999 where id = @id", DeclineReason.InsufficientCredit)]
    [InlineData("update credit_account set blocked_at = now() where id = @id", DeclineReason.Blocked)]
    [InlineData("update credit_account set removed_at = now() where id = @id", DeclineReason.CreditRemoved)]
    [InlineData("update credit_account set card_number = reverse(card_number) where id = @id", DeclineReason.UnknownInstrument)]
    [InlineData("insert into purchase_rule (id, organisation_id, account_id, max_purchase_minor) select a.id, p.organisation_id, a.id, 19999 from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id where a.id = @id", DeclineReason.AmountOverRule)]
    [InlineData(SpendElsewhere + "; " + SpendElsewhere + "; " + SpendElsewhere, DeclineReason.InsufficientCredit)]
    [InlineData(
        """
        update credit_account set removed_at = now() where id = @id;
        insert into credit_account (id, operator_id, kind, card_number, billing_snapshot_id, limit_minor)
        select gen_random_uuid(), operator_id, kind, card_number, billing_snapshot_id, 19999 from credit_account where id = @id
        """,
        DeclineReason.InsufficientCredit)]
    public async Task A_change_between_the_attempts_or_after_the_second_copy_was_taken_is_what_it_is_decided_by(
        string change, DeclineReason expected)
    {
        foreach (var isAfterTheCopy in new[] { false, true })
        {
            var card = await Operator.AddCardAsync(50_000);
            var lane = await NewWarmLaneAsync(card);
            await SpendElsewhereAsync(card);
            var item = await lane.CommitInVainAsync(Operator.Buy(card, 20_000), Operator.Terms);
            if (isAfterTheCopy)
            {
                // The lane takes the second copy now, and finds it in the next batch.
                var other = NewSnapshotLane();
                await WarmAsync(other, Operator, card);
                lane.Plant(other.Memory.Find(card)!);
            }

            await Ledger.ExecuteAsync(change, Arguments(card));

            var answer = (await lane.CommitAsync(item))[0]!;

            Assert.Equal((CommitStatus.Decided, expected), (answer.Status, answer.Entry!.DeclineReason));
            var isBySnapshot = !isAfterTheCopy && expected is not (DeclineReason.CreditRemoved or DeclineReason.UnknownInstrument);
            Assert.Equal(isBySnapshot ? 1 : 0, lane.Committed);
            Assert.Equal(0, await ApprovedSumAsync(Operator.AccountOf(card)));
        }
    }

    [Fact]
    public async Task A_change_that_is_committed_while_the_second_attempt_waits_for_its_lock_is_what_it_is_decided_by()
    {
        var card = await Operator.AddCardAsync(50_000);
        var lane = NewSnapshotLane(name: Operator.Terms.Code);
        await WarmAsync(lane, Operator, card);
        await SpendElsewhereAsync(card);
        var item = await lane.CommitInVainAsync(Operator.Buy(card, 20_000), Operator.Terms);
        var watch = await OpenWatchAsync();
        await using var psql = await BeginAsync(
            "update credit_account set limit_minor = 29999 where id = @id", Arguments(card));

        var second = lane.CommitBatchAsync(item);
        await WaitUntilBlockedAsync(watch, Operator.Terms.Code, second);
        await psql.ExecuteAsync("commit transaction");

        Assert.Empty(await second);
        Assert.Equal(0, lane.Committed);
        // On a slow machine the lock is waited for in vain, and the purchase set aside.
        Assert.True(
            lane.SetAside.Contains(item) || (await item.Result).Entry!.DeclineReason == DeclineReason.InsufficientCredit);
        Assert.Equal(0, await ApprovedSumAsync(Operator.AccountOf(card)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_a_database_that_was_lost_between_the_attempts_nothing_is_believed(bool isNoticedBefore)
    {
        // As after a failover to a standby that lacked the last commits: versions come again with another content.
        var (name, card) = (Operator.Terms.Code, await Operator.AddCardAsync(50_000));
        var lane = NewSnapshotLane(name: name);
        await lane.CommitOneAsync(Operator.Buy(card, 10_000), Operator.Terms);
        await SpendElsewhereAsync(card);
        var item = await lane.CommitInVainAsync(Operator.Buy(card, 10_000), Operator.Terms);
        var other = await NewWarmLaneAsync(card);
        var copy = other.Memory.Find(card)!;
        lane.Plant(copy);
        await Ledger.ExecuteAsync(
            "update credit_account set spent_minor = 45000, version = @next where id = @id",
            new { next = copy.Version + 1, id = Operator.AccountOf(card) });
        await Ledger.ExecuteAsync(
            "update credit_account set version = @Version where id = @id", new { copy.Version, id = Operator.AccountOf(card) });
        await using (var superuser = await Ledger.OpenSessionAsync(Ledger.SuperuserConnectionString))
        {
            await superuser.ExecuteAsync(
                "select pg_terminate_backend(pid, 20000) from pg_stat_activity where application_name = @name", new { name });
        }

        CommitItem[] batch = isNoticedBefore ? [item] : [item, Item(Operator.UnknownCard(), 1)];
        if (isNoticedBefore)
        {
            await lane.CommitOneAsync(Operator.Buy(Operator.UnknownCard()), Operator.Terms);
        }

        await lane.CommitAsync(batch);

        Assert.Equal(DeclineReason.InsufficientCredit, (await item.Result).Entry!.DeclineReason);
        Assert.Equal(45_000, (await RowAsync(Operator.AccountOf(card))).Spent);
    }

    [Fact]
    public async Task What_arrives_later_on_the_account_is_decided_later_whichever_way_it_goes()
    {
        var makes = new Func<Instrument, Purchase>[]
        {
            card => Operator.Buy(card, 10_000),
            card => Operator.Buy(card, 10_000) with { Hold = true },
        };
        foreach (var make in makes)
        {
            var card = await Operator.AddCardAsync(50_000);
            var lane = await NewWarmLaneAsync(card);
            await SpendElsewhereAsync(card);
            CommitItem[] early = [Item(card, 20_000), Item(card, 15_000)];
            var again = await lane.CommitBatchAsync(early);
            var late = new CommitItem(make(card), Operator.Terms);

            Assert.Equal(early, again);
            Assert.Empty(await lane.CommitBatchAsync([.. again, late]));

            Assert.Equal(
                [(DeclineReason.None, 30_000), (DeclineReason.None, 45_000), (DeclineReason.InsufficientCredit, 45_000)],
                await ReasonsAsync(early[0], early[1], late));
        }
    }

    [Fact]
    public async Task An_id_that_comes_again_meanwhile_is_decided_once()
    {
        var (card, other) = (await Operator.AddCardAsync(), await Operator.AddCardAsync());
        var lane = await NewWarmLaneAsync(card, other);
        await SpendElsewhereAsync(card);
        var (here, elsewhere) = (Operator.Buy(card, 100), Operator.Buy(card, 200));
        CommitItem[] early = [new(here, Operator.Terms), new(elsewhere, Operator.Terms)];
        var again = await lane.CommitBatchAsync(early);
        var answer = await NewNode().AuthoriseAsync(elsewhere, Operator.Terms);
        CommitItem[] late = [new(here, Operator.Terms), new(here with { Instrument = other }, Operator.Terms)];

        Assert.Empty(await lane.CommitBatchAsync([.. again, .. late]));

        Assert.Equal(
            [CommitStatus.Decided, CommitStatus.Replayed, CommitStatus.Replayed, CommitStatus.DiffersFromFirst],
            await Task.WhenAll(early.Concat(late).Select(async item => (await item.Result).Status)));
        Assert.Equal(answer.Entry, (await early[1].Result).Entry);
        Assert.Equal(300, await ApprovedSumAsync(Operator.AccountOf(card)));
    }

    [Fact]
    public async Task A_server_decides_in_the_order_of_arrival()
    {
        var card = await Operator.AddCardAsync(10_000_000);
        var node = NewNode(lanes: 1);
        var calls = new List<Task<CommitResult>>();
        await node.AuthoriseAsync(Operator.Buy(card, 1), Operator.Terms);
        for (var round = 0; round < 20; round++)
        {
            await SpendElsewhereAsync(card);
            for (var i = 0; i < 30; i++)
            {
                calls.Add(node.AuthoriseAsync(Operator.Buy(card, 1), Operator.Terms));
            }
        }

        var spent = (await Task.WhenAll(calls)).Select(answer => answer.Credit!.Value.SpentMinor).ToList();
        Assert.Equal(spent.Order(), spent);
        Assert.Equal(spent.Distinct(), spent);
        Assert.Equal(calls.Count + 1, await ApprovedSumAsync(Operator.AccountOf(card)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_comes_again_waits_neither_for_another_purchase_nor_is_it_left_when_the_server_stops(bool stops)
    {
        var card = await Operator.AddCardAsync(50_000);
        var node = NewNode(lanes: 1);
        await node.AuthoriseAsync(Operator.Buy(card, 1), Operator.Terms);
        await SpendElsewhereAsync(card);

        var call = node.AuthoriseAsync(Operator.Buy(card, 2), Operator.Terms);
        if (stops)
        {
            await node.Queue.DisposeAsync();
        }

        Assert.Equal(10_003, (await call).Credit!.Value.SpentMinor);
        Assert.Equal(2, node.Queue.CommittedBySnapshot);
    }

    private static async Task<(DeclineReason Reason, long Spent)[]> ReasonsAsync(params CommitItem[] items)
    {
        var answers = await Task.WhenAll(items.Select(item => item.Result)).WaitAsync(Eventually.Bound);
        return [.. answers.Select(answer => (answer.Entry!.DeclineReason, answer.Credit!.Value.SpentMinor))];
    }

    private CommitItem Item(Instrument instrument, long amountMinor) =>
        new(Operator.Buy(instrument, amountMinor), Operator.Terms);

    private Task SpendElsewhereAsync(Instrument instrument) => Ledger.ExecuteAsync(SpendElsewhere, Arguments(instrument));

    private object Arguments(Instrument instrument) => new
    {
        id = Operator.AccountOf(instrument),
        month = CreditMonth.Of(DateTimeOffset.UtcNow, Operator.Terms.TimeZone).Number,
    };
}
