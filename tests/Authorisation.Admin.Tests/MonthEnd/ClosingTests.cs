using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Testing.Ledger;
using Npgsql;
using Xunit;

namespace Authorisation.Admin.Tests.MonthEnd;

/// <summary>A month is closed, what came of it is written and sealed, and it stays as it is.</summary>
[Trait("Tier", "Slow")]
public sealed class ClosingTests(SharedLedger shared) : IClassFixture<SharedLedger>
{
    [Fact]
    public async Task The_first_night_closes_the_month_and_writes_what_each_account_used_of_it()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var month = await scene.BusyDecemberAsync();
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);

        await scene.RunAsync();

        var run = await scene.MonthEndOfAsync(2026_12);
        Assert.Equal((MonthEndState.Done, MonthEndStep.Done, 0), (run.State, run.Step, run.Differences));
        Assert.Equal(MonthEndScene.NewYear.UtcDateTime, run.ClosedAt);
        // Every account that was open has its statement, those that bought nothing too.
        Assert.Equal(month.Cards.Count + 1, run.Statements);
        Assert.Equal(month.Cards.Count + 1, run.AccountsChecked);
        Assert.Equal(2027_01, await scene.Ledger.AskAsync<int>("select max(first_open_month) from operator"));
        await scene.AssertStatementsAddUpAsync(2026_12);
        Assert.Equal(SealChain.Beginning, run.PreviousHash);
        var verified = await scene.VerifyAsync(2026_12);
        Assert.Null(verified.FirstDifference);
        Assert.Equal(run.SealedRows, verified.Rows);
        Assert.Equal(run.Hash, verified.Hash);
    }

    [Fact]
    public async Task A_second_run_changes_nothing_and_the_last_minute_of_the_month_is_not_closed()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await scene.BusyDecemberAsync();
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear.AddMinutes(-1));
        await scene.RunAsync();
        Assert.Null(Assert.Single(await scene.MonthEndsAsync()).Month);
        Assert.Equal(0, await scene.Ledger.AskAsync<int>("select max(first_open_month) from operator"));

        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear.AddSeconds(1));
        await scene.RunAsync();
        var (closed, runs) = (await scene.ClosedAsync(), await scene.MonthEndsAsync());
        await scene.RunAsync();
        await scene.RunAsync(scene.NewRunner(chunk: 100));
        Assert.Equal(closed, await scene.ClosedAsync());
        Assert.Equal(runs.Select(run => (run.Id, run.FinishedAt)), (await scene.MonthEndsAsync()).Select(run => (run.Id, run.FinishedAt)));
    }

    [Fact]
    public async Task What_comes_late_stands_on_the_open_month_and_is_chained_to_the_closed_one()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var month = await scene.BusyDecemberAsync();
        var undone = (await scene.BuyAsync(month.Cards[6], 2_500)).Entry!.Purchase.Id;
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);
        await scene.RunAsync();
        var closed = await scene.ClosedAsync();

        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear.AddMinutes(5));
        Assert.Equal(CommitStatus.Decided, (await scene.OperateAsync(OperationKind.Capture, month.OpenHold, 5_500)).Status);
        // Its originator may undo it within the hour, and nobody else.
        Assert.Equal(CommitStatus.Decided, (await scene.OperateAsync(OperationKind.Void, undone)).Status);
        var byStaff = scene.Operator.Ask(OperationKind.Void, month.Sold) with { By = Actor.Service };
        Assert.Equal(
            (CommitStatus.Refused, Refusal.MonthClosed), await StatusAsync(scene.Node.OperateAsync(byStaff, scene.Operator.Terms)));
        Assert.Equal(CommitStatus.Decided, (await scene.RefundAsync(month.Sold)).Status);
        await scene.Node.AdviseAsync(
            scene.Operator.Advise(scene.Operator.Buy(month.Cards[7], 3_300), MonthEndScene.NewYear.AddMinutes(-3)), scene.Operator.Terms);
        await scene.BuyAsync(month.Cards[0], 1_234);
        Assert.Equal(closed, await scene.ClosedAsync());
        Assert.Null((await scene.VerifyAsync(2026_12)).FirstDifference);

        await scene.Ledger.StopClockAsync(MonthEndScene.At("2027-02-01T00:00:00+01:00"));
        await scene.RunAsync();
        await scene.AssertStatementsAddUpAsync(2027_01);
        var (december, january) = (await scene.MonthEndOfAsync(2026_12), await scene.MonthEndOfAsync(2027_01));
        Assert.Equal(december.Hash, january.PreviousHash);
        Assert.Equal(january.Hash, (await scene.VerifyAsync(2027_01)).Hash);
        Assert.Equal(
            5_500 - 2_500 - 5_000 + 3_300 + 1_234,
            await scene.Ledger.AskAsync<long>("select sum(invoiced_minor)::bigint from billing.statement_part where month = 202701"));
    }

    [Fact]
    public async Task A_run_that_comes_months_late_closes_each_in_its_order_when_somebody_asks_for_it()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var month = await scene.BusyDecemberAsync();
        foreach (var day in (string[])["2027-01-15T12:00:00+01:00", "2027-02-15T12:00:00+01:00"])
        {
            await scene.Ledger.StopClockAsync(MonthEndScene.At(day));
            await scene.BuyAsync(month.Cards[0]);
        }

        await scene.Ledger.StopClockAsync(MonthEndScene.At("2027-03-10T12:00:00+01:00"));
        foreach (var late in (int[])[2026_12, 2027_01])
        {
            await scene.RunAsync();
            Assert.Equal((MonthEndState.Waiting, (DateTime?)null), await scene.StateOfAsync(late));
            await scene.AskAsync(late);
            await scene.RunAsync();
            Assert.Equal((MonthEndState.Done, scene.Ledger.HostTime.GetUtcNow().UtcDateTime), await scene.StateOfAsync(late));
        }

        Assert.Equal(
            ["month:2026-12", "month:2027-01"],
            (await scene.FindingsAsync()).Where(one => one.Kind == "month_not_just_over").Select(one => one.Subject)
                .Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        // The month that is just over needs nobody.
        await scene.RunAsync();

        Assert.Equal(
            [null, 2027_02, 2027_01, 2026_12], (await scene.MonthEndsAsync()).OrderByDescending(run => run.Night).Select(run => run.Month));
        Assert.All(await scene.MonthEndsAsync(), run => Assert.Equal(MonthEndState.Done, run.State));
        foreach (var closed in (int[])[2026_12, 2027_01, 2027_02])
        {
            await scene.AssertStatementsAddUpAsync(closed);
            var verified = await scene.VerifyAsync(closed);
            Assert.Equal((await scene.MonthEndOfAsync(closed)).Hash, verified.Hash);
        }
    }

    [Theory]
    [InlineData("2026-12-31T23:59:50+01:00")]
    [InlineData("2026-12-29T12:00:00+01:00")]
    public async Task A_clock_that_steps_back_opens_no_month_again(string back)
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var month = await scene.BusyDecemberAsync();
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);
        await scene.RunAsync();
        var closed = await scene.ClosedAsync();

        await scene.Ledger.StopClockAsync(MonthEndScene.At(back));
        await scene.RunAsync();
        var bought = await scene.BuyAsync(month.Cards[0], 1_111);
        Assert.Equal((2026_12, 2027_01), (bought.Entry!.CreditMonth.Number, bought.Entry.InvoiceMonth.Number));
        await scene.RunAsync();
        Assert.Equal(closed, await scene.ClosedAsync());
        Assert.Single(await scene.MonthEndsAsync(), run => run.Month is not null);
        Assert.Equal((await scene.MonthEndOfAsync(2026_12)).Hash, (await scene.VerifyAsync(2026_12)).Hash);

        await scene.Ledger.StopClockAsync(MonthEndScene.At("2027-02-01T00:00:00+01:00"));
        await scene.RunAsync();
        await scene.AssertStatementsAddUpAsync(2027_01);
        Assert.Equal(
            1_111, await scene.Ledger.AskAsync<long>("select sum(invoiced_minor)::bigint from billing.statement_part where month = 202701"));
    }

    [Fact]
    public async Task The_first_closing_waits_for_reports_of_older_months_and_closes_these_first()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var month = await scene.BusyDecemberAsync();
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);
        await using (var reporting = await scene.Ledger.OpenSessionAsync())
        {
            await using var held = new NpgsqlCommand(
                $"select pg_advisory_lock_shared({scene.Operator.Terms.Id}, 202611)", reporting);
            await held.ExecuteNonQueryAsync();
            Assert.Equal(
                PostgresErrorCodes.LockNotAvailable, (await Assert.ThrowsAsync<PostgresException>(() => scene.RunAsync())).SqlState);
        }

        await scene.Node.AdviseAsync(
            scene.Operator.Advise(scene.Operator.Buy(month.Cards[0], 700), MonthEndScene.December.AddDays(-15)), scene.Operator.Terms);
        await scene.AskAsync(2026_11);
        await scene.RunAsync();

        Assert.Equal(MonthEndState.Done, (await scene.MonthEndOfAsync(2026_11)).State);
        Assert.Equal((await scene.MonthEndOfAsync(2026_11)).Hash, (await scene.MonthEndOfAsync(2026_12)).PreviousHash);
        await scene.AssertStatementsAddUpAsync(2026_11);
        await scene.AssertStatementsAddUpAsync(2026_12);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_month_that_has_nothing_but_an_operation_is_closed_first(bool isKnown)
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var card = isKnown ? await scene.Operator.AddCardAsync(1_000) : scene.Operator.UnknownCard();
        await scene.Ledger.ExecuteAsync("update credit_account set given_at = '2000-01-01'");
        // Declined in December and sold all the same; by the device's clock that was in November.
        var declined = (await scene.BuyAsync(card, 4_200)).Entry!;
        await scene.Node.AdviseAsync(scene.Operator.Advise(declined.Purchase, MonthEndScene.December.AddDays(-15)), scene.Operator.Terms);
        Assert.Equal(
            (Decision.Declined, 2026_12, 2026_11, isKnown),
            (declined.Decision, declined.InvoiceMonth.Number, await scene.Ledger.AskAsync<int>("select invoice_month from operation"),
                await scene.Ledger.AskAsync<bool>("select account_id is not null from operation")));
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);

        await scene.AskAsync(2026_11);
        await scene.RunAsync();
        await scene.RunAsync();

        foreach (var closed in (int[])[2026_11, 2026_12])
        {
            Assert.Equal((MonthEndState.Done, 1), ((await scene.MonthEndOfAsync(closed)).State, (await scene.MonthEndOfAsync(closed)).SealedRows));
            await scene.AssertStatementsAddUpAsync(closed);
        }
    }

    [Fact]
    public async Task An_operation_whose_authorisation_is_gone_is_sealed_and_told_and_stops_nothing()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await scene.BusyDecemberAsync();
        var gone = await scene.LoseAuthorisationAsync();
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);

        await scene.RunAsync();

        var run = await scene.MonthEndOfAsync(2026_12);
        Assert.Equal(MonthEndState.Done, run.State);
        Assert.Contains(Finding.OfOrphan(gone), await scene.FindingsAsync());
        var verified = await scene.VerifyAsync(2026_12);
        Assert.Equal(run.Hash, verified.Hash);
        Assert.Null(verified.FirstDifference);
    }

    [Fact]
    public async Task A_row_that_was_changed_removed_or_added_is_named()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var month = await scene.BusyDecemberAsync();
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);
        await scene.RunAsync();
        var account = scene.Operator.AccountOf(month.App);

        await scene.Ledger.ExecuteAsync("update authorisation set purpose = 'Privat' where id = @Sold", month);
        Assert.Equal(
            new RowDifference("changed", "authorisation", month.Sold, account), (await scene.VerifyAsync(2026_12)).FirstDifference);
        await scene.Ledger.ExecuteAsync("update authorisation set purpose = null where id = @Sold", month);
        Assert.Null((await scene.VerifyAsync(2026_12)).FirstDifference);

        var added = Guid.NewGuid();
        await scene.Ledger.ExecuteAsync(
            """
            create temporary table copy as select * from authorisation where id = @Sold;
            update copy set id = @added;
            insert into authorisation select * from copy
            """,
            new { month.Sold, added });
        Assert.Equal(
            new RowDifference("added", "authorisation", added, account), (await scene.VerifyAsync(2026_12)).FirstDifference);
        await scene.Ledger.ExecuteAsync("delete from authorisation where id in (@added, @Sold)", new { added, month.Sold });
        Assert.Equal(new RowDifference("removed", null, month.Sold, account), (await scene.VerifyAsync(2026_12)).FirstDifference);
    }

    [Fact]
    public async Task A_row_on_no_account_that_was_changed_is_named()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await scene.BusyDecemberAsync();
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);
        await scene.RunAsync();

        var id = await scene.Ledger.AskAsync<Guid>(
            "update authorisation set amount_minor = amount_minor + 1 where account_id is null and decision = 2 and amount_minor > 0 returning id");
        Assert.Equal(new RowDifference("changed", "authorisation", id, null), (await scene.VerifyAsync(2026_12)).FirstDifference);
    }

    [Theory]
    [InlineData("update billing.statement set invoiced_minor = 0")]
    [InlineData("delete from billing.statement_part")]
    [InlineData("truncate billing.unassigned_seal")]
    public async Task Not_even_the_owner_changes_what_a_closed_month_says(string sql)
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => scene.Ledger.ExecuteAsync(sql));
        Assert.Contains("never changed", refusal.MessageText, StringComparison.Ordinal);
    }

    private static async Task<(CommitStatus Status, Refusal Refusal)> StatusAsync(Task<CommitResult> result) =>
        ((await result).Status, (await result).Refusal);
}
