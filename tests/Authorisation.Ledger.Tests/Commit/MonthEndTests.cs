using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

/// <summary>In databases of their own, whose clock stands where the test sets it.</summary>
public sealed class MonthEndTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const int Callers = 16;

    private static readonly DateTimeOffset LastMillisecond = At("2026-12-31T22:59:59.999Z");
    private static readonly DateTimeOffset FirstMoment = At("2026-12-31T23:00:00.000Z");
    private static readonly DateTimeOffset LaterInJanuary = At("2027-01-15T12:00:00Z");

    [Fact]
    public async Task The_last_millisecond_in_Stockholm_is_still_December_and_the_next_is_January_with_the_full_limit()
    {
        var (ledger, oper, app) = await BeginAsync(50_000);
        var node = NewNode(ledger);

        await ledger.StopClockAsync(LastMillisecond);
        var last = await node.AuthoriseAsync(oper.Buy(app, 45_000) with { Hold = true }, oper.Terms);
        var tooMuch = await node.AuthoriseAsync(oper.Buy(app, 10_000), oper.Terms);
        await ledger.StopClockAsync(FirstMoment);
        var first = await node.AuthoriseAsync(oper.Buy(app, 50_000), oper.Terms);

        Assert.Equal((LastMillisecond, Month(2026_12)), (last.Entry!.DecidedAt, last.Entry.CreditMonth));
        Assert.Equal(DeclineReason.InsufficientCredit, tooMuch.Entry!.DeclineReason);
        Assert.Equal((FirstMoment, Month(2027_01)), (first.Entry!.DecidedAt, first.Entry.CreditMonth));
        Assert.Equal(Decision.Approved, first.Entry.Decision);
        Assert.Equal(new Credit(50_000, 50_000, 0, Month(2027_01)), first.Credit);
        Assert.Equal(new Balance(Month(2027_01), 50_000, 0, null), first.Snapshot!.Account.Balance);
    }

    [Fact]
    public async Task Each_operators_own_zone_says_which_month_it_is_in_one_batch()
    {
        var (ledger, stockholm, card) = await BeginAsync(50_000);
        var helsinki = await TestOperator.CreateAsync(ledger, add => add with { TimeZone = "Europe/Helsinki" });
        var finnish = await helsinki.AddAppAsync();
        var lane = NewLane(ledger);
        await ledger.StopClockAsync(At("2026-12-31T22:30:00Z"));

        var swede = await lane.CommitAsync(stockholm.Terms, stockholm.Buy(card));
        var finn = await lane.CommitAsync(helsinki.Terms, helsinki.Buy(finnish));

        Assert.Equal(Month(2026_12), swede[0].Entry!.CreditMonth);
        Assert.Equal(Month(2027_01), finn[0].Entry!.CreditMonth);
    }

    [Fact]
    public async Task A_decline_in_a_new_month_leaves_the_row_in_the_old_one_and_replays_stay_in_theirs()
    {
        var (ledger, oper, app) = await BeginAsync(50_000);
        var node = NewNode(ledger);
        var purchase = oper.Buy(app, 20_000);
        await ledger.StopClockAsync(LastMillisecond);
        var first = await node.AuthoriseAsync(purchase, oper.Terms);
        await ledger.StopClockAsync(FirstMoment);

        var declined = await node.AuthoriseAsync(oper.Buy(app, 50_001), oper.Terms);
        var replayed = await node.AuthoriseAsync(purchase, oper.Terms);

        Assert.Equal(new Credit(50_000, 0, 0, Month(2027_01)), declined.Credit);
        Assert.Equal(first.Entry, replayed.Entry);
        Assert.Equal(Month(2026_12), replayed.Entry!.CreditMonth);
        Assert.Equal(new Credit(50_000, 0, 0, Month(2027_01)), replayed.Credit);
        Assert.Equal((2026_12, 20_000L), await RowAsync(ledger, app));
    }

    [Fact]
    public async Task A_clock_set_back_over_the_edge_is_decided_from_the_older_months_rows_and_leaves_the_row_alone()
    {
        var (ledger, oper, app) = await BeginAsync(50_000);
        var lane = NewLane(ledger);
        await ledger.StopClockAsync(LastMillisecond);
        await lane.CommitAsync(oper.Terms, oper.Buy(app, 30_000), oper.Buy(app, 6_000) with { Hold = true }, oper.Buy(app, 40_000));
        await ledger.StopClockAsync(LaterInJanuary);
        var january = await lane.CommitAsync(oper.Terms, oper.Buy(app, 49_000));
        await ledger.StopClockAsync(LastMillisecond);

        // Three in one batch: each must see what the one before it took, though no row tells it.
        var back = await lane.CommitAsync(
            oper.Terms, oper.Buy(app, 10_000), oper.Buy(app, 4_001), oper.Buy(app, 4_000) with { Hold = true });

        Assert.Equal(new Credit(50_000, 46_000, 6_000, Month(2026_12)), back[0].Credit);
        Assert.Equal(
            [DeclineReason.None, DeclineReason.InsufficientCredit, DeclineReason.None],
            back.Select(answer => answer.Entry!.DeclineReason));
        Assert.All(back, answer => Assert.Equal(Month(2026_12), answer.Entry!.CreditMonth));
        Assert.All(back, answer => Assert.Null(answer.Snapshot));
        Assert.Equal((2027_01, 49_000L), await RowAsync(ledger, app));
        Assert.Equal(january[0].Snapshot!.Account.Version, await VersionAsync(ledger, app));
        var another = await lane.CommitAsync(oper.Terms, oper.Buy(app, 1));
        Assert.Equal(DeclineReason.InsufficientCredit, another[0].Entry!.DeclineReason);
        Assert.Equal(new Credit(50_000, 50_000, 10_000, Month(2026_12)), another[0].Credit);

        await ledger.StopClockAsync(LaterInJanuary);
        var forward = await lane.CommitAsync(oper.Terms, oper.Buy(app, 1_000));
        Assert.Equal(new Credit(50_000, 50_000, 0, Month(2027_01)), forward[0].Credit);
    }

    [Fact]
    public async Task A_reading_shows_the_month_that_it_is_whatever_month_the_row_is_of()
    {
        var (ledger, oper, app) = await BeginAsync(50_000);
        var node = NewNode(ledger);
        await ledger.StopClockAsync(LastMillisecond);
        await node.AuthoriseAsync(oper.Buy(app, 30_000) with { Hold = true }, oper.Terms);
        await ledger.StopClockAsync(FirstMoment);
        var newMonth = await node.Reader.FindCreditAsync(app, oper.Terms.TimeZone, CancellationToken.None);
        await node.AuthoriseAsync(oper.Buy(app, 1_000), oper.Terms);
        await ledger.StopClockAsync(LastMillisecond);
        var back = await node.Reader.FindCreditAsync(app, oper.Terms.TimeZone, CancellationToken.None);

        Assert.Equal(new Credit(50_000, 0, 0, Month(2027_01)), Credit.Of(newMonth!.Account, Month(2027_01), newMonth.Now, oper.Terms.TimeZone));
        Assert.Equal(new Credit(50_000, 30_000, 30_000, Month(2026_12)), Credit.Of(back!.Account, Month(2026_12), back.Now, oper.Terms.TimeZone));
        Assert.Equal(LastMillisecond + oper.Terms.HoldTime, back.Account.Balance.NextHoldExpiry);
    }

    [Fact]
    public async Task A_month_that_turns_under_load_counts_each_purchase_in_one_of_the_two()
    {
        var (ledger, oper, app) = await BeginAsync(1_000_000);
        var nodes = new[] { NewNode(ledger), NewNode(ledger) };
        // The clock stands in December until each caller has bought once, however long that takes.
        await ledger.StopClockAsync(LastMillisecond);
        var answers = new System.Collections.Concurrent.ConcurrentBag<CommitResult>();
        var begun = 0;

        var load = Task.WhenAll(Enumerable.Range(0, Callers).Select(async i =>
        {
            DateTimeOffset decidedAt;
            var isFirst = true;
            do
            {
                var answer = await nodes[i % 2].AuthoriseUntilSettledAsync(oper.Buy(app, 100), oper.Terms);
                answers.Add(answer);
                decidedAt = answer.Entry!.DecidedAt;
                Interlocked.Add(ref begun, isFirst ? 1 : 0);
                isFirst = false;
            }
            while (decidedAt < FirstMoment.AddMilliseconds(200));
        }));
        await Eventually.TrueAsync(() => Volatile.Read(ref begun) == Callers, Eventually.Bound, "every caller has bought");
        await ledger.SetClockAsync(FirstMoment.AddMilliseconds(-100));
        await load;

        foreach (var answer in answers)
        {
            var month = answer.Entry!.DecidedAt < FirstMoment ? Month(2026_12) : Month(2027_01);
            Assert.Equal((month, month), (answer.Entry.CreditMonth, answer.Credit!.Value.Month));
        }

        foreach (var month in answers.GroupBy(answer => answer.Entry!.CreditMonth))
        {
            var approved = month.Where(answer => answer.Entry!.Decision == Decision.Approved).ToList();
            Assert.Equal(100L * approved.Count, approved.Max(answer => answer.Credit!.Value.SpentMinor));
            Assert.Equal(approved.Count, approved.Select(answer => answer.Credit!.Value.SpentMinor).Distinct().Count());
        }

        Assert.Equal(2, answers.Select(answer => answer.Entry!.CreditMonth).Distinct().Count());
    }

    private async Task<(TestLedger Ledger, TestOperator Operator, Instrument App)> BeginAsync(long limitMinor)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        var oper = await TestOperator.CreateAsync(ledger);
        return (ledger, oper, await oper.AddAppAsync(limitMinor));
    }

    private static async Task<(int Month, long Spent)> RowAsync(TestLedger ledger, Instrument app) => (
        await ledger.AskAsync<int>("select month from credit_account where id = @AccountId", new { app.AccountId }),
        await ledger.AskAsync<long>("select spent_minor from credit_account where id = @AccountId", new { app.AccountId }));

    private static Task<long> VersionAsync(TestLedger ledger, Instrument app) =>
        ledger.AskAsync<long>("select version from credit_account where id = @AccountId", new { app.AccountId });

    private static CreditMonth Month(int number) => CreditMonth.FromNumber(number);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
