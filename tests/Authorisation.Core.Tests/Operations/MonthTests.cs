namespace Authorisation.Core.Tests.Operations;

/// <summary>Which month an operation counts in, and which month's invoice carries it.</summary>
public class MonthTests
{
    private static readonly DateTimeOffset December = Some.At("2026-12-03T10:00:00Z");
    private static readonly CreditMonth Dec = CreditMonth.FromNumber(2026_12);
    private static readonly Actor BackEnd = new(Originator.Client(5), ClientKind.AppBackEnd);

    [Fact]
    public void A_refund_in_a_later_month_is_on_the_invoice_and_leaves_credit_alone()
    {
        var outcome = Scene.On(Refund(), AppPurchase(), December);

        Assert.Equal((0, -Scene.Amount), (outcome.Operation!.SpentMinor, outcome.Operation.InvoicedMinor));
        Assert.Equal((Some.November, Some.November), (outcome.Operation.CreditMonth, outcome.Operation.InvoiceMonth));
    }

    [Fact]
    public void What_belongs_to_a_closed_month_stands_on_the_invoice_of_the_first_open_one()
    {
        var refund = Scene.On(Refund(), AppPurchase(), December, firstOpen: Dec);
        var capture = Scene.On(Scene.Ask(OperationKind.Capture, by: BackEnd), AppPurchase(hold: true), firstOpen: Dec);
        var expiry = Scene.On(Scene.Ask(OperationKind.Expiry, by: Actor.Service), AppPurchase(hold: true), December, firstOpen: Dec);

        foreach (var outcome in new[] { refund, capture, expiry })
        {
            Assert.Equal((Some.November, Dec), (outcome.Operation!.CreditMonth, outcome.Operation.InvoiceMonth));
        }
    }

    [Theory]
    [InlineData(2026_10, 2026_11)]
    [InlineData(2026_11, 2026_11)]
    [InlineData(2026_12, 2026_12)]
    [InlineData(2027_02, 2027_02)]
    public void A_purchase_or_a_mark_counts_in_the_month_of_its_decision_and_never_stands_on_a_closed_invoice(int firstOpen, int invoice)
    {
        var open = CreditMonth.FromNumber(firstOpen);
        var tooMuch = Some.Purchase with { AmountMinor = Some.Account.LimitMinor + 1 };
        var outcomes = new[]
        {
            Scene.On(Some.Purchase, history: null, account: Some.Account, firstOpen: open),
            Scene.On(Some.Purchase with { Hold = true }, history: null, account: Some.Account, firstOpen: open),
            Scene.On(tooMuch, history: null, account: Some.Account, firstOpen: open),
            Scene.On(Some.Purchase, history: null, account: null, firstOpen: open),
            Scene.On(Scene.Ask(OperationKind.Void, by: Scene.Validator), history: null, firstOpen: open),
        };

        Assert.All(outcomes, outcome => Assert.Equal(
            (Some.November, invoice), (outcome.Entry!.CreditMonth, outcome.Entry.InvoiceMonth.Number)));
        Assert.Equal((Some.November, invoice), (outcomes[^1].Operation!.CreditMonth, outcomes[^1].Operation!.InvoiceMonth.Number));
    }

    [Fact]
    public void A_void_is_possible_while_the_invoice_that_carries_the_purchase_is_open()
    {
        var voidIt = Scene.Ask(OperationKind.Void, by: BackEnd);
        var closed = Scene.On(voidIt, AppPurchase(), December, firstOpen: Dec);
        var open = Scene.On(voidIt, AppPurchase(), December, firstOpen: Some.November);
        var hold = Scene.On(voidIt, AppPurchase(hold: true), firstOpen: Dec);
        var capturedLate = Scene.On(Scene.Ask(OperationKind.Capture, by: BackEnd), AppPurchase(hold: true), firstOpen: Dec).History!;

        Assert.Equal(Refusal.MonthClosed, closed.Refusal);
        Assert.Equal(AuthorisationState.Voided, open.History!.RecordedState);
        Assert.Equal(AuthorisationState.Voided, hold.History!.RecordedState);
        Assert.Equal(AuthorisationState.Voided, Scene.On(voidIt, capturedLate, December, firstOpen: Dec).History!.RecordedState);
        Assert.Equal(Refusal.MonthClosed, Scene.On(voidIt, capturedLate, December, firstOpen: Dec.Next).Refusal);
    }

    [Theory]
    [InlineData("2026-11-16T08:14:00Z", 0, false)]
    [InlineData("2026-11-16T08:14:00Z", 25000, false)]
    [InlineData("2026-11-16T08:14:00Z", 25001, true)]
    [InlineData("2026-11-16T08:14:00Z", 90000, true)]
    public void An_advice_is_over_the_limit_when_it_takes_the_month_above_it(string occurredAt, long spent, bool isOver)
    {
        var advice = Scene.Advise();
        advice = advice with { Purchase = advice.Purchase with { OccurredAt = Some.At(occurredAt) } };

        var outcome = Scene.On(advice, history: null, account: Some.Account.WithSpent(spent));

        Assert.Equal(isOver, outcome.Operation!.OverLimit);
        Assert.Equal(Decision.Approved, outcome.Entry!.Decision);
        Assert.Equal(Some.November, outcome.Entry.CreditMonth);
    }

    [Theory]
    [InlineData("2026-10-31T22:59:59Z", 2026_10)]
    [InlineData("2026-10-31T23:00:00Z", 2026_11)]
    [InlineData("2026-11-16T08:19:00Z", 2026_11)]
    [InlineData("2026-12-01T00:00:00Z", 2026_11)]
    public void An_advice_counts_in_the_month_it_was_sold_in_and_never_in_one_that_has_not_begun(string occurredAt, int month)
    {
        var advice = Scene.Advise();
        advice = advice with { Purchase = advice.Purchase with { OccurredAt = Some.At(occurredAt) } };

        Assert.Equal(month, Decide.MonthOf(advice, null, Some.Stockholm, Some.Now)!.Value.Number);
    }

    private static Operation Refund() => Scene.Ask(OperationKind.Refund, by: BackEnd);

    private static AuthorisationHistory AppPurchase(bool hold = false)
    {
        var purchase = Some.Purchase with { Instrument = Instrument.App(Some.OperatorId, Some.AppId), Originator = BackEnd.Originator, Hold = hold };
        return new AuthorisationHistory(Some.Ask(purchase, Some.Account).Entry!);
    }
}
