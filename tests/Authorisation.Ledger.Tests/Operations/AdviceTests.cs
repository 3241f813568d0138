using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Rows;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Operations;

/// <summary>What devices sold out of reach, in databases whose clock stands where the test sets it.</summary>
public sealed class AdviceTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private static readonly DateTimeOffset March = At("2027-03-10T08:00:00Z");
    private static readonly DateTimeOffset Now = At("2027-04-05T08:00:00Z");

    [Fact]
    public async Task It_is_recorded_whatever_the_credit_says_and_purchases_decline_until_the_limit_is_raised()
    {
        var (ledger, oper, card) = await BeginAsync(10_000);
        var node = NewNode(ledger);
        await node.AuthoriseAsync(oper.Buy(card, 9_000), oper.Terms);

        var inside = await node.AdviseAsync(oper.Advise(oper.Buy(card, 1_000), Now.AddHours(-1)), oper.Terms);
        var over = await node.AdviseAsync(oper.Advise(oper.Buy(card, 5_000), Now.AddHours(-1)), oper.Terms);
        var declined = await node.AuthoriseAsync(oper.Buy(card, 1), oper.Terms);
        await ledger.Provisioner.SetLimitAsync(oper.AccountOf(card), 15_001);
        var approved = await node.AuthoriseAsync(oper.Buy(card, 1), oper.Terms);

        Assert.Equal((false, true), (inside.Operation!.OverLimit, over.Operation!.OverLimit));
        Assert.Equal((15_000, 0), (over.Credit!.Value.SpentMinor, over.Credit.Value.RemainingMinor));
        Assert.Equal(DeclineReason.InsufficientCredit, declined.Entry!.DeclineReason);
        Assert.Equal(Decision.Approved, approved.Entry!.Decision);
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Fact]
    public async Task It_counts_in_the_month_it_was_sold_in_and_leaves_a_later_month_alone()
    {
        var (ledger, oper, card) = await BeginAsync(10_000, March);
        var node = NewNode(ledger);
        await node.AuthoriseAsync(oper.Buy(card, 8_000), oper.Terms);
        await ledger.StopClockAsync(Now);
        await node.AuthoriseAsync(oper.Buy(card, 3_000), oper.Terms);

        var first = await node.AdviseAsync(oper.Advise(oper.Buy(card, 2_000), March.AddHours(1)), oper.Terms);
        var second = await node.AdviseAsync(oper.Advise(oper.Buy(card, 1), March.AddHours(1)), oper.Terms);

        Assert.Equal((false, true), (first.Operation!.OverLimit, second.Operation!.OverLimit));
        Assert.Equal((2027_03, 2027_03), (first.History!.CreditMonth.Number, first.History.InvoiceMonth.Number));
        Assert.Equal(new Credit(10_000, 3_000, 0, CreditMonth.FromNumber(2027_04)), second.Credit);
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Fact]
    public async Task A_batch_that_moves_the_balance_to_a_newer_month_still_knows_what_it_added_to_the_older_one()
    {
        var (ledger, oper, card) = await BeginAsync(50_000, March);
        var lane = NewLane(ledger);
        await lane.CommitAsync(oper.Terms, oper.Buy(card, 48_000));
        await ledger.StopClockAsync(Now);

        var answers = await lane.CommitItemsAsync(Sold(), new CommitItem(oper.Buy(card, 1_000), oper.Terms), Sold());

        Assert.All(answers, answer => Assert.Equal(CommitStatus.Decided, answer!.Status));
        Assert.Equal((false, true), (answers[0]!.Operation!.OverLimit, answers[2]!.Operation!.OverLimit));
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);

        CommitItem Sold() => new(
            oper.Advise(oper.Buy(card, 1_500), March.AddHours(1)),
            oper.Terms,
            new AccountKey(card, oper.AccountOf(card)),
            CreditMonth.FromNumber(2027_03));
    }

    [Fact]
    public async Task It_is_on_whoever_held_the_card_then()
    {
        var (ledger, oper, card) = await BeginAsync(10_000, March);
        var node = NewNode(ledger);
        var first = oper.AccountOf(card);
        await ledger.StopClockAsync(March.AddDays(5));
        await ledger.Provisioner.RemoveCreditAsync(first);
        await ledger.StopClockAsync(March.AddDays(9));
        await oper.AddCardAsync(card.CardNumber!, 20_000);
        var second = oper.AccountOf(card);
        await ledger.StopClockAsync(Now);

        Assert.Null((await AdviseAsync(March.AddHours(-6))).AccountId);
        Assert.Equal(first, (await AdviseAsync(March.AddDays(1))).AccountId);
        // Nobody's for a while: the last holder should have handed it in.
        Assert.Equal(first, (await AdviseAsync(March.AddDays(7))).AccountId);
        Assert.Equal(second, (await AdviseAsync(March.AddDays(10))).AccountId);
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);

        async Task<AuthorisationHistory> AdviseAsync(DateTimeOffset at) =>
            (await node.AdviseAsync(oper.Advise(oper.Buy(card), at), oper.Terms)).History!;
    }

    [Fact]
    public async Task What_was_approved_online_is_that_purchase_and_what_was_declined_online_is_taken()
    {
        var (ledger, oper, card) = await BeginAsync(10_000);
        var node = NewNode(ledger);
        var (taken, held, declined) = (oper.Buy(card, 4_000), oper.Buy(card, 5_000) with { Hold = true }, oper.Buy(card, 6_000));
        foreach (var purchase in new[] { taken, held, declined })
        {
            await node.AuthoriseAsync(purchase, oper.Terms);
        }

        var results = new List<CommitResult>();
        foreach (var purchase in new[] { taken, held, declined })
        {
            results.Add(await node.AdviseAsync(oper.Advise(purchase, Now), oper.Terms));
        }

        Assert.All(results, result => Assert.Equal((CommitStatus.Decided, AuthorisationState.Captured), (result.Status, result.History!.RecordedState)));
        Assert.Equal([4_000, 5_000, 6_000], results.Select(result => result.History!.SpentMinor));
        Assert.Equal([false, false, true], results.Select(result => result.Operation!.OverLimit));
        Assert.Equal(15_000, results[2].Credit!.Value.SpentMinor);
        // The device asks again for what it was refused: it gets the same answer.
        Assert.Equal(DeclineReason.InsufficientCredit, (await node.AuthoriseAsync(declined, oper.Terms)).Entry!.DeclineReason);
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Fact]
    public async Task What_was_voided_is_refused_and_a_lapsed_hold_is_taken_after_all()
    {
        var (ledger, oper, card) = await BeginAsync(10_000);
        var node = NewNode(ledger);
        var (voided, lapsed, mark) = (oper.Buy(card, 1_000), oper.Buy(card, 5_000) with { Hold = true }, oper.Buy(card));
        await node.AuthoriseAsync(voided, oper.Terms);
        await node.AuthoriseAsync(lapsed, oper.Terms);
        await node.OperateAsync(oper.Ask(OperationKind.Void, voided.Id), oper.Terms);
        await node.OperateAsync(oper.Ask(OperationKind.Void, mark.Id), oper.Terms);
        await ledger.StopClockAsync(Now + oper.Terms.HoldTime);

        foreach (var purchase in new[] { voided, mark })
        {
            var refused = await node.AdviseAsync(oper.Advise(purchase, Now), oper.Terms);
            Assert.Equal((CommitStatus.Refused, Refusal.AlreadyVoided), (refused.Status, refused.Refusal));
        }

        var taken = await node.AdviseAsync(oper.Advise(lapsed, Now), oper.Terms);
        Assert.Equal((AuthorisationState.Captured, 5_000), (taken.History!.RecordedState, taken.Credit!.Value.SpentMinor));
        Assert.Equal([OperationKind.Expiry, OperationKind.Advice], taken.History.Operations.Select(operation => operation.Request.Kind));
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Fact]
    public async Task A_lapsed_hold_that_was_voided_is_refused_and_nothing_is_spent()
    {
        var (ledger, oper, card) = await BeginAsync(50_000);
        var node = NewNode(ledger);
        var hold = oper.Buy(card, 25_000) with { Hold = true };
        await node.AuthoriseAsync(hold, oper.Terms);
        await ledger.StopClockAsync(Now + oper.Terms.HoldTime);
        await node.OperateAsync(oper.Ask(OperationKind.Void, hold.Id), oper.Terms);

        var advice = await node.AdviseAsync(oper.Advise(hold, Now), oper.Terms);
        var purchase = await node.AuthoriseAsync(hold, oper.Terms);

        Assert.Equal((CommitStatus.Refused, Refusal.AlreadyVoided), (advice.Status, advice.Refusal));
        Assert.Equal(0, advice.Credit!.Value.SpentMinor);
        Assert.Equal(DeclineReason.Reversed, purchase.Entry!.DeclineReason);
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Fact]
    public async Task One_advice_on_two_servers_at_once_is_recorded_once()
    {
        var nodes = new[] { NewNode(), NewNode() };
        var card = await Operator.AddCardAsync(1_000_000);
        for (var round = 0; round < 40; round++)
        {
            var purchase = Operator.Buy(round % 4 == 0 ? Operator.UnknownCard() : card, 100);
            if (round % 4 == 1)
            {
                await nodes[0].AuthoriseUntilSettledAsync(purchase with { AmountMinor = 100 }, Operator.Terms);
            }

            var results = await Task.WhenAll(nodes.Select(node => node.AdviseUntilSettledAsync(
                Operator.Advise(purchase, DateTimeOffset.UtcNow.AddMinutes(-1)), Operator.Terms)));

            Assert.Equal([CommitStatus.Decided, CommitStatus.Replayed], results.Select(result => result.Status).Order());
            Assert.Single((await nodes[0].HistoryOfAsync(purchase.Id)).Operations);
        }

        await LedgerSums.AddUpAsync(Ledger, Operator.Terms.Id);
    }

    [Fact]
    public async Task An_unknown_card_waits_for_a_clerk_who_puts_it_on_an_account()
    {
        var (ledger, oper, card) = await BeginAsync(10_000, March);
        var node = NewNode(ledger);
        var unknown = oper.Buy(oper.UnknownCard(), 12_000);
        await ledger.StopClockAsync(Now);
        await node.AuthoriseAsync(oper.Buy(card, 1_000), oper.Terms);

        var advice = await node.AdviseAsync(oper.Advise(unknown, March.AddHours(1)), oper.Terms);
        var waiting = await node.Reader.ListUnmatchedAsync(oper.Terms.Id, 10, CancellationToken.None);
        var nowhere = await node.Operations.MatchAsync(
            oper.Ask(OperationKind.Match, unknown.Id), Guid.NewGuid(), oper.Terms, CancellationToken.None);
        var matched = await node.Operations.MatchAsync(
            oper.Ask(OperationKind.Match, unknown.Id), oper.AccountOf(card), oper.Terms, CancellationToken.None);
        var again = await node.Operations.MatchAsync(
            oper.Ask(OperationKind.Match, unknown.Id), oper.AccountOf(card), oper.Terms, CancellationToken.None);

        Assert.Null(advice.History!.AccountId);
        Assert.Equal(0, advice.History.InvoicedMinor);
        Assert.Equal(unknown.Id, Assert.Single(waiting).Entry.Purchase.Id);
        Assert.Equal(CommitStatus.NotFound, nowhere.Status);
        Assert.Equal((CommitStatus.Decided, true), (matched.Status, matched.Operation!.OverLimit));
        Assert.Equal((oper.AccountOf(card), 12_000, 2027_03), (matched.History!.AccountId, matched.History.InvoicedMinor, matched.History.CreditMonth.Number));
        Assert.Equal(1_000, matched.Credit!.Value.SpentMinor);
        Assert.Equal(Refusal.AlreadyMatched, again.Refusal);
        Assert.Empty(await node.Reader.ListUnmatchedAsync(oper.Terms.Id, 10, CancellationToken.None));
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
    }

    [Fact]
    public async Task It_stands_on_the_open_invoice_when_its_month_is_closed()
    {
        var (ledger, oper, card) = await BeginAsync(10_000, March);
        var node = NewNode(ledger);
        var hold = oper.Buy(card, 1_000) with { Hold = true };
        await node.AuthoriseAsync(oper.Buy(card, 1_000), oper.Terms);
        await ledger.StopClockAsync(Now);
        await ledger.ExecuteAsync("update operator set first_open_month = 202704 where id = @Id", new { oper.Terms.Id });

        var late = await node.AdviseAsync(oper.Advise(hold, March.AddHours(1)), oper.Terms);

        Assert.Equal((2027_03, 2027_04), (late.History!.CreditMonth.Number, late.Operation!.InvoiceMonth.Number));
        Assert.Equal(2027_04, late.History.InvoiceMonth.Number);
    }

    private async Task<(TestLedger Ledger, TestOperator Operator, Instrument Card)> BeginAsync(long limitMinor, DateTimeOffset? now = null)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        // The credit is some hours old.
        await ledger.StopClockAsync((now ?? Now).AddHours(-5));
        var oper = await TestOperator.CreateAsync(ledger);
        var card = await oper.AddCardAsync(limitMinor);
        await ledger.StopClockAsync(now ?? Now);
        return (ledger, oper, card);
    }

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);
}
