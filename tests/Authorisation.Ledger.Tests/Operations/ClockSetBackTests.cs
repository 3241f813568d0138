using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Operations;

/// <summary>
/// March is closed, and the database's clock steps back into it: everything that is asked for then counts in March, and
/// stands on April's invoice.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class ClockSetBackTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    private const int March = 2027_03;
    private const int April = 2027_04;
    private const long LimitMinor = 50_000;

    private static readonly DateTimeOffset Edge = DateTimeOffset.Parse("2027-03-31T22:00:00Z", CultureInfo.InvariantCulture);

    /// <summary>By how many seconds the clock steps back, and whether lanes decide by snapshot where they can.</summary>
    public static TheoryData<int, bool> Steps
    {
        get
        {
            var steps = new TheoryData<int, bool>();
            foreach (var seconds in new[] { 4, 30, 60, 3_600, 2 * 24 * 3_600 })
            {
                steps.Add(seconds, true);
                steps.Add(seconds, false);
            }

            return steps;
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Purchases_stand_on_the_first_open_invoice_and_leave_what_is_closed_alone(int seconds, bool bySnapshot)
    {
        var (ledger, oper) = await BeginAsync(seconds);
        var cards = await CardsAsync(oper, 4);
        var commit = Lane(ledger, out var lane);
        // One card has bought in both months when March is closed, the others in March only.
        await commit(oper, [.. cards.Select(card => oper.Buy(card, 10_000))]);
        await ledger.StopClockAsync(Edge.AddSeconds(1));
        await commit(oper, [oper.Buy(cards[0], 49_000)]);
        await MonthCloser.CloseAsync(oper, March);
        await ledger.StopClockAsync(Edge.AddSeconds(1 - seconds));
        lane?.Clock.Observe(Edge.AddSeconds(1 - seconds));
        lane?.CountFromHere();

        for (var round = 0; round < 3; round++)
        {
            var answers = await commit(oper,
            [
                .. cards.Select(card => oper.Buy(card, 10_000)),
                .. cards.Select(card => oper.Buy(card, 30_001)),
                oper.Buy(cards[0], 100) with { Hold = true },
                oper.Buy(oper.UnknownCard()),
            ]);

            Assert.All(answers, answer => Assert.Equal(
                (March, April), (answer.Entry!.CreditMonth.Number, answer.Entry.InvoiceMonth.Number)));
            Assert.All(answers[..4], answer => Assert.Equal(Decision.Approved, answer.Entry!.Decision));
            Assert.All(answers[4..8], answer => Assert.Equal(DeclineReason.InsufficientCredit, answer.Entry!.DeclineReason));
            // March's limit goes on where it was: what April has used is April's.
            Assert.All(answers[1..4], answer => Assert.Equal(10_000 * (round + 2), answer.Credit!.Value.SpentMinor));
            Assert.Equal(0, lane?.Committed ?? 0);
        }

        await MonthCloser.NothingCameLaterAsync(ledger);
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
        Assert.Equal((April, 49_000), ((await RowAsync(oper.AccountOf(cards[0]), ledger)).Month, (await RowAsync(oper.AccountOf(cards[0]), ledger)).Spent));
        await ledger.StopClockAsync(Edge.AddHours(1));
        var later = await commit(oper, [oper.Buy(cards[0], 1_000), oper.Buy(cards[1], LimitMinor)]);
        Assert.All(later, answer => Assert.Equal(
            (April, April, LimitMinor), (answer.Entry!.CreditMonth.Number, answer.Entry.InvoiceMonth.Number, answer.Credit!.Value.SpentMinor)));

        // Without a lane by snapshot there is one under lock.
        Func<TestOperator, Purchase[], Task<CommitResult[]>> Lane(TestLedger of, out SnapshotLane? made)
        {
            made = bySnapshot ? NewSnapshotLane(of) : null;
            var (one, other) = (made, bySnapshot ? null : NewLane(of));
            return (on, purchases) => one?.CommitAsync(on.Terms, purchases) ?? other!.CommitAsync(on.Terms, purchases);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(60)]
    [InlineData(3_600)]
    [InlineData(2 * 24 * 3_600)]
    public async Task What_happens_to_purchases_stands_on_the_first_open_invoice_too(int seconds)
    {
        var (ledger, oper) = await BeginAsync(seconds);
        var cards = await CardsAsync(oper, 2);
        var node = NewNode(ledger);
        var holds = Enumerable.Range(0, 3).Select(_ => oper.Buy(cards[0], 1_000) with { Hold = true }).ToList();
        var (taken, voided) = (oper.Buy(cards[0], 2_000), oper.Buy(cards[0], 4_000) with { Hold = true });
        var undone = oper.Buy(cards[0], 8_000);
        foreach (var purchase in holds.Append(taken).Append(voided).Append(undone))
        {
            await node.AuthoriseAsync(purchase, oper.Terms);
        }

        await ledger.StopClockAsync(Edge.AddSeconds(1));
        await node.OperateAsync(oper.Ask(OperationKind.Capture, holds[0].Id), oper.Terms);
        await MonthCloser.CloseAsync(oper, March);
        await ledger.StopClockAsync(Edge.AddSeconds(1 - seconds));

        var unseen = oper.Buy(cards[1]);
        var answers = new[]
        {
            await node.OperateAsync(oper.Ask(OperationKind.Capture, holds[1].Id, 600), oper.Terms),
            await node.OperateAsync(oper.Ask(OperationKind.Void, voided.Id), oper.Terms),
            await node.OperateAsync(oper.Ask(OperationKind.Void, unseen.Id), oper.Terms),
            await node.OperateAsync(oper.Ask(OperationKind.Void, undone.Id), oper.Terms),
            await node.AdviseAsync(oper.Advise(holds[2], Edge.AddDays(-3)), oper.Terms),
            await node.AdviseAsync(oper.Advise(oper.Buy(cards[1], 700), Edge.AddDays(-3)), oper.Terms),
            await node.AdviseAsync(oper.Advise(oper.Buy(cards[1], 70), Edge.AddDays(-40)), oper.Terms),
        };
        // The originator may finish what it began over the close; others may not undo it.
        var closed = await node.OperateAsync(oper.Ask(OperationKind.Void, taken.Id) with { By = Actor.Service }, oper.Terms);
        var bought = await node.AuthoriseAsync(unseen, oper.Terms);

        Assert.All(answers, answer => Assert.Equal((CommitStatus.Decided, April), (answer.Status, answer.Operation!.InvoiceMonth.Number)));
        Assert.All(answers[..6], answer => Assert.Equal(March, answer.Operation!.CreditMonth.Number));
        Assert.Equal(Refusal.MonthClosed, closed.Refusal);
        Assert.Equal(DeclineReason.Reversed, bought.Entry!.DeclineReason);
        Assert.Equal(2_000 + 1_000 + 600 + 1_000, (await RowAsync(oper.AccountOf(cards[0]), ledger)).Spent);
        await MonthCloser.NothingCameLaterAsync(ledger);
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Fact]
    public async Task Credit_of_a_hold_that_lapses_in_the_closed_month_is_free_at_once()
    {
        var (ledger, oper) = await BeginAsync(2 * 24 * 3_600, TimeSpan.FromMinutes(5));
        var card = (await CardsAsync(oper, 1))[0];
        var lane = NewLane(ledger);
        await lane.CommitAsync(oper.Terms, oper.Buy(card, LimitMinor) with { Hold = true });
        await MonthCloser.CloseAsync(oper, March);
        await ledger.StopClockAsync(Edge.AddHours(-1));

        var answer = (await lane.CommitAsync(oper.Terms, oper.Buy(card, LimitMinor)))[0];

        Assert.Equal((Decision.Approved, March, April), (answer.Entry!.Decision, answer.Entry.CreditMonth.Number, answer.Entry.InvoiceMonth.Number));
        await MonthCloser.NothingCameLaterAsync(ledger);
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Theory]
    [InlineData("read committed")]
    [InlineData("repeatable read")]
    public async Task A_statement_by_snapshot_that_waited_for_the_close_sees_that_the_month_is_closed(string databasesDefault)
    {
        // Where the close took longer than the lane waits for it, the purchases are set aside, which shows nothing.
        for (var attempt = 1; !await WaitsForTheCloseAsync(databasesDefault); attempt++)
        {
            Assert.True(attempt < 10, "the lane never waited for the close to its end");
        }
    }

    private async Task<bool> WaitsForTheCloseAsync(string databasesDefault)
    {
        var (ledger, oper) = await BeginAsync(3_600);
        await ledger.ExecuteAsync($"do $$ begin execute format('alter database %I set default_transaction_isolation = ''{databasesDefault}''', current_database()); end $$");
        var card = (await CardsAsync(oper, 1))[0];
        var lane = NewSnapshotLane(ledger, oper.Terms.Code);
        await WarmAsync(lane, oper, card);
        // Prepared: the first statement of a session does not tell how long the next one takes.
        await lane.CommitAsync(oper.Terms, oper.Buy(card, 1));
        lane.CountFromHere();
        var watch = await OpenWatchAsync();
        var closing = await MonthCloser.BeginAsync(oper, March);

        var waiting = lane.CommitAsync(
            new CommitItem(oper.Buy(card, 1_000), oper.Terms), new CommitItem(oper.Buy(card, LimitMinor), oper.Terms));
        await WaitUntilBlockedAsync(watch, oper.Terms.Code, waiting);
        await MonthCloser.EndAsync(closing, oper, March);

        var answers = (await waiting).OfType<CommitResult>().ToList();
        Assert.Equal(2, answers.Count + lane.SetAside.Count);
        Assert.All(answers, answer => Assert.Equal(
            (March, April, 1_001), (answer.Entry!.CreditMonth.Number, answer.Entry.InvoiceMonth.Number, answer.Credit!.Value.SpentMinor)));
        Assert.Equal(0, lane.Committed);
        await MonthCloser.NothingCameLaterAsync(ledger);
        return lane.SetAside.Count == 0;
    }

    /// <summary>A ledger in which it is that long before the moment to which the clock will step back, in March.</summary>
    private async Task<(TestLedger Ledger, TestOperator Operator)> BeginAsync(int seconds, TimeSpan? holdTime = null)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        await MonthCloser.PrepareAsync(ledger);
        await ledger.StopClockAsync(Edge.AddSeconds(-seconds).AddMinutes(-1));
        return (ledger, await TestOperator.CreateAsync(ledger, add => add with { HoldTime = holdTime ?? TimeSpan.FromDays(4) }));
    }

    private static async Task<List<Instrument>> CardsAsync(TestOperator oper, int number)
    {
        var cards = new List<Instrument>();
        for (var i = 0; i < number; i++)
        {
            cards.Add(await oper.AddCardAsync(LimitMinor));
        }

        // Cards that were theirs for ever, so that sales before the test's clock find their holder.
        await oper.Ledger.ExecuteAsync("update credit_account set given_at = '-infinity'");
        return cards;
    }
}
