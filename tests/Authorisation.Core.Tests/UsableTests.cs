namespace Authorisation.Core.Tests;

/// <summary>Whether credit can be spent at all is told by the rule that decides purchases.</summary>
public class UsableTests
{
    private static readonly Func<CreditAccount, CreditAccount>[] Changes =
    [
        account => account with { CardCreditNotOffered = true },
        account => account with { Removed = true },
        account => account with { AwaitsActivation = true },
        account => account with { Blocked = true },
        account => account with { Dates = new CreditDates(new DateOnly(2026, 11, 17), null, default, 0) },
        account => account with { OrganisationSuspended = true },
        account => account with { CardHasTickets = true },
        account => account.With(Rules.Of(new Rule { Products = [] })),
    ];

    [Fact]
    public void It_is_declined_for_what_the_smallest_purchase_would_be_whatever_comes_together()
    {
        for (var changed = 0; changed < 1 << Changes.Length; changed++)
        {
            var account = Changes.Where((_, i) => (changed & (1 << i)) != 0).Aggregate(Some.Account, (one, change) => change(one));

            var credit = Credit.Of(account, Some.November, Some.Now, Some.Stockholm);

            var reason = Some.Ask(Some.Purchase with { AmountMinor = 1 }, account).Entry!.DeclineReason;
            Assert.Equal((reason, reason == DeclineReason.None, 500_00), (credit.DeclineReason, credit.IsUsable, credit.RemainingMinor));
        }
    }

    [Theory]
    [InlineData(500_00)]
    [InlineData(900_00)]
    public void What_is_spent_and_what_one_purchase_may_be_is_no_reason(long spent)
    {
        var account = Some.Account.WithSpent(spent)
            .With(Rules.Of(new Rule { MaxPurchase = 1, Products = ["month"], Zones = [], Times = [], MaxDay = 1 }), today: 1);

        Assert.True(Credit.Of(account, Some.November, Some.Now, Some.Stockholm).IsUsable);
    }
}
