using Authorisation.Admin.Tests.Support;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Admin.Tests.MonthEnd;

/// <summary>Months that were closed by a clock that was ahead are opened again, and what was decided meanwhile finds its invoice.</summary>
[Trait("Tier", "Slow")]
public sealed class ReopeningTests(SharedAdmin shared) : IClassFixture<SharedAdmin>
{
    private static readonly DateTimeOffset Wrong = MonthEndScene.At("2027-06-15T12:00:00+02:00");
    private static readonly DateTimeOffset Right = MonthEndScene.At("2027-01-10T12:00:00+01:00");

    [Fact]
    public async Task Empty_months_are_opened_again_and_everything_decided_meanwhile_stands_on_the_right_invoice()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared.Ledgers);
        var month = await scene.BusyDecemberAsync();
        await using var host = await InProcessAdmin.StartAsync(scene.Ledger, shared.CodeKey, null, "--MonthEnd:Runs=false");
        await CloseFiveTooManyAsync(scene);
        var hold = (await scene.BuyAsync(month.Cards[0], 3_000, hold: true)).Entry!;
        var ahead = (await scene.BuyAsync(month.Cards[1], 2_000)).Entry!;
        await scene.BuyAsync(scene.Operator.UnknownCard(), 1_000);
        Assert.Equal((2027_06, 2027_06), (ahead.CreditMonth.Number, ahead.InvoiceMonth.Number));
        await scene.Ledger.StopClockAsync(Right);
        var late = (await scene.BuyAsync(month.Cards[1], 4_000)).Entry!;
        Assert.Equal((2027_01, 2027_06), (late.CreditMonth.Number, late.InvoiceMonth.Number));
        await scene.RefundAsync(month.Sold, 500);
        var staff = await MonthEndHostTests.StaffAsync(scene, host);

        var reopened = (await ReopenAsync(scene, staff, 2027_01, "The clock was at June for an hour")).Is(200);

        Assert.Equal(("reopened", "The clock was at June for an hour"), (reopened["state"], reopened["reopen_reason"]));
        Assert.Equal(2027_01, await scene.Ledger.AskAsync<int>("select max(first_open_month) from operator"));
        Assert.Equal(0, await MisplacedAsync(scene));
        Assert.Equal(
            [2026_12], (await scene.MonthEndsAsync()).Where(run => run is { Month: not null, State: not MonthEndState.Reopened }).Select(run => run.Month));
        Assert.Contains(
            (await staff.GetAsync($"/v1/audit?subject=operator:{scene.Operator.Terms.Code}")).Is(200).Items,
            line => line["what"]!.ToString() == "month_end.reopened" && line["after"]!["reason"]!.ToString().StartsWith("The clock", StringComparison.Ordinal));
        // Everything is of January now: the limit has what both clocks let through, and goes on from there.
        await LedgerSums.AddUpAsync(scene.Ledger, scene.Operator.Terms.Id);
        var next = await scene.BuyAsync(month.Cards[1], 5_000);
        Assert.Equal((2027_01, 2027_01, 89_000L), (next.Entry!.CreditMonth.Number, next.Entry.InvoiceMonth.Number, next.Credit!.Value.RemainingMinor));
        Assert.Equal(CommitStatus.Decided, (await scene.OperateAsync(OperationKind.Capture, hold.Purchase.Id, 2_500)).Status);

        await scene.Ledger.StopClockAsync(MonthEndScene.At("2027-02-01T00:00:00+01:00"));
        await scene.RunAsync();
        await scene.AssertStatementsAddUpAsync(2027_01);
        var january = await scene.MonthEndOfAsync(2027_01);
        Assert.Equal((MonthEndState.Done, 0), (january.State, january.Differences));
        Assert.Equal((await scene.MonthEndOfAsync(2026_12)).Hash, january.PreviousHash);
        Assert.Equal(january.Hash, (await scene.VerifyAsync(2027_01)).Hash);
        Assert.Equal(
            2_000 + 4_000 + 5_000 + 2_500 - 500,
            await scene.Ledger.AskAsync<long>("select sum(invoiced_minor)::bigint from billing.statement_part where month = 202701"));
    }

    [Fact]
    public async Task What_is_bought_while_months_are_opened_again_ends_on_the_right_invoice_too()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared.Ledgers);
        var month = await scene.BusyDecemberAsync();
        await using var host = await InProcessAdmin.StartAsync(scene.Ledger, shared.CodeKey, null, "--MonthEnd:Runs=false");
        await CloseFiveTooManyAsync(scene);
        await scene.Ledger.StopClockAsync(Right);
        var staff = await MonthEndHostTests.StaffAsync(scene, host);
        using var stop = new CancellationTokenSource();
        var bought = 0;
        var buying = month.Cards.Take(6).Select(card => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.Equal(CommitStatus.Decided, (await scene.BuyAsync(card, 1, hold: bought % 3 == 0)).Status);
                Interlocked.Increment(ref bought);
            }
        })).ToList();
        await Eventually.TrueAsync(() => bought > 50, Eventually.Bound, "purchases are made");

        (await ReopenAsync(scene, staff, 2027_01, "Test")).Is(200);

        var atEnd = bought;
        await Eventually.TrueAsync(() => bought > atEnd + 50, Eventually.Bound, "purchases go on");
        await stop.CancelAsync();
        await Task.WhenAll(buying);
        Assert.Equal(0, await MisplacedAsync(scene));
        Assert.Equal(
            bought, await scene.Ledger.AskAsync<long>("select count(*) from authorisation where credit_month = 202701 and decision = 1"));
        await LedgerSums.AddUpAsync(scene.Ledger, scene.Operator.Terms.Id);
    }

    [Fact]
    public async Task What_has_something_in_it_stays_closed_and_so_does_everything_on_clocks_that_disagree()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared.Ledgers);
        await scene.BusyDecemberAsync();
        await using var host = await InProcessAdmin.StartAsync(scene.Ledger, shared.CodeKey, null, "--MonthEnd:Runs=false");
        await CloseFiveTooManyAsync(scene);
        await scene.Ledger.StopClockAsync(Right);
        var staff = await MonthEndHostTests.StaffAsync(scene, host);

        (await ReopenAsync(scene, staff, 2026_12, "Test")).IsProblem(409, "month_not_empty");
        (await ReopenAsync(scene, staff, 2027_03, " ")).RefusesFields("reason");
        await scene.Ledger.StopDatabaseClockAsync(Right.AddMinutes(2));
        (await ReopenAsync(scene, staff, 2027_03, "Test")).IsProblem(409, "clocks_disagree");
        await scene.Ledger.StopClockAsync(Right);
        var march = (await scene.MonthEndOfAsync(2027_03)).Id;
        (await ReopenAsync(scene, staff, 2027_03, "Test")).Is(200);
        (await staff.PostAsync($"/v1/month-ends/{march}/reopening", new { reason = "Again" })).IsProblem(409, "not_closed");
        Assert.Equal(2027_03, await scene.Ledger.AskAsync<int>("select max(first_open_month) from operator"));
        // The role itself can open nothing that is used, whatever it is asked for.
        await using var admin = await scene.Ledger.OpenSessionAsync(scene.Ledger.AdminConnectionString);
        await using var command = new Npgsql.NpgsqlCommand(
            $"select * from billing.reopen_months({scene.Operator.Terms.Id}, 202612, 202703, 202701, '', '')", admin);
        Assert.Equal("23001", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteReaderAsync())).SqlState);
    }

    [Fact]
    public async Task Staff_ask_for_one_month_at_a_time_in_order_and_on_clocks_that_agree()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared.Ledgers);
        await scene.BusyDecemberAsync();
        await using var host = await InProcessAdmin.StartAsync(scene.Ledger, shared.CodeKey, null, "--MonthEnd:Runs=false");
        await scene.Ledger.StopClockAsync(Wrong);
        // Whoever had a session before has none that is in force by this clock.
        var staff = await MonthEndHostTests.StaffAsync(scene, host);

        var refusal = (await AskAsync("2027-01")).IsProblem(409, "earlier_month_open");
        Assert.Contains("2026-12", refusal["detail"], StringComparison.Ordinal);
        Assert.NotNull((await AskAsync("2026-12")).Is(202)["asked_at"]);
        await scene.Ledger.StopDatabaseClockAsync(Wrong.AddMinutes(2));
        (await AskAsync("2026-12")).IsProblem(409, "clocks_disagree");

        Task<ApiAnswer> AskAsync(string month) =>
            staff.PostAsync("/v1/month-ends", new { @operator = scene.Operator.Terms.Code, month });
    }

    // December is over and closed; by a clock that is months ahead, staff have five more closed.
    private static async Task CloseFiveTooManyAsync(MonthEndScene scene)
    {
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear.AddHours(1));
        await scene.Node.Sweeper.SweepAsync(_ => scene.Operator.Terms, CancellationToken.None);
        await scene.RunAsync();
        await scene.Ledger.StopClockAsync(Wrong);
        foreach (var month in (int[])[2027_01, 2027_02, 2027_03, 2027_04, 2027_05])
        {
            await scene.AskAsync(month);
            await scene.RunAsync();
            Assert.Equal(MonthEndState.Done, (await scene.MonthEndOfAsync(month)).State);
        }
    }

    private static async Task<ApiAnswer> ReopenAsync(MonthEndScene scene, ApiCaller staff, int month, string reason)
    {
        await scene.WatchClocksAsync();
        return await staff.PostAsync($"/v1/month-ends/{(await scene.MonthEndOfAsync(month)).Id}/reopening", new { reason });
    }

    private static Task<long> MisplacedAsync(MonthEndScene scene) => scene.Ledger.AskAsync<long>(
        """
        select (select count(*) from authorisation where credit_month > 202701 or invoice_month > 202701)
             + (select count(*) from operation where credit_month > 202701 or invoice_month > 202701)
             + (select count(*) from open_hold where credit_month > 202701 or expires_at > ledger_now() + interval '1 day')
             + (select count(*) from credit_account where month > 202701)
        """);
}
