using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Authorisation.Ledger.Tests.Support;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

/// <summary>In databases of their own, whose clock stands where the test sets it.</summary>
public sealed class MonthEdgeTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    private static readonly DateTimeOffset Midnight = DateTimeOffset.Parse("2026-12-31T23:00:00Z", CultureInfo.InvariantCulture);

    [Fact]
    public async Task The_second_before_and_the_second_after_midnight_go_under_lock_or_are_right_in_one_batch_for_all_operators()
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        var opers = new[]
        {
            await TestOperator.CreateAsync(ledger),
            await TestOperator.CreateAsync(ledger, add => add with { TimeZone = "Europe/Oslo", Currency = "NOK" }),
            await TestOperator.CreateAsync(ledger, add => add with { TimeZone = "Europe/Helsinki", Currency = "EUR" }),
        };
        var apps = await Task.WhenAll(opers.Select(oper => oper.AddAppAsync(50_000)));
        var lane = NewSnapshotLane(ledger);
        await ledger.StopClockAsync(Midnight.AddMinutes(-30));
        for (var i = 0; i < opers.Length; i++)
        {
            await WarmAsync(lane, opers[i], apps[i]);
        }

        async Task<CommitResult?[]> BuyAsync(DateTimeOffset at, long amountMinor)
        {
            await ledger.StopClockAsync(at);
            lane.Clock.Observe(at);
            return await lane.CommitAsync(
                [.. opers.Select((oper, i) => new CommitItem(oper.Buy(apps[i], amountMinor), oper.Terms))]);
        }

        await BuyAsync(Midnight - (4 * Limits.MonthEdge), 30_000);
        Assert.Equal(3, lane.Committed);
        var before = await BuyAsync(Midnight.AddSeconds(-1), 20_000);
        // In Helsinki it has been January for an hour, and no edge is near.
        Assert.Equal(4, lane.Committed);
        var spent = await BuyAsync(Midnight.AddMilliseconds(-1), 1);
        var after = await BuyAsync(Midnight, 49_999);
        var later = await BuyAsync(Midnight.AddSeconds(1), 1);

        Assert.All(before.Concat(after.Take(2)).Concat(later.Take(2)), answer => Assert.Equal(Decision.Approved, answer!.Entry!.Decision));
        Assert.All(spent, answer => Assert.Equal(DeclineReason.InsufficientCredit, answer!.Entry!.DeclineReason));
        Assert.Equal([2026_12, 2026_12, 2027_01], before.Select(answer => answer!.Entry!.CreditMonth.Number));
        Assert.Equal([2026_12, 2026_12, 2027_01], spent.Select(answer => answer!.Entry!.CreditMonth.Number));
        Assert.All(after.Take(2).Concat(later.Take(2)), answer => Assert.Equal(2027_01, answer!.Entry!.CreditMonth.Number));
        Assert.Equal([50_000, 50_000], later.Take(2).Select(answer => answer!.Credit!.Value.SpentMinor));
    }

    [Fact]
    public async Task A_statement_that_was_made_before_midnight_and_arrives_after_it_writes_nothing_for_the_old_month()
    {
        foreach (var amount in new[] { 20_000, 60_000 })
        {
            var ledger = Keep(await Shared.CreateOwnAsync());
            var oper = await TestOperator.CreateAsync(ledger);
            var app = await oper.AddAppAsync(50_000);
            var network = Keep(new TestProxy(new NpgsqlConnectionStringBuilder(ledger.ServiceConnectionString).Port));
            var lane = Keep(new SnapshotLane(
                Keep(ledger.Connect(loggers: Loggers, configure: options => options.ConnectionString += $";Port={network.Port}")), Loggers));
            await ledger.StopClockAsync(Midnight.AddSeconds(-30));
            await lane.CommitOneAsync(oper.Buy(app, 40_000), oper.Terms);
            lane.CountFromHere();
            network.Hold();
            var before = network.Requests;

            var waiting = lane.CommitAsync(oper.Terms, oper.Buy(app, amount));
            await Eventually.TrueAsync(() => network.Requests > before, Eventually.Bound, "the statement is on its way");
            await ledger.StopClockAsync(Midnight.AddSeconds(1));
            network.Release();

            var answer = (await waiting)[0];
            Assert.Equal(0, lane.Committed);
            Assert.Equal(amount == 20_000 ? Decision.Approved : Decision.Declined, answer.Entry!.Decision);
            Assert.Equal((2027_01, 2027_01), (answer.Entry.CreditMonth.Number, answer.Credit!.Value.Month.Number));
            Assert.Equal(1, await ledger.AskAsync<long>("select count(*) from authorisation where credit_month = 202612"));
            Assert.Equal(0, await ledger.AskAsync<long>(
                """
                select count(*) from authorisation
                where credit_month <> to_char(decided_at at time zone 'Europe/Stockholm', 'YYYYMM')::integer
                """));
        }
    }

    [Fact]
    public async Task A_clock_set_back_a_month_falls_to_the_way_under_lock_and_leaves_the_row_alone()
    {
        var (ledger, oper, app, lane) = await BeginAsync(Midnight.AddDays(-1));
        await lane.CommitAsync(oper.Terms, oper.Buy(app, 30_000), oper.Buy(app, 40_000));
        await ledger.StopClockAsync(Midnight.AddDays(10));
        await lane.CommitAsync(oper.Terms, oper.Buy(app, 45_000));
        var january = await lane.CommitOneAsync(oper.Buy(app, 100), oper.Terms);
        Assert.True(january.IsBySnapshot);
        var row = await RowAsync(oper.AccountOf(app), ledger);
        await ledger.StopClockAsync(Midnight.AddDays(-1));

        foreach (var planted in new[] { null, january.Answer.Snapshot!.Account })
        {
            var approved = await lane.CommitOneAsync(oper.Buy(app, 1_000), oper.Terms, planted);
            var declined = await lane.CommitOneAsync(oper.Buy(app, 20_000), oper.Terms, planted);

            Assert.Equal((false, false), (approved.IsBySnapshot, declined.IsBySnapshot));
            Assert.Equal((Decision.Approved, 2026_12), (approved.Answer.Entry!.Decision, approved.Answer.Entry.CreditMonth.Number));
            Assert.Equal(DeclineReason.InsufficientCredit, declined.Answer.Entry!.DeclineReason);
            Assert.Equal(row, await RowAsync(oper.AccountOf(app), ledger));
        }

        await ledger.StopClockAsync(Midnight.AddDays(10));
        var forward = await lane.CommitOneAsync(oper.Buy(app, 4_900), oper.Terms);
        Assert.Equal(50_000, forward.Answer.Credit!.Value.SpentMinor);
    }

    [Theory]
    [InlineData(-400)]
    [InlineData(-31)]
    [InlineData(31)]
    [InlineData(400)]
    public async Task A_lane_that_was_told_a_wrong_time_decides_right_all_the_same(int daysOff)
    {
        var now = Midnight.AddDays(10);
        var (ledger, oper, app, lane) = await BeginAsync(now);
        await lane.CommitOneAsync(oper.Buy(app, 20_000), oper.Terms);
        foreach (var (amount, expected) in new[] { (20_000, DeclineReason.None), (20_000, DeclineReason.InsufficientCredit), (10_000, DeclineReason.None) })
        {
            lane.Clock.Observe(now.AddDays(daysOff));

            var (answer, bySnapshot) = await lane.CommitOneAsync(oper.Buy(app, amount), oper.Terms);

            Assert.False(bySnapshot);
            Assert.Equal((expected, 2027_01), (answer.Entry!.DeclineReason, answer.Entry.CreditMonth.Number));
            Assert.Equal(now, answer.Entry.DecidedAt);
            Assert.InRange(lane.Clock.Now!.Value, now, now + Eventually.Bound);
        }

        Assert.Equal((2027_01, 50_000), ((await RowAsync(oper.AccountOf(app), ledger)).Month, (await RowAsync(oper.AccountOf(app), ledger)).Spent));
    }

    [Theory]
    [InlineData(20, true)]
    [InlineData(56, false)]
    [InlineData(120, false)]
    public async Task Whether_a_hold_is_about_to_lapse_is_told_by_the_databases_clock(int secondsLater, bool bySnapshot)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        var oper = await TestOperator.CreateAsync(ledger, add => add with { HoldTime = TimeSpan.FromSeconds(60) });
        var app = await oper.AddAppAsync(50_000);
        var lane = NewSnapshotLane(ledger);
        await ledger.StopClockAsync(Midnight.AddDays(1));
        await lane.CommitOneAsync(oper.Buy(app, 20_000) with { Hold = true }, oper.Terms);
        // The lane believes that no time has passed.
        await ledger.StopClockAsync(Midnight.AddDays(1).AddSeconds(secondsLater));

        var answer = await lane.CommitOneAsync(oper.Buy(app, 100), oper.Terms);

        Assert.Equal(bySnapshot, answer.IsBySnapshot);
    }

    [Fact]
    public async Task What_comes_again_after_midnight_is_decided_for_the_new_month()
    {
        var (ledger, oper, app, lane) = await BeginAsync(Midnight.AddSeconds(-30));
        await lane.CommitOneAsync(oper.Buy(app, 40_000), oper.Terms);
        lane.Plant(lane.Memory.Find(app)! with { Version = 1_000 });
        var item = await lane.CommitInVainAsync(oper.Buy(app, 50_000), oper.Terms);
        await ledger.StopClockAsync(Midnight.AddSeconds(1));

        var answer = (await lane.CommitAsync(item))[0]!;

        Assert.Equal((Decision.Approved, 2027_01), (answer.Entry!.Decision, answer.Entry.CreditMonth.Number));
        Assert.Equal(50_000, answer.Credit!.Value.SpentMinor);
        Assert.Equal((2027_01, 50_000), ((await RowAsync(oper.AccountOf(app), ledger)).Month, (await RowAsync(oper.AccountOf(app), ledger)).Spent));
    }

    [Theory]
    [InlineData(20, true)]
    [InlineData(56, false)]
    public async Task What_comes_again_when_a_hold_is_about_to_lapse_goes_under_lock(int secondsLater, bool bySnapshot)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        var oper = await TestOperator.CreateAsync(ledger, add => add with { HoldTime = TimeSpan.FromSeconds(60) });
        var app = await oper.AddAppAsync(50_000);
        var lane = NewSnapshotLane(ledger);
        await ledger.StopClockAsync(Midnight.AddDays(1));
        await lane.CommitOneAsync(oper.Buy(app, 20_000) with { Hold = true }, oper.Terms);
        lane.Plant(lane.Memory.Find(app)! with { Version = 1_000 });
        var item = await lane.CommitInVainAsync(oper.Buy(app, 100), oper.Terms);
        await ledger.StopClockAsync(Midnight.AddDays(1).AddSeconds(secondsLater));

        var answer = (await lane.CommitAsync(item))[0]!;

        Assert.Equal(bySnapshot ? 1 : 0, lane.Committed);
        Assert.Equal((20_100, 20_000), (answer.Credit!.Value.SpentMinor, answer.Credit.Value.HeldMinor));
    }

    [Fact]
    public async Task A_new_month_begins_by_snapshot_from_a_copy_of_the_old_one()
    {
        var (ledger, oper, app, lane) = await BeginAsync(Midnight.AddDays(-10));
        var other = await oper.AddAppAsync();
        await lane.CommitAsync(oper.Terms, oper.Buy(app, 50_000), oper.Buy(other, 1));
        await ledger.StopClockAsync(Midnight.AddDays(3));
        // Any decision tells the lane the time.
        await lane.CommitOneAsync(oper.Buy(oper.UnknownCard()), oper.Terms);

        var declined = await lane.CommitOneAsync(oper.Buy(app, 50_001), oper.Terms);
        var approved = await lane.CommitOneAsync(oper.Buy(app, 50_000), oper.Terms);

        Assert.Equal((true, true), (declined.IsBySnapshot, approved.IsBySnapshot));
        Assert.Equal(new Credit(50_000, 0, 0, CreditMonth.FromNumber(2027_01)), declined.Answer.Credit);
        Assert.Equal(new Credit(50_000, 50_000, 0, CreditMonth.FromNumber(2027_01)), approved.Answer.Credit);
        Assert.Equal((2027_01, 50_000), ((await RowAsync(oper.AccountOf(app), ledger)).Month, (await RowAsync(oper.AccountOf(app), ledger)).Spent));
    }

    private async Task<(TestLedger Ledger, TestOperator Operator, Instrument App, SnapshotLane Lane)> BeginAsync(DateTimeOffset now)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        var oper = await TestOperator.CreateAsync(ledger);
        await ledger.StopClockAsync(now);
        return (ledger, oper, await oper.AddAppAsync(50_000), NewSnapshotLane(ledger));
    }
}
