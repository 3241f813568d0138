namespace Authorisation.Core.Tests;

public class ReplayTests
{
    private static readonly Purchase First = Some.Purchase with
    {
        OccurredAt = Some.At("2026-11-16T08:14:00Z"),
        Trip = new Trip("4711", "1", "110", "Resecentrum"),
        DeviceId = "validator-1",
        VatBasisPoints = 600,
    };

    private static readonly AuthorisationEntry Seen = Some.Ask(First, Some.Account).Entry!;

    private static readonly Dictionary<string, (Func<Purchase, Purchase> Change, string[] Expected)> Compared = new(StringComparer.Ordinal)
    {
        ["another card"] = (p => p with { Instrument = Instrument.Card(Some.OperatorId, "0012345679") }, ["card_number"]),
        ["a card without its zeros"] = (p => p with { Instrument = Instrument.Card(Some.OperatorId, "12345678") }, ["card_number"]),
        ["an app instead of a card"] = (p => p with { Instrument = Instrument.App(Some.OperatorId, Some.AppId) }, ["app_account_id"]),
        ["the card of another operator"] = (p => p with { Instrument = Instrument.Card(8, "0012345678") }, ["card_number"]),
        ["another amount"] = (p => p with { AmountMinor = 250_01 }, ["amount_minor"]),
        ["another purpose"] = (p => p with { Purpose = "visit to the customer" }, ["purpose"]),
        ["no purpose"] = (p => p with { Purpose = null }, ["purpose"]),
        ["another product"] = (p => p with { Product = "month" }, ["product"]),
        ["no product"] = (p => p with { Product = null }, ["product"]),
        ["a hold"] = (p => p with { Hold = true }, ["hold"]),
        ["another VAT rate"] = (p => p with { VatBasisPoints = 1200 }, ["vat_basis_points"]),
        ["no VAT rate, though the operator's is the same"] = (p => p with { VatBasisPoints = null }, ["vat_basis_points"]),
        ["another VAT category"] = (p => p with { VatCategory = VatCategory.ZeroRated }, ["vat_category"]),
        ["two fields"] = (p => p with { AmountMinor = 1, Purpose = null }, ["amount_minor", "purpose"]),
    };

    private static readonly Dictionary<string, Func<Purchase, Purchase>> NotCompared = new(StringComparer.Ordinal)
    {
        ["the same in every field"] = p => p,
        ["another clock"] = p => p with { OccurredAt = Some.At("2026-11-16T09:00:00Z") },
        ["no clock"] = p => p with { OccurredAt = null },
        ["another trip"] = p => p with { Trip = new Trip("4712", "2", "111", "Juneporten") },
        ["no trip"] = p => p with { Trip = null },
        ["another device"] = p => p with { DeviceId = "validator-2" },
        ["no device"] = p => p with { DeviceId = null },
    };

    public static TheoryData<string> ComparedCases => [.. Compared.Keys];

    public static TheoryData<string> NotComparedCases => [.. NotCompared.Keys];

    [Theory]
    [MemberData(nameof(ComparedCases))]
    public void An_id_that_comes_again_as_another_purchase_is_told_which_fields_differ(string change)
    {
        var outcome = Some.Ask(Compared[change].Change(First), Some.Account, Seen);

        Assert.Equal(OutcomeKind.DiffersFromFirst, outcome.Kind);
        Assert.Equal(Compared[change].Expected, outcome.Differences);
        Assert.Null(outcome.Entry);
    }

    [Theory]
    [MemberData(nameof(NotComparedCases))]
    public void An_id_that_comes_again_as_the_same_purchase_gets_its_first_answer(string change)
    {
        var outcome = Some.Ask(NotCompared[change](First), Some.Account, Seen);

        Assert.Equal(OutcomeKind.Replayed, outcome.Kind);
        Assert.Same(Seen, outcome.Entry);
        Assert.Empty(outcome.Differences);
    }

    [Fact]
    public void An_app_id_that_comes_again_for_another_account_names_the_account()
    {
        var app = Some.Purchase with { Instrument = Instrument.App(Some.OperatorId, Some.AppId) };
        var seen = Some.Ask(app, Some.Account).Entry!;

        var outcome = Some.Ask(app with { Instrument = Instrument.App(Some.OperatorId, Guid.NewGuid()) }, Some.Account, seen);

        Assert.Equal(["app_account_id"], outcome.Differences);
    }

    [Theory]
    [InlineData("another client", false)]
    [InlineData("an app, of the account itself", true)]
    public void Anothers_id_is_taken_and_nothing_is_told_of_it(string _, bool app)
    {
        var originator = app ? Originator.App(Some.AppId) : Originator.Client(4);

        foreach (var purchase in new[] { First, First with { AmountMinor = 1 } })
        {
            var outcome = Some.Ask(purchase with { Originator = originator }, Some.Account, Seen);

            Assert.Equal(OutcomeKind.TakenByAnother, outcome.Kind);
            Assert.Null(outcome.Entry);
            Assert.Empty(outcome.Differences);
        }
    }

    [Fact]
    public void The_apps_of_two_accounts_are_two_makers()
    {
        var seen = Seen with { Purchase = First with { Originator = Originator.App(Some.AppId) } };

        var outcome = Some.Ask(First with { Originator = Originator.App(Guid.NewGuid()) }, Some.Account, seen);

        Assert.Equal(OutcomeKind.TakenByAnother, outcome.Kind);
    }

    [Fact]
    public void A_decline_is_repeated_though_there_is_credit_now()
    {
        var declined = Some.Ask(First, Some.Account.WithSpent(500_00)).Entry!;

        var outcome = Some.Ask(First, Some.Account, declined);

        Assert.Equal(OutcomeKind.Replayed, outcome.Kind);
        Assert.Equal(DeclineReason.InsufficientCredit, outcome.Entry!.DeclineReason);
    }

    [Fact]
    public void An_approval_is_repeated_though_the_credit_is_gone_or_the_card_unknown()
    {
        Assert.Equal(Decision.Approved, Some.Ask(First, Some.Account with { Blocked = true }, Seen).Entry!.Decision);
        Assert.Equal(Decision.Approved, Some.Ask(First, account: null, Seen).Entry!.Decision);
    }

    [Fact]
    public void A_reversed_id_stays_reversed()
    {
        var mark = Seen with { Decision = Decision.Declined, DeclineReason = DeclineReason.Reversed };

        var outcome = Some.Ask(First, Some.Account, mark);

        Assert.Equal(OutcomeKind.Replayed, outcome.Kind);
        Assert.Equal(DeclineReason.Reversed, outcome.Entry!.DeclineReason);
    }
}
