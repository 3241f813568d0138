using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Operations;

/// <summary>Operations on purchases of a month that is being closed, by a session that closes it as the month's close will.</summary>
public sealed class ClosingTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private static readonly DateTimeOffset March = DateTimeOffset.Parse("2027-03-10T08:00:00Z", CultureInfo.InvariantCulture);
    private static readonly DateTimeOffset April = DateTimeOffset.Parse("2027-04-01T02:00:00Z", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(OperationKind.Capture)]
    [InlineData(OperationKind.Advice)]
    [InlineData(OperationKind.Expiry)]
    public async Task What_comes_while_a_month_is_closed_waits_and_stands_on_the_next_invoice(OperationKind kind)
    {
        var (ledger, oper, card) = await BeginAsync();
        var node = NewNode(ledger);
        var hold = oper.Buy(card, 1_000) with { Hold = true };
        var taken = oper.Buy(card, 2_000);
        // Up to the last moments of March, so that a hold lives on in April.
        await ledger.StopClockAsync(April.AddHours(-4).AddMinutes(-5));
        await node.AuthoriseAsync(hold, oper.Terms);
        await node.AuthoriseAsync(taken, oper.Terms);
        // Connected first: what is late is waited for as long as it may take only.
        var (another, neighbour) = (NewNode(ledger), await oper.AddCardAsync());
        await another.AuthoriseAsync(oper.Buy(neighbour, 100), oper.Terms);
        await ledger.StopClockAsync(kind == OperationKind.Expiry ? April : April.AddHours(-4).AddMinutes(5));
        await using var closing = await ledger.OpenSessionAsync();
        await closing.ExecuteAsync("begin transaction");
        await closing.ExecuteAsync("select pg_advisory_xact_lock(@Id, 202703)", new { oper.Terms.Id });

        var late = kind switch
        {
            OperationKind.Capture => node.OperateUntilSettledAsync(oper.Ask(kind, hold.Id), oper.Terms),
            OperationKind.Advice => node.AdviseUntilSettledAsync(oper.Advise(oper.Buy(card, 100), March.AddHours(1)), oper.Terms),
            _ => SweepUntilExpiredAsync(node, oper),
        };
        await Task.Delay(Limits.LockTimeout * 2);
        Assert.False(late.IsCompleted);
        // April's purchases do not wait for March.
        Assert.Equal(CommitStatus.Decided, (await another.AuthoriseAsync(oper.Buy(neighbour, 100), oper.Terms)).Status);
        await closing.ExecuteAsync("update operator set first_open_month = 202704 where id = @Id", new { oper.Terms.Id });
        await closing.ExecuteAsync("commit");

        Assert.Equal(CommitStatus.Decided, (await late).Status);
        Assert.Equal((2027_03, 2027_04), await MonthsOfLastAsync(ledger, oper));
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Fact]
    public async Task A_void_that_waited_for_the_close_is_told_that_the_month_is_closed()
    {
        var (ledger, oper, card) = await BeginAsync();
        var node = NewNode(ledger);
        var taken = oper.Buy(card, 2_000);
        await node.AuthoriseAsync(taken, oper.Terms);
        await ledger.StopClockAsync(April);
        await using var closing = await ledger.OpenSessionAsync();
        await closing.ExecuteAsync("begin transaction");
        await closing.ExecuteAsync("select pg_advisory_xact_lock(@Id, 202703)", new { oper.Terms.Id });

        var late = node.OperateUntilSettledAsync(oper.Ask(OperationKind.Void, taken.Id), oper.Terms);
        await closing.ExecuteAsync("update operator set first_open_month = 202704 where id = @Id", new { oper.Terms.Id });
        await closing.ExecuteAsync("commit");

        Assert.Equal((CommitStatus.Refused, Refusal.MonthClosed), ((await late).Status, (await late).Refusal));
    }

    private static async Task<CommitResult> SweepUntilExpiredAsync(LedgerNode node, TestOperator oper)
    {
        await Eventually.TrueAsync(
            async () => await node.Sweeper.SweepAsync(_ => oper.Terms, CancellationToken.None) > 0, Eventually.Bound, "the hold is expired");
        return new CommitResult(CommitStatus.Decided);
    }

    private static async Task<(int Credit, int Invoice)> MonthsOfLastAsync(TestLedger ledger, TestOperator oper)
    {
        await using var connection = await ledger.Owner.OpenConnectionAsync();
        return await connection.QuerySingleAsync<(int, int)>(
            "select credit_month, invoice_month from operation where operator_id = @Id", new { oper.Terms.Id });
    }

    private async Task<(TestLedger Ledger, TestOperator Operator, Instrument Card)> BeginAsync()
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        await ledger.StopClockAsync(March);
        var oper = await TestOperator.CreateAsync(ledger);
        return (ledger, oper, await oper.AddCardAsync(50_000));
    }
}
