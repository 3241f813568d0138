namespace Authorisation.Core.Tests.Operations;

/// <summary>Ids that come again: of operations, of voided purchases, of advices.</summary>
public class RepeatTests
{
    private static readonly Operation First = Scene.Ask(OperationKind.Refund, 100_00);

    private static readonly Outcome Done = Scene.On(First, Scene.In("taken"));

    [Fact]
    public void The_same_operation_again_is_done_once()
    {
        var again = Scene.On(First with { Reason = "another reason" }, Done.History, seen: Done.Operation);

        Assert.Equal(OutcomeKind.Replayed, again.Kind);
        Assert.Same(Done.Operation, again.Operation);
        Assert.Same(Done.History, again.History);
    }

    [Theory]
    [InlineData("amount", "amount_minor")]
    [InlineData("no amount", "amount_minor")]
    [InlineData("authorisation", "authorisation_id")]
    [InlineData("kind", "operation")]
    public void Its_id_for_another_operation_is_told_what_differs(string change, string expected)
    {
        var other = change switch
        {
            "amount" => First with { AmountMinor = 100_01 },
            "no amount" => First with { AmountMinor = null },
            "authorisation" => First with { AuthorisationId = Guid.NewGuid() },
            _ => First with { Kind = OperationKind.Capture },
        };

        var outcome = Scene.On(other, Done.History, seen: Done.Operation);

        Assert.Equal(OutcomeKind.DiffersFromFirst, outcome.Kind);
        Assert.Equal([expected], outcome.Differences);
    }

    [Fact]
    public void Anothers_operation_id_is_taken()
    {
        var outcome = Scene.On(First with { By = Scene.Validator }, Done.History, seen: Done.Operation);

        Assert.Equal(OutcomeKind.TakenByAnother, outcome.Kind);
        Assert.Empty(outcome.Differences);
    }

    [Theory]
    [InlineData("taken", DeclineReason.Reversed)]
    [InlineData("held", DeclineReason.Reversed)]
    [InlineData("mark", DeclineReason.Reversed)]
    [InlineData("expired", DeclineReason.Reversed)]
    [InlineData("captured in part", DeclineReason.Reversed)]
    [InlineData("declined", DeclineReason.Blocked)]
    public void A_voided_purchase_that_comes_again_is_declined(string state, DeclineReason reason)
    {
        var voided = Scene.In(state)!.After(Scene.Ask(OperationKind.Void, by: new Actor(Some.Purchase.Originator, ClientKind.Console)));
        var purchase = voided.Entry.IsTombstone ? Some.Purchase : voided.Entry.Purchase;

        var outcome = Decide.Authorise(purchase, voided, Some.Account, Some.Terms, Some.Now);

        Assert.Equal(OutcomeKind.Replayed, outcome.Kind);
        Assert.Equal((Decision.Declined, reason), (outcome.Entry!.Decision, outcome.Entry.DeclineReason));
        Assert.Null(outcome.Entry.ExpiresAt);
    }

    [Fact]
    public void A_mark_declines_its_makers_purchase_whatever_its_fields_and_is_taken_for_others()
    {
        var mark = Scene.In("mark")!;

        Assert.Equal(OutcomeKind.Replayed, Decide.Authorise(Some.Purchase with { AmountMinor = 1 }, mark, null, Some.Terms, Some.Now).Kind);
        Assert.Equal(
            OutcomeKind.TakenByAnother,
            Decide.Authorise(Some.Purchase with { Originator = Originator.Client(4) }, mark, null, Some.Terms, Some.Now).Kind);
    }

    [Fact]
    public void A_purchase_that_was_captured_refunded_or_expired_is_answered_as_it_was_decided()
    {
        foreach (var state in new[] { "captured", "captured in part", "refunded", "refunded in part", "expired" })
        {
            var history = Scene.In(state)!;

            var outcome = Decide.Authorise(history.Entry.Purchase, history, Some.Account, Some.Terms, Scene.Later);

            Assert.Same(history.Entry, outcome.Entry);
        }
    }

    [Fact]
    public void An_advice_that_comes_again_is_answered_as_before_even_when_it_was_voided_since()
    {
        var first = Scene.On(Scene.Advise(), history: null, account: Some.Account.WithSpent(400_00));
        var voided = first.History!.After(Scene.Ask(OperationKind.Void));

        foreach (var history in new[] { first.History!, voided })
        {
            var again = Scene.On(Scene.Advise(), history, account: Some.Account);
            Assert.Equal(OutcomeKind.Replayed, again.Kind);
            Assert.Same(first.Operation, again.Operation);
            Assert.True(again.Operation!.OverLimit);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_purchase_that_comes_after_its_advice_is_the_same_one_whether_or_not_it_asks_for_a_hold(bool hold)
    {
        var history = Scene.In("advice")!;
        var purchase = Some.Purchase with { Hold = hold };

        var again = Decide.Authorise(purchase, history, Some.Account, Some.Terms, Some.Now);
        var other = Decide.Authorise(purchase with { AmountMinor = 1 }, history, Some.Account, Some.Terms, Some.Now);

        Assert.Equal((OutcomeKind.Replayed, Decision.Approved), (again.Kind, again.Entry!.Decision));
        Assert.Null(again.Entry.ExpiresAt);
        Assert.Equal(["amount_minor"], other.Differences);
    }

    [Fact]
    public void An_advice_with_other_fields_than_the_purchase_is_told_which_but_not_of_the_hold()
    {
        var advice = Scene.Advise();
        var outcome = Scene.On(advice with { Purchase = advice.Purchase with { AmountMinor = 1, Product = null } }, Scene.In("held"));

        Assert.Equal(["amount_minor", "product"], outcome.Differences);
        Assert.Equal(OutcomeKind.Decided, Scene.On(advice, Scene.In("held")).Kind);
        Assert.Equal(OutcomeKind.TakenByAnother, Scene.On(Scene.Advise(new Actor(Originator.Client(4), ClientKind.Validator)), Scene.In("held")).Kind);
    }
}
