using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Commit.UnderLock;
using Authorisation.Ledger.Rows;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Operations;

/// <summary>
/// The last millisecond of a month and the first moment of the next, by the operator's clocks, while somebody closes the
/// one that ends.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class MonthEdgeTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    private const long LimitMinor = 50_000;

    /// <summary>Zone, first moment of the month, and its number.</summary>
    public static TheoryData<string, string, int> Edges
    {
        get
        {
            var edges = new TheoryData<string, string, int>();
            foreach (var zone in new[] { "Europe/Stockholm", "Europe/Oslo" })
            {
                edges.Add(zone, "2024-03-31T22:00:00Z", 2024_04); // Easter Monday, and clocks went forward the day before
                edges.Add(zone, "2027-10-31T23:00:00Z", 2027_11); // clocks went back the day before
                edges.Add(zone, "2026-12-31T23:00:00Z", 2027_01);
                edges.Add(zone, "2024-02-29T23:00:00Z", 2024_03);
                edges.Add(zone, "2028-02-29T23:00:00Z", 2028_03);
            }

            return edges;
        }
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task The_last_millisecond_counts_in_the_old_month_and_the_next_has_the_full_limit_while_the_old_one_is_closed(
        string zone, string firstMoment, int month)
    {
        var edge = DateTimeOffset.Parse(firstMoment, CultureInfo.InvariantCulture);
        var old = CreditMonth.Of(edge.AddMilliseconds(-1), TimeZoneInfo.FindSystemTimeZoneById(zone));
        var (ledger, oper) = await BeginAsync(zone, edge.AddMinutes(-1));
        var (snapshots, underLock) = (NewSnapshotLane(ledger), NewLane(ledger));
        var (one, other) = (await oper.AddAppAsync(LimitMinor), await oper.AddAppAsync(LimitMinor));
        await WarmAsync(snapshots, oper, one);
        Assert.True((await snapshots.CommitOneAsync(oper.Buy(one, 5_000), oper.Terms)).IsBySnapshot);
        await underLock.CommitAsync(oper.Terms, oper.Buy(other, 5_000));

        await ledger.StopClockAsync(edge.AddMilliseconds(-1));
        CommitResult[] last =
        [
            .. await snapshots.CommitAsync(oper.Terms, oper.Buy(one, 40_000), oper.Buy(one, 5_001)),
            .. await underLock.CommitAsync(oper.Terms, oper.Buy(other, 40_000), oper.Buy(other, 5_001)),
        ];
        await ledger.StopClockAsync(edge);
        snapshots.Clock.Observe(edge);
        var closing = await MonthCloser.BeginAsync(oper, old.Number);
        // Had it asked for the old month, it would have waited for it, and would not have been decided by snapshot.
        var (first, bySnapshot) = await snapshots.CommitOneAsync(oper.Buy(one, LimitMinor), oper.Terms);
        var second = (await underLock.CommitAsync(oper.Terms, oper.Buy(other, LimitMinor)))[0];
        await MonthCloser.EndAsync(closing, oper, old.Number);

        Assert.True(bySnapshot);
        Assert.Equal([Decision.Approved, Decision.Declined, Decision.Approved, Decision.Declined], last.Select(answer => answer.Entry!.Decision));
        Assert.All(last, answer => Assert.Equal(
            (old, old, edge.AddMilliseconds(-1), 45_000),
            (answer.Entry!.CreditMonth, answer.Entry.InvoiceMonth, answer.Entry.DecidedAt, answer.Credit!.Value.SpentMinor)));
        Assert.All(new[] { first, second }, answer => Assert.Equal(
            (Decision.Approved, month, month, edge, LimitMinor),
            (answer.Entry!.Decision, answer.Entry.CreditMonth.Number, answer.Entry.InvoiceMonth.Number, answer.Entry.DecidedAt, answer.Credit!.Value.SpentMinor)));
        await MonthCloser.NothingCameLaterAsync(ledger);
    }

    [Theory]
    [InlineData(-30_001, true, false)]
    [InlineData(-30_000, true, true)]
    [InlineData(-1, true, true)]
    [InlineData(0, false, true)]
    [InlineData(30_000, false, true)]
    public async Task A_batch_asks_for_the_month_that_it_is_and_before_the_edge_for_the_next_too(int milliseconds, bool old, bool next)
    {
        var edge = DateTimeOffset.Parse("2027-10-31T23:00:00Z", CultureInfo.InvariantCulture);
        var (ledger, oper) = await BeginAsync("Europe/Stockholm", edge.AddMilliseconds(milliseconds));
        var app = await oper.AddAppAsync();
        await using var database = ledger.Connect();
        await using var lane = new LaneConnection(database);
        var laneStatements = new UnderLockStatements(lane);
        var batch = new Batch([new CommitItem(oper.Buy(app), oper.Terms)]);

        await laneStatements.BeginAsync(batch, skipLocked: false);
        await lane.RollbackAsync();

        Assert.Equal(old ? true : null, batch.IsOpen(oper.Terms.Id, CreditMonth.FromNumber(2027_10)));
        Assert.Equal(next ? true : null, batch.IsOpen(oper.Terms.Id, CreditMonth.FromNumber(2027_11)));
    }

    [Fact]
    public async Task What_belongs_to_a_month_that_is_being_closed_holds_up_no_purchase_of_its_batch()
    {
        var edge = DateTimeOffset.Parse("2027-10-31T23:00:00Z", CultureInfo.InvariantCulture);
        var (ledger, oper) = await BeginAsync("Europe/Stockholm", edge.AddMinutes(-1));
        var (app, neighbour) = (await oper.AddAppAsync(), await oper.AddAppAsync());
        var hold = oper.Buy(app) with { Hold = true };
        var lane = NewLane(ledger);
        await lane.CommitAsync(oper.Terms, hold);
        await ledger.StopClockAsync(edge.AddMilliseconds(1));
        await using var closing = await MonthCloser.BeginAsync(oper, 2027_10);
        await using var database = ledger.Connect();
        await using var connection = new LaneConnection(database);
        var connectionStatements = new UnderLockStatements(connection);
        var capture = new CommitItem(
            oper.Ask(OperationKind.Capture, hold.Id), oper.Terms, new AccountKey(app, oper.AccountOf(app)), CreditMonth.FromNumber(2027_10));

        // A wait for the closer would end in an exception, as the closer outlasts it.
        var batch = new Batch([capture, new CommitItem(oper.Buy(neighbour), oper.Terms)]);
        await connectionStatements.BeginAsync(batch, skipLocked: false);
        await connection.RollbackAsync();
        var answers = await lane.CommitItemsAsync(capture, new CommitItem(oper.Buy(neighbour), oper.Terms));

        Assert.False(batch.IsOpen(oper.Terms.Id, CreditMonth.FromNumber(2027_10)));
        Assert.True(batch.IsOpen(oper.Terms.Id, CreditMonth.FromNumber(2027_11)));
        Assert.Null(answers[0]);
        Assert.Equal(2027_11, answers[1]!.Entry!.CreditMonth.Number);
        Assert.Same(capture, Assert.Single(lane.SetAside));
    }

    private async Task<(TestLedger Ledger, TestOperator Operator)> BeginAsync(string zone, DateTimeOffset now)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        await MonthCloser.PrepareAsync(ledger);
        await ledger.StopClockAsync(now);
        return (ledger, await TestOperator.CreateAsync(ledger, add => add with { TimeZone = zone }));
    }
}
