using Authorisation.Admin.Jobs;
using Authorisation.Billing.MonthEnd;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Admin.Tests.MonthEnd;

/// <summary>Nothing is closed or ended on the word of one clock, and by itself never more than the month that is just over.</summary>
[Trait("Tier", "Slow")]
public sealed class ClockJumpTests(SharedLedger shared) : IClassFixture<SharedLedger>
{
    private static readonly DateTimeOffset Wrong = MonthEndScene.At("2036-09-15T12:00:00+01:00");

    [Fact]
    public async Task A_database_whose_clock_is_years_ahead_closes_nothing_and_ends_nothing()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await scene.BusyDecemberAsync();
        var (recorder, runner) = (scene.NewRecorder(), scene.NewRunner());
        await recorder.RecordAsync(CancellationToken.None);
        var moment = await MomentAsync(scene);

        await scene.Ledger.StopDatabaseClockAsync(Wrong);
        for (var i = 0; i < 3; i++)
        {
            await recorder.RecordAsync(CancellationToken.None);
            await scene.RunUnwatchedAsync(runner);
        }

        Assert.Equal((0, 0L), await ClosedAsync(scene));
        Assert.Equal(moment, await MomentAsync(scene));
        Assert.Single(scene.Log.Entries, entry => entry.EventId.Id == 5620);

        // With the clock right again, the month is closed when it is over, and only then.
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear.AddSeconds(-30));
        await recorder.RecordAsync(CancellationToken.None);
        await PassMinuteAsync(scene, recorder);
        await scene.RunUnwatchedAsync(runner);
        Assert.Equal((2027_01, 1L), await ClosedAsync(scene));
        Assert.Single(scene.Log.Entries, entry => entry.EventId.Id == 5621);
    }

    [Fact]
    public async Task Both_clocks_years_ahead_close_nothing_until_a_person_asks_month_by_month()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await scene.BusyDecemberAsync();
        var (recorder, runner) = (scene.NewRecorder(), scene.NewRunner());
        await recorder.RecordAsync(CancellationToken.None);

        await scene.Ledger.StopClockAsync(Wrong);
        await scene.RunUnwatchedAsync(runner);
        Assert.Empty(await scene.MonthEndsAsync());
        await recorder.RecordAsync(CancellationToken.None);
        Assert.Single(scene.Log.Entries, entry => entry.EventId.Id == 5622);
        // Not until the clocks were steady for a minute is anything so much as planned.
        await scene.RunUnwatchedAsync(runner);
        Assert.Empty(await scene.MonthEndsAsync());
        await PassMinuteAsync(scene, recorder);
        await scene.RunUnwatchedAsync(runner);
        await scene.RunUnwatchedAsync(runner);

        Assert.Equal((0, 0L), await ClosedAsync(scene));
        Assert.Equal((MonthEndState.Waiting, (DateTime?)null), await scene.StateOfAsync(2026_12));
        Assert.Single(await scene.FindingsAsync(), one => one.Kind == "month_not_just_over");

        await scene.AskAsync(2026_12);
        await scene.RunUnwatchedAsync(runner);
        Assert.Equal((2027_01, 1L), await ClosedAsync(scene));
        await scene.RunUnwatchedAsync(runner);
        Assert.Equal((2027_01, 1L), await ClosedAsync(scene));
        Assert.Equal(MonthEndState.Waiting, (await scene.MonthEndOfAsync(2027_01)).State);
    }

    [Fact]
    public async Task Clocks_that_were_ahead_and_are_right_again_close_the_month_by_themselves_when_it_is_over()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await scene.BusyDecemberAsync();
        var (recorder, runner) = (scene.NewRecorder(), scene.NewRunner());
        await recorder.RecordAsync(CancellationToken.None);
        await scene.Ledger.StopClockAsync(Wrong);
        await recorder.RecordAsync(CancellationToken.None);
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear.AddSeconds(-30));
        await recorder.RecordAsync(CancellationToken.None);
        await scene.RunUnwatchedAsync(runner);
        Assert.Equal((0, 0L), await ClosedAsync(scene));

        await PassMinuteAsync(scene, recorder);
        await scene.RunUnwatchedAsync(runner);

        Assert.Equal((2027_01, 1L), await ClosedAsync(scene));
    }

    [Theory]
    [InlineData("2026-12-31T01:00:00+01:00", false, true)]
    [InlineData("2026-12-30T20:00:00+01:00", false, false)]
    [InlineData("2026-12-31T20:00:00+01:00", true, false)]
    public async Task A_month_whose_end_was_not_watched_waits_for_a_person(string last, bool isWatched, bool isClosed)
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await scene.BuyAsync(await scene.Operator.AddCardAsync());
        await scene.Ledger.StopClockAsync(MonthEndScene.At(last));
        var before = scene.NewRecorder();
        await before.RecordAsync(CancellationToken.None);
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear.AddMinutes(1));
        // One that goes on sees a jump; one that begins knows only that nobody was there.
        var after = isWatched ? before : scene.NewRecorder();
        await after.RecordAsync(CancellationToken.None);
        await PassMinuteAsync(scene, after);

        await scene.RunUnwatchedAsync();

        Assert.Equal(isClosed ? (2027_01, 1L) : (0, 0L), await ClosedAsync(scene));
        Assert.Equal(!isClosed, (await scene.FindingsAsync()).Any(one => one.Kind == "month_end_not_watched"));
        await scene.AskAsync(2026_12);
        await scene.RunUnwatchedAsync();
        Assert.Equal((2027_01, 1L), await ClosedAsync(scene));
    }

    [Fact]
    public async Task A_person_who_asks_closes_nothing_either_while_the_clocks_disagree()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await scene.BusyDecemberAsync();
        await scene.NewRecorder().RecordAsync(CancellationToken.None);
        await scene.Ledger.StopDatabaseClockAsync(MonthEndScene.NewYear.AddDays(1));
        await scene.AskAsync(2026_12);

        await scene.RunUnwatchedAsync();
        await scene.WatchClocksAsync();
        await scene.RunUnwatchedAsync();

        Assert.Equal((0, 0L), await ClosedAsync(scene));
    }

    // Half a minute twice, as the recorder sees it pass.
    private static async Task PassMinuteAsync(MonthEndScene scene, ClockRecorder recorder)
    {
        for (var i = 0; i < 2; i++)
        {
            await scene.Ledger.StopClockAsync(scene.Ledger.HostTime.GetUtcNow().AddSeconds(35));
            await recorder.RecordAsync(CancellationToken.None);
        }
    }

    private static async Task<(int FirstOpen, long Closed)> ClosedAsync(MonthEndScene scene) => (
        await scene.Ledger.AskAsync<int>("select max(first_open_month) from operator"),
        await scene.Ledger.AskAsync<long>("select count(*) from billing.month_end where closed_at is not null"));

    private static Task<string> MomentAsync(MonthEndScene scene) =>
        scene.Ledger.AskAsync<string>("select string_agg(m::text, ' ') from billing.clock_moment m");
}
