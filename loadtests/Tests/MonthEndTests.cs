using System.Diagnostics;
using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Scenarios;
using Authorisation.LoadTests.Stage;
using Authorisation.V1;
using Dapper;
using Npgsql;
using Xunit;

namespace Authorisation.LoadTests.Tests;

[Trait("Tier", "Slow")]
public sealed class MonthEndTests
{
    private const int Cards = 40;

    [Fact]
    public async Task A_staged_month_has_ten_purchases_on_each_card_adds_up_and_ends_when_it_is_to()
    {
        var directory = Directory.CreateTempSubdirectory("month-end-").FullName;
        try
        {
            await using var stage = await StageServers.StartAsync(Path.Combine(directory, "stage"), accounts: 1, fillsWal: false);
            var opened = await stage.OpenMonthEndAsync(Cards);
            var clock = await stage.SetClockAsync(30);
            await using var ledger = new NpgsqlConnection(stage.Ledger + ";Pooling=false");

            var bought = await ledger.QueryAsync<long>(
                "select count(*) from authorisation where card_number < @first group by account_id",
                new { first = $"{opened.Cards!.HotCard:D12}" });
            Assert.Equal(Enumerable.Repeat((long)StageMonthEnd.PurchasesEach, Cards), bought);
            var path = Path.Combine(directory, "answers");
            await File.WriteAllBytesAsync(path, []);
            Assert.Equal([], (await stage.CheckAsync(path)).Problems);

            var now = await ledger.ExecuteScalarAsync<DateTime>("select ledger_now()");
            Assert.InRange(StageMonthEnd.Midnight.UtcDateTime - now, TimeSpan.Zero, TimeSpan.FromSeconds(30));
            var midnight = DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(clock.MidnightMicroseconds);
            Assert.InRange(midnight - DateTimeOffset.UtcNow, TimeSpan.Zero, TimeSpan.FromSeconds(30));
            Assert.Null((await stage.MonthEndAsync()).MonthEndRun!.Seconds);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task A_load_that_is_stopped_waits_for_the_answers_to_what_it_sent()
    {
        await using var peer = await TestPeer.StartAsync(request => Task.FromResult(TestPeer.Approve(request)));
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        using var answers = new MemoryStream();
        var began = Stopwatch.GetTimestamp();
        var recording = await TestPeer.RunAsync(
            peer.Plan(() => new UniformScenario(TestPeer.Facts)) with
            {
                PerSecond = 500,
                Measured = TimeSpan.FromMinutes(5),
                Stop = stop.Token,
            },
            answers);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Equal([], recording.Problems);
        Assert.Equal(recording.Answers * 17, answers.Length);
    }

    [Theory]
    [InlineData("2026-11", "was sent after the end of the month")]
    [InlineData("2026-12", "had to be Approved")]
    public async Task A_spent_card_that_is_not_full_again_after_the_month_is_a_problem(string month, string problem)
    {
        await using var peer = await TestPeer.StartAsync(request =>
        {
            var answer = TestPeer.Approve(request);
            if (request.CardNumber.StartsWith('3'))
            {
                answer.Decision = Decision.Declined;
                answer.DeclineReason = DeclineReason.InsufficientCredit;
                answer.Credit.Month = month;
            }

            return Task.FromResult(answer);
        });
        var end = MonthEnd.At("2026-11", DateTimeOffset.UtcNow.AddMilliseconds(-100), TestPeer.Facts.SpentCards, TimeSpan.Zero);
        var recording = await TestPeer.RunAsync(
            peer.Plan(() => new ResetScenario(TestPeer.Facts, end)) with { PerSecond = 600, Measured = TimeSpan.FromSeconds(1) },
            Stream.Null);
        Assert.True(recording.Wrong > 0);
        Assert.All(recording.Problems, said => Assert.Contains(problem, said, StringComparison.Ordinal));
    }
}
