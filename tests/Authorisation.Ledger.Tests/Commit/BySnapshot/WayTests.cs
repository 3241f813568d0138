using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Authorisation.Ledger.Tests.Support;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

/// <summary>Which of the two ways a purchase goes.</summary>
public sealed class WayTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    private static readonly DateTimeOffset Morning = DateTimeOffset.Parse("2026-11-16T08:00:00Z", CultureInfo.InvariantCulture);

    [Fact]
    public async Task The_first_purchase_on_an_account_goes_by_snapshot_as_the_ones_after_it_do()
    {
        var lane = NewSnapshotLane();
        foreach (var instrument in new[] { await Operator.AddCardAsync(50_000), await Operator.AddAppAsync(50_000) })
        {
            var first = await lane.CommitOneAsync(Operator.Buy(instrument, 20_000), Operator.Terms);
            var second = await lane.CommitOneAsync(Operator.Buy(instrument, 20_000), Operator.Terms);
            var third = await lane.CommitOneAsync(Operator.Buy(instrument, 20_000), Operator.Terms);

            Assert.Equal((true, true, true), (first.IsBySnapshot, second.IsBySnapshot, third.IsBySnapshot));
            Assert.Equal(
                (Decision.Approved, Decision.Approved, Decision.Declined),
                (first.Answer.Entry!.Decision, second.Answer.Entry!.Decision, third.Answer.Entry!.Decision));
            Assert.Equal(40_000, third.Answer.Credit!.Value.SpentMinor);
            Assert.Equal(40_000, (await RowAsync(Operator.AccountOf(instrument))).Spent);
        }
    }

    [Fact]
    public async Task A_warm_purchase_is_one_write_on_the_network_and_a_cold_one_is_two()
    {
        var network = Keep(new TestProxy(new NpgsqlConnectionStringBuilder(Ledger.ServiceConnectionString).Port));
        var node = NewNode(lanes: 1, configure: options => options.ConnectionString += $";Port={network.Port}");
        var (one, other) = (await Operator.AddCardAsync(), await Operator.AddCardAsync());
        await node.AuthoriseAsync(Operator.Buy(one), Operator.Terms);

        var before = network.Requests;
        await node.AuthoriseAsync(Operator.Buy(one), Operator.Terms);
        var warm = network.Requests - before;
        await node.AuthoriseAsync(Operator.Buy(other), Operator.Terms);
        var cold = network.Requests - before - warm;

        Assert.Equal((1, 2), (warm, cold));
        Assert.Equal(3, node.Queue.CommittedBySnapshot);
    }

    [Fact]
    public async Task A_hold_goes_under_lock_and_takes_the_accounts_other_purchases_along()
    {
        var (card, other) = (await Operator.AddCardAsync(), await Operator.AddCardAsync());
        var lane = await NewWarmLaneAsync(card, other);

        var answers = await lane.CommitAsync(
            Operator.Terms, Operator.Buy(card, 100), Operator.Buy(card, 200) with { Hold = true }, Operator.Buy(other, 100), Operator.Buy(card, 300));

        Assert.Equal(1, lane.Committed);
        Assert.Equal([100, 300, 100, 600], answers.Select(answer => answer.Credit!.Value.SpentMinor));
        Assert.Equal((600, 200), ((await RowAsync(Operator.AccountOf(card))).Spent, (await RowAsync(Operator.AccountOf(card))).Held));
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(60, true)]
    public async Task An_account_whose_hold_is_about_to_lapse_goes_under_lock(int holdSeconds, bool bySnapshot)
    {
        // Where the clock stands, so that the hold does not lapse before the second purchase is decided.
        var ledger = Keep(await Shared.CreateOwnAsync());
        await ledger.StopClockAsync(Morning);
        var oper = await TestOperator.CreateAsync(ledger, add => add with { HoldTime = TimeSpan.FromSeconds(holdSeconds) });
        var (lane, app) = (NewSnapshotLane(ledger), await oper.AddAppAsync());
        await lane.CommitOneAsync(oper.Buy(app, 100) with { Hold = true }, oper.Terms);

        var next = await lane.CommitOneAsync(oper.Buy(app, 100), oper.Terms);

        Assert.Equal(bySnapshot, next.IsBySnapshot);
        Assert.Equal((200, 100), (next.Answer.Credit!.Value.SpentMinor, next.Answer.Credit.Value.HeldMinor));
    }

    [Fact]
    public async Task An_unknown_instrument_goes_under_lock_each_time_and_its_neighbours_do_not()
    {
        var (card, unknown) = (await Operator.AddCardAsync(), Operator.UnknownCard());
        var lane = await NewWarmLaneAsync(card);

        for (var round = 1; round <= 2; round++)
        {
            var answers = await lane.CommitAsync(Operator.Terms, Operator.Buy(unknown), Operator.Buy(card));

            Assert.Equal(DeclineReason.UnknownInstrument, answers[0].Entry!.DeclineReason);
            Assert.Equal(Decision.Approved, answers[1].Entry!.Decision);
            Assert.Equal(round, lane.Committed);
        }

        await Operator.AddCardAsync(unknown.CardNumber!, 5_000);
        Assert.Equal(Decision.Approved, (await lane.CommitOneAsync(Operator.Buy(unknown), Operator.Terms)).Answer.Entry!.Decision);
    }

    [Fact]
    public async Task A_removed_credit_goes_under_lock_each_time_as_the_card_may_have_another_by_now()
    {
        var card = await Operator.AddCardAsync();
        var lane = await NewWarmLaneAsync(card);
        await Ledger.Provisioner.RemoveCreditAsync(Operator.AccountOf(card));

        for (var round = 0; round < 2; round++)
        {
            var removed = await lane.CommitOneAsync(Operator.Buy(card), Operator.Terms);
            Assert.Equal((DeclineReason.CreditRemoved, false), (removed.Answer.Entry!.DeclineReason, removed.IsBySnapshot));
        }

        await Operator.AddCardAsync(card.CardNumber!, 5_000);
        var anew = await lane.CommitOneAsync(Operator.Buy(card, 5_000), Operator.Terms);
        Assert.Equal((Decision.Approved, Operator.AccountOf(card)), (anew.Answer.Entry!.Decision, anew.Answer.Entry.AccountId!.Value));
        var after = await lane.CommitOneAsync(Operator.Buy(card, 1), Operator.Terms);
        Assert.Equal((DeclineReason.InsufficientCredit, true), (after.Answer.Entry!.DeclineReason, after.IsBySnapshot));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_id_seen_before_by_the_same_lane_or_by_another_is_replayed_and_the_batch_with_it_decided(bool sameLane)
    {
        var (card, other) = (await Operator.AddCardAsync(), await Operator.AddCardAsync());
        var lane = await NewWarmLaneAsync(card, other);
        var elsewhere = await NewWarmLaneAsync(card, other);
        foreach (var purchase in new[] { Operator.Buy(card), Operator.Buy(card, Limits.AmountMinorMax) })
        {
            var first = await (sameLane ? lane : elsewhere).CommitOneAsync(purchase, Operator.Terms);
            Assert.Equal(CommitStatus.Decided, first.Answer.Status);
            // The copy is fresh, so that the id alone is in the way.
            lane.Memory.Keep(first.Answer.Snapshot!.Account);

            var answers = await lane.CommitAsync(
                Operator.Terms,
                purchase,
                Operator.Buy(other),
                purchase with { AmountMinor = 7 },
                purchase with { Originator = Originator.Client(purchase.Originator.ClientId!.Value + 1_000_000) },
                purchase with { Instrument = other });

            Assert.Equal(
                [CommitStatus.Replayed, CommitStatus.Decided, CommitStatus.DiffersFromFirst, CommitStatus.TakenByAnother, CommitStatus.DiffersFromFirst],
                answers.Select(answer => answer.Status));
            Assert.Equal(first.Answer.Entry, answers[0].Entry);
        }

        Assert.Equal(1_000, (await RowAsync(Operator.AccountOf(card))).Spent);
        Assert.Equal(1_000, await ApprovedSumAsync(Operator.AccountOf(card)));
        Assert.Equal(2_000, (await RowAsync(Operator.AccountOf(other))).Spent);
    }

    [Fact]
    public async Task An_id_that_was_decided_on_another_server_is_not_answered_as_decided_here_although_its_copy_is_true()
    {
        var (card, other) = (await Operator.AddCardAsync(), await Operator.AddCardAsync());
        var lane = await NewWarmLaneAsync(card, other);
        var elsewhere = NewNode();
        var purchase = Operator.Buy(card, 700);
        await elsewhere.AuthoriseAsync(purchase, Operator.Terms);

        // The other card's copy is still true: only the primary key tells.
        var (answer, bySnapshot) = await lane.CommitOneAsync(purchase with { Instrument = other }, Operator.Terms);

        Assert.Equal((CommitStatus.DiffersFromFirst, false), (answer.Status, bySnapshot));
        Assert.Equal(0, (await RowAsync(Operator.AccountOf(other))).Spent);
    }

    [Fact]
    public async Task A_batch_of_as_many_accounts_as_a_batch_may_have_goes_by_snapshot_whole()
    {
        var cards = new List<Instrument>();
        for (var i = 0; i < Limits.CommitBatchItemsMax; i++)
        {
            cards.Add(await Operator.AddCardAsync(10_000));
        }

        var lane = await NewWarmLaneAsync([.. cards]);

        var answers = await lane.CommitAsync(Operator.Terms, cards.Select((card, i) => Operator.Buy(card, i % 3 == 0 ? 10_001 : 100 + i)));

        Assert.Equal(Limits.CommitBatchItemsMax, lane.Committed);
        for (var i = 0; i < cards.Count; i++)
        {
            Assert.Equal(i % 3 == 0 ? Decision.Declined : Decision.Approved, answers[i].Entry!.Decision);
            Assert.Equal(i % 3 == 0 ? 0 : 100 + i, (await RowAsync(Operator.AccountOf(cards[i]))).Spent);
        }
    }
}
