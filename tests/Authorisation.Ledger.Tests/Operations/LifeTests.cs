using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Operations;

/// <summary>The life of a purchase after its decision, in the ledger.</summary>
public sealed class LifeTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task A_capture_of_a_part_takes_that_and_releases_the_rest()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync(50_000);
        var hold = await HoldAsync(node, card, 30_000);

        var capture = await node.OperateAsync(Operator.Ask(OperationKind.Capture, hold, 10_000), Operator.Terms);

        Assert.Equal(CommitStatus.Decided, capture.Status);
        Assert.Equal((10_000, 0, 40_000), Told(capture.Credit));
        Assert.Equal((10_000, 0), (capture.Snapshot!.Account.Balance.SpentMinor, capture.Snapshot.Account.Balance.HeldMinor));
        Assert.Null(capture.Snapshot.Account.Balance.NextHoldExpiry);
        var history = await node.HistoryOfAsync(hold);
        Assert.Equal((AuthorisationState.Captured, 10_000), (history.RecordedState, history.CapturedMinor));
        await LedgerSums.AddUpAsync(Ledger, Operator.Terms.Id);
    }

    [Fact]
    public async Task What_is_voided_or_refunded_can_be_spent_again_at_once_on_every_server()
    {
        var (one, other) = (NewNode(), NewNode());
        var card = await Operator.AddCardAsync(10_000);
        var first = await BuyAsync(one, card, 10_000);
        Assert.Equal(Decision.Declined, (await other.AuthoriseAsync(Operator.Buy(card, 1), Operator.Terms)).Entry!.Decision);

        await other.OperateAsync(Operator.Ask(OperationKind.Void, first), Operator.Terms);
        var second = await BuyAsync(one, card, 10_000);
        await one.OperateAsync(Operator.Ask(OperationKind.Refund, second, 4_000), Operator.Terms);
        var third = await other.AuthoriseAsync(Operator.Buy(card, 4_000), Operator.Terms);

        Assert.Equal((10_000, 0, 0), Told(third.Credit));
        Assert.Equal(Decision.Approved, third.Entry!.Decision);
        await LedgerSums.AddUpAsync(Ledger, Operator.Terms.Id);
    }

    [Fact]
    public async Task Every_field_of_an_operation_is_kept()
    {
        var node = NewNode();
        var purchase = await BuyAsync(node, await Operator.AddCardAsync(), 10_000);
        var refund = Operator.Ask(OperationKind.Refund, purchase, 2_500) with { Reason = "Bussen kom inte – åäö" };

        var done = (await node.OperateAsync(refund, Operator.Terms)).Operation!;

        var read = Assert.Single((await node.HistoryOfAsync(purchase)).Operations);
        // Which kind of client it was is not kept.
        Assert.Equal(done with { Request = refund with { By = refund.By with { Kind = null } } }, read);
        Assert.Equal((1, 2_500, -2_500, 0, -2_500), (read.Ordinal, read.AmountMinor, read.SpentMinor, read.HeldMinor, read.InvoicedMinor));
    }

    [Fact]
    public async Task An_operation_that_comes_again_is_answered_with_the_authorisation_as_it_is_and_done_once()
    {
        var (one, other) = (NewNode(), NewNode());
        var card = await Operator.AddCardAsync(50_000);
        var hold = await HoldAsync(one, card, 30_000);
        var capture = Operator.Ask(OperationKind.Capture, hold, 20_000);
        await one.OperateAsync(capture, Operator.Terms);
        await one.OperateAsync(Operator.Ask(OperationKind.Refund, hold, 5_000), Operator.Terms);

        var again = await other.OperateAsync(capture, Operator.Terms);
        var different = await other.OperateAsync(capture with { AmountMinor = null }, Operator.Terms);
        var anothers = await other.OperateAsync(capture with { By = Operator.Console }, Operator.Terms);

        Assert.Equal(CommitStatus.Replayed, again.Status);
        Assert.Equal((20_000, 5_000), (again.History!.CapturedMinor, again.History.RefundedMinor));
        Assert.Equal((15_000, 0, 35_000), Told(again.Credit));
        Assert.Equal(["amount_minor"], different.Differences);
        Assert.Equal(CommitStatus.TakenByAnother, anothers.Status);
    }

    [Fact]
    public async Task The_id_of_an_operation_on_one_purchase_is_not_good_for_another()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync();
        var (first, second) = (await BuyAsync(node, card, 1_000), await BuyAsync(node, card, 1_000));
        var refund = Operator.Ask(OperationKind.Refund, first);
        await node.OperateAsync(refund, Operator.Terms);

        var other = await node.OperateAsync(refund with { AuthorisationId = second }, Operator.Terms);

        Assert.Equal((CommitStatus.DiffersFromFirst, "authorisation_id"), (other.Status, Assert.Single(other.Differences)));
        Assert.Equal(AuthorisationState.Captured, (await node.HistoryOfAsync(second)).RecordedState);
    }

    [Fact]
    public async Task A_void_of_an_id_never_seen_declines_the_purchase_that_arrives_late()
    {
        var (one, other) = (NewNode(), NewNode());
        var card = await Operator.AddCardAsync();
        var late = Operator.Buy(card, 1_000);

        var mark = await one.OperateAsync(Operator.Ask(OperationKind.Void, late.Id), Operator.Terms);
        var answers = new[] { await one.AuthoriseAsync(late, Operator.Terms), await other.AuthoriseAsync(late, Operator.Terms) };

        Assert.Equal((CommitStatus.Decided, AuthorisationState.Voided), (mark.Status, mark.History!.RecordedState));
        Assert.All(answers, answer => Assert.Equal(
            (CommitStatus.Replayed, Decision.Declined, DeclineReason.Reversed),
            (answer.Status, answer.Entry!.Decision, answer.Entry.DeclineReason)));
        Assert.Equal((0, 0, 50_000), Told(answers[0].Credit));
        Assert.Equal(
            CommitStatus.TakenByAnother,
            (await one.AuthoriseAsync(late with { Originator = Operator.Console.Originator }, Operator.Terms)).Status);
    }

    [Fact]
    public async Task A_voided_purchase_that_is_sent_again_is_declined_on_every_server()
    {
        var (one, other) = (NewNode(), NewNode());
        var purchase = Operator.Buy(await Operator.AddCardAsync(), 1_000);
        await one.AuthoriseAsync(purchase, Operator.Terms);
        await one.OperateAsync(Operator.Ask(OperationKind.Void, purchase.Id), Operator.Terms);

        foreach (var node in new[] { one, other })
        {
            var again = await node.AuthoriseAsync(purchase, Operator.Terms);
            Assert.Equal((CommitStatus.Replayed, DeclineReason.Reversed), (again.Status, again.Entry!.DeclineReason));
        }
    }

    [Fact]
    public async Task The_purchase_of_a_credit_that_was_taken_away_is_refunded_there_and_not_on_the_cards_new_credit()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync(50_000);
        var old = Operator.AccountOf(card);
        var purchase = await BuyAsync(node, card, 10_000);
        await Ledger.Provisioner.RemoveCreditAsync(old);
        await Operator.AddCardAsync(card.CardNumber!, 30_000);
        await BuyAsync(node, card, 7_000);

        var refund = await node.OperateAsync(Operator.Ask(OperationKind.Refund, purchase), Operator.Terms);
        var next = await node.AuthoriseAsync(Operator.Buy(card, 1_000), Operator.Terms);

        Assert.Equal(old, refund.Operation!.AccountId);
        Assert.Equal((0, 0, 50_000), Told(refund.Credit));
        Assert.Equal((8_000, 0, 22_000), Told(next.Credit));
        await LedgerSums.AddUpAsync(Ledger, Operator.Terms.Id);
    }

    [Fact]
    public async Task One_batch_does_purchases_and_operations_in_the_order_they_came()
    {
        var lane = NewLane();
        var card = await Operator.AddCardAsync(10_000);
        var (first, second) = (Operator.Buy(card, 8_000) with { Hold = true }, Operator.Buy(card, 8_000));
        var account = Operator.AccountOf(card);

        var answers = await lane.CommitItemsAsync(
            new CommitItem(first, Operator.Terms),
            new CommitItem(second, Operator.Terms),
            new CommitItem(Operator.Buy(card, 2_000), Operator.Terms));
        var more = await lane.CommitItemsAsync(
            TestLane.Item(Operator.Ask(OperationKind.Capture, first.Id, 3_000), Operator.Terms, card, account),
            new CommitItem(Operator.Buy(card, 5_000), Operator.Terms),
            TestLane.Item(Operator.Ask(OperationKind.Void, first.Id), Operator.Terms, card, account),
            new CommitItem(Operator.Buy(card, 3_001), Operator.Terms),
            new CommitItem(Operator.Buy(card, 3_000), Operator.Terms));

        Assert.Equal([Decision.Approved, Decision.Declined, Decision.Approved], answers.Select(answer => answer!.Entry!.Decision));
        Assert.Equal((5_000, 0, 5_000), Told(more[0]!.Credit));
        Assert.Equal((10_000, 0, 0), Told(more[1]!.Credit));
        Assert.Equal((7_000, 0, 3_000), Told(more[2]!.Credit));
        Assert.Equal(Decision.Declined, more[3]!.Entry!.Decision);
        Assert.Equal((10_000, 0, 0), Told(more[4]!.Credit));
        await LedgerSums.AddUpAsync(Ledger, Operator.Terms.Id);
    }

    [Fact]
    public async Task What_is_on_no_account_can_be_voided_too()
    {
        var node = NewNode();
        var declined = Operator.Buy(Operator.UnknownCard());
        await node.AuthoriseAsync(declined, Operator.Terms);

        var voided = await node.OperateAsync(Operator.Ask(OperationKind.Void, declined.Id), Operator.Terms);
        var again = await node.OperateAsync(Operator.Ask(OperationKind.Void, declined.Id), Operator.Terms);

        Assert.Equal([CommitStatus.Decided, CommitStatus.Decided], [voided.Status, again.Status]);
        Assert.Equal(AuthorisationState.Declined, again.History!.RecordedState);
        Assert.Equal(2, again.Operation!.Ordinal);
        Assert.Null(again.Credit);
    }

    private static (long Spent, long Held, long Remaining) Told(Credit? credit) =>
        (credit!.Value.SpentMinor, credit.Value.HeldMinor, credit.Value.RemainingMinor);

    private async Task<Guid> BuyAsync(LedgerNode node, Instrument card, long amountMinor, bool hold = false)
    {
        var purchase = Operator.Buy(card, amountMinor) with { Hold = hold };
        Assert.Equal(Decision.Approved, (await node.AuthoriseAsync(purchase, Operator.Terms)).Entry!.Decision);
        return purchase.Id;
    }

    private Task<Guid> HoldAsync(LedgerNode node, Instrument card, long amountMinor) => BuyAsync(node, card, amountMinor, hold: true);
}
