using System.Diagnostics;
using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Reads;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Operations;

/// <summary>Holds that nobody captured or voided, in databases whose clock stands where the test sets it.</summary>
public sealed class LapsedHoldTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private static readonly DateTimeOffset Morning = At("2026-11-16T08:00:00Z");
    private static readonly DateTimeOffset LateJanuary = At("2027-01-31T22:50:00Z");
    private static readonly DateTimeOffset February = At("2027-02-01T10:00:00Z");

    [Fact]
    public async Task Credit_is_free_from_the_moment_a_hold_lapses_though_nobody_swept()
    {
        var (ledger, oper, card) = await BeginAsync(10_000, Morning);
        var nodes = new[] { NewNode(ledger), NewNode(ledger) };
        var hold = oper.Buy(card, 10_000) with { Hold = true };
        var expiresAt = (await nodes[0].AuthoriseAsync(hold, oper.Terms)).Entry!.ExpiresAt!.Value;

        await ledger.StopClockAsync(expiresAt.AddMicroseconds(-1));
        var before = await nodes[1].AuthoriseAsync(oper.Buy(card, 1), oper.Terms);
        await ledger.StopClockAsync(expiresAt);
        var after = await nodes[1].AuthoriseAsync(oper.Buy(card, 10_000), oper.Terms);

        Assert.Equal(DeclineReason.InsufficientCredit, before.Entry!.DeclineReason);
        Assert.Equal(Decision.Approved, after.Entry!.Decision);
        Assert.Equal(new Credit(10_000, 10_000, 0, after.Entry.CreditMonth), after.Credit);
        var history = await nodes[0].HistoryOfAsync(hold.Id);
        var expiry = Assert.Single(history.Operations);
        Assert.Equal((OperationKind.Expiry, AuthorisationState.Expired, expiresAt), (expiry.Request.Kind, expiry.StateAfter, expiry.MadeAt));
        Assert.True(expiry.Request.By.IsService);
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Fact]
    public async Task Credit_is_read_as_free_from_the_moment_a_hold_lapses_though_nobody_swept()
    {
        var (ledger, oper, card) = await BeginAsync(50_000, Morning);
        var node = NewNode(ledger);
        await node.AuthoriseAsync(oper.Buy(card, 5_000), oper.Terms);
        var early = (await node.AuthoriseAsync(oper.Buy(card, 20_000) with { Hold = true }, oper.Terms)).Entry!;
        await ledger.StopClockAsync(Morning.AddMinutes(10));
        var late = await node.AuthoriseAsync(oper.Buy(card, 25_000) with { Hold = true }, oper.Terms);

        await ledger.StopClockAsync(early.ExpiresAt!.Value.AddMicroseconds(-1));
        Assert.Equal((50_000, 45_000), await ReadAsync());
        await ledger.StopClockAsync(early.ExpiresAt.Value);
        Assert.Equal((30_000, 25_000), await ReadAsync());
        await ledger.StopClockAsync(late.Entry!.ExpiresAt!.Value);
        Assert.Equal((5_000, 0), await ReadAsync());
        Assert.Equal(2, await SweepAsync(node, oper));
        Assert.Equal((5_000, 0), await ReadAsync());

        async Task<(long Spent, long Held)> ReadAsync()
        {
            var kept = new List<AccountSnapshot>();
            var reading = await new LedgerReader(node.Database, kept.AddRange)
                .FindCreditAsync(card, oper.Terms.TimeZone, CancellationToken.None);
            // What the cache may keep is the row as it is.
            await Eventually.TrueAsync(() => kept.Count > 0, Eventually.Bound, "it is kept");
            var row = kept[0].Account.Balance;
            Assert.Equal(await BalanceAsync(ledger, oper.AccountOf(card)), (2026_11, row.SpentMinor, row.HeldMinor));
            return (reading!.Account.Balance.SpentMinor, reading.Account.Balance.HeldMinor);
        }
    }

    [Fact]
    public async Task Before_anything_recorded_it_a_lapsed_hold_reads_as_expired_and_cannot_be_captured()
    {
        var (ledger, oper, card) = await BeginAsync(10_000, Morning);
        var node = NewNode(ledger);
        var hold = oper.Buy(card, 10_000) with { Hold = true };
        await node.AuthoriseAsync(hold, oper.Terms);
        await ledger.StopClockAsync(Morning + oper.Terms.HoldTime);

        var reading = await node.Reader.FindAuthorisationAsync(hold.Id, CancellationToken.None);
        var capture = await node.OperateAsync(oper.Ask(OperationKind.Capture, hold.Id), oper.Terms);
        var voided = await node.OperateAsync(oper.Ask(OperationKind.Void, hold.Id), oper.Terms);

        Assert.Equal(AuthorisationState.Expired, reading.History!.StateAt(reading.Now));
        Assert.Equal((CommitStatus.Refused, Refusal.HoldExpired), (capture.Status, capture.Refusal));
        Assert.Equal((CommitStatus.Decided, AuthorisationState.Expired), (voided.Status, voided.History!.RecordedState));
        Assert.Equal(0, capture.Credit!.Value.SpentMinor);
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Fact]
    public async Task More_holds_than_one_batch_has_room_for_are_expired_before_the_purchase_is_decided()
    {
        const int Holds = Limits.LapsedHoldsPerBatchMax + 300;
        var (ledger, oper, card) = await BeginAsync(Holds * 100L, Morning);
        var node = NewNode(ledger);
        await InsertHoldsAsync(ledger, oper, card, Holds);
        var full = await node.AuthoriseAsync(oper.Buy(card, 1), oper.Terms);
        await ledger.StopClockAsync(Morning + oper.Terms.HoldTime);

        // So many at once may take longer than a statement of a busy Postgres may run.
        var asked = oper.Buy(card, Holds * 100L);
        var began = Stopwatch.GetTimestamp();
        CommitResult purchase;
        do
        {
            purchase = await node.AuthoriseAsync(asked, oper.Terms);
        }
        while (purchase.IsRetryable && Stopwatch.GetElapsedTime(began) < 2 * Eventually.Bound);

        Assert.Equal(DeclineReason.InsufficientCredit, full.Entry!.DeclineReason);
        Assert.Equal(Decision.Approved, purchase.Entry!.Decision);
        Assert.Equal(0, await ledger.AskAsync<long>("select count(*) from open_hold"));
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Fact]
    public async Task The_sweeper_expires_what_has_lapsed_and_nothing_else()
    {
        var (ledger, oper, card) = await BeginAsync(50_000, Morning);
        var node = NewNode(ledger);
        var (early, late) = (oper.Buy(card, 10_000) with { Hold = true }, oper.Buy(card, 20_000) with { Hold = true });
        await node.AuthoriseAsync(early, oper.Terms);
        await ledger.StopClockAsync(Morning.AddMinutes(10));
        await node.AuthoriseAsync(late, oper.Terms);
        await ledger.StopClockAsync(Morning + oper.Terms.HoldTime);

        var swept = await SweepAsync(node, oper);
        var again = await SweepAsync(node, oper);

        Assert.Equal((1, 0), (swept, again));
        Assert.Equal(AuthorisationState.Expired, (await node.HistoryOfAsync(early.Id)).RecordedState);
        Assert.Equal(AuthorisationState.Held, (await node.HistoryOfAsync(late.Id)).RecordedState);
        var balance = (await node.AuthoriseAsync(oper.Buy(card, 1), oper.Terms)).Snapshot!.Account.Balance;
        Assert.Equal((20_001, 20_000), (balance.SpentMinor, balance.HeldMinor));
        Assert.Equal(Morning.AddMinutes(10) + oper.Terms.HoldTime, balance.NextHoldExpiry);
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Fact]
    public async Task One_server_sweeps_at_a_time_and_another_takes_up_when_its_session_ends()
    {
        var (ledger, oper, card) = await BeginAsync(50_000, Morning);
        var node = NewNode(ledger);
        await node.AuthoriseAsync(oper.Buy(card, 10_000) with { Hold = true }, oper.Terms);
        await ledger.StopClockAsync(Morning + oper.Terms.HoldTime);
        await using var sweeping = await ledger.OpenSessionAsync();
        // A server that sweeps, and then stops in the middle of it.
        await sweeping.ExecuteAsync("select pg_advisory_lock(x'686f6c64'::bigint)");

        var meanwhile = await SweepAsync(node, oper);
        await sweeping.CloseAsync();
        await Eventually.TrueAsync(async () => await SweepAsync(node, oper) == 1, Eventually.Bound, "the other server sweeps");

        Assert.Null(meanwhile);
        Assert.Equal(0, await ledger.AskAsync<long>("select count(*) from open_hold"));
    }

    [Fact]
    public async Task The_session_that_sweeps_is_ended_by_Postgres_when_its_server_stands_still()
    {
        var (ledger, oper, _) = await BeginAsync(50_000, Morning);
        var node = NewNode(ledger);
        await SweepAsync(node, oper);
        await using var superuser = await ledger.OpenSessionAsync(ledger.SuperuserConnectionString);
        var sweeper = await superuser.QuerySingleAsync<string>(
            "select application_name from pg_stat_activity where datname = current_database() and usename = 'authorisation_service' and query like '%from open_hold%' and pid <> pg_backend_pid()");

        await using var session = await node.Database.Sweeps.OpenConnectionAsync();

        Assert.Equal("authorisation holds", sweeper);
        Assert.Equal("15s", await session.ExecuteScalarAsync<string>("show idle_session_timeout"));
    }

    [Fact]
    public async Task Many_sweepers_and_buyers_at_once_expire_each_hold_once()
    {
        const int Holds = 1_500;
        var (ledger, oper, card) = await BeginAsync(Holds * 100L, Morning);
        await InsertHoldsAsync(ledger, oper, card, Holds);
        await ledger.StopClockAsync(Morning + oper.Terms.HoldTime);
        var nodes = new[] { NewNode(ledger), NewNode(ledger) };

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            await SweepAsync(nodes[i % 2], oper);
            await nodes[i % 2].AuthoriseAsync(oper.Buy(card, 100), oper.Terms);
        }));

        Assert.Equal(Holds, await ledger.AskAsync<long>("select count(*) from operation where kind = 4"));
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Theory]
    [InlineData("lapses")]
    [InlineData("is swept")]
    [InlineData("captured")]
    [InlineData("captured in part")]
    [InlineData("voided")]
    public async Task A_hold_of_January_that_ends_in_February_leaves_Februarys_balance_alone(string end)
    {
        var (ledger, oper, card) = await BeginAsync(50_000, LateJanuary);
        var node = NewNode(ledger);
        var hold = oper.Buy(card, 40_000) with { Hold = true };
        await node.AuthoriseAsync(hold, oper.Terms);
        var laps = end is "lapses" or "is swept";
        await ledger.StopClockAsync(laps ? February : LateJanuary.AddMinutes(15));
        var february = await node.AuthoriseAsync(oper.Buy(card, 45_000), oper.Terms);
        Assert.Equal(new Credit(50_000, 45_000, 0, CreditMonth.FromNumber(2027_02)), february.Credit);

        var result = end switch
        {
            "captured" => await node.OperateAsync(oper.Ask(OperationKind.Capture, hold.Id), oper.Terms),
            "captured in part" => await node.OperateAsync(oper.Ask(OperationKind.Capture, hold.Id, 10_000), oper.Terms),
            "voided" => await node.OperateAsync(oper.Ask(OperationKind.Void, hold.Id), oper.Terms),
            _ => null,
        };
        if (end == "is swept")
        {
            Assert.Equal(1, await SweepAsync(node, oper));
        }

        var after = await node.AuthoriseAsync(oper.Buy(card, 5_001), oper.Terms);
        Assert.Equal(new Credit(50_000, 45_000, 0, CreditMonth.FromNumber(2027_02)), after.Credit);
        Assert.Equal(Decision.Declined, after.Entry!.Decision);
        if (result is not null)
        {
            Assert.Equal(CommitStatus.Decided, result.Status);
            Assert.Equal((CreditMonth.FromNumber(2027_01), CreditMonth.FromNumber(2027_01)), (result.Operation!.CreditMonth, result.Operation.InvoiceMonth));
            Assert.Equal(new Credit(50_000, 45_000, 0, CreditMonth.FromNumber(2027_02)), result.Credit);
        }

        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Fact]
    public async Task A_hold_of_January_that_ends_in_February_before_anybody_bought_there_leaves_January_right()
    {
        var (ledger, oper, card) = await BeginAsync(50_000, LateJanuary);
        var node = NewNode(ledger);
        var hold = oper.Buy(card, 40_000) with { Hold = true };
        await node.AuthoriseAsync(hold, oper.Terms);
        await ledger.StopClockAsync(LateJanuary.AddMinutes(15));

        var capture = await node.OperateAsync(oper.Ask(OperationKind.Capture, hold.Id, 10_000), oper.Terms);

        Assert.Equal(new Credit(50_000, 0, 0, CreditMonth.FromNumber(2027_02)), capture.Credit);
        Assert.Equal((2027_01, 10_000L, 0L), await BalanceAsync(ledger, oper.AccountOf(card)));
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    private static async Task<(int Month, long Spent, long Held)> BalanceAsync(TestLedger ledger, Guid account)
    {
        await using var connection = await ledger.Owner.OpenConnectionAsync();
        return await connection.QuerySingleAsync<(int, long, long)>(
            "select month, spent_minor, held_minor from credit_account where id = @account", new { account });
    }

    private static Task<int?> SweepAsync(LedgerNode node, TestOperator oper) =>
        node.Sweeper.SweepAsync(id => id == oper.Terms.Id ? oper.Terms : null, CancellationToken.None).WaitAsync(Eventually.Bound);

    /// <summary>Holds of 100 each, written as the service writes them, but faster.</summary>
    private static Task InsertHoldsAsync(TestLedger ledger, TestOperator oper, Instrument card, int holds) => ledger.ExecuteAsync(
        """
        insert into authorisation (
          id, operator_id, client_id, account_id, card_number, billing_snapshot_id, decision, decline_reason, amount_minor, hold,
          expires_at, credit_month, invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given)
        select gen_random_uuid(), @operatorId, @client, @account, @card, @billingSnapshot, 1, 0, 100, true,
          ledger_now() + @holdTime - i * interval '1 ms', 202611, 202611, ledger_now(), 600, 'S', false
        from generate_series(1, @holds) i;
        update credit_account set month = 202611, spent_minor = @holds * 100, held_minor = @holds * 100,
          next_hold_expiry = (select min(expires_at) from open_hold where account_id = @account)
        where id = @account
        """,
        new
        {
            operatorId = oper.Terms.Id,
            client = oper.Validator.ClientId,
            account = oper.AccountOf(card),
            card = card.CardNumber,
            billingSnapshot = oper.BillingSnapshotId,
            holdTime = oper.Terms.HoldTime,
            holds,
        });

    private async Task<(TestLedger Ledger, TestOperator Operator, Instrument Card)> BeginAsync(long limitMinor, DateTimeOffset now)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        await ledger.StopClockAsync(now);
        var oper = await TestOperator.CreateAsync(ledger);
        return (ledger, oper, await oper.AddCardAsync(limitMinor));
    }

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);
}
