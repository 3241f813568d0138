namespace Authorisation.Core.Tests;

public class CardStatusTests
{
    private static readonly CreditAccount A = Some.Account;
    private static readonly DateTimeOffset MonthEnd = Some.November.Next.StartsAt(Some.Terms.TimeZone);

    private static readonly Dictionary<string, (CreditAccount? Account, DeclineReason Reason, bool Lapses, bool IsGone)> Table = new(StringComparer.Ordinal)
    {
        ["nothing spent"] = (A, DeclineReason.None, false, false),
        ["one öre left"] = (A.WithSpent(499_99), DeclineReason.None, false, false),
        ["nothing left"] = (A.WithSpent(500_00), DeclineReason.InsufficientCredit, true, false),
        ["a limit lowered below what is spent"] = (A.WithSpent(600_00), DeclineReason.InsufficientCredit, true, false),
        ["spent in an older month"] = (A with { Balance = Spent(2026_10) }, DeclineReason.None, false, false),
        ["never used"] = (A with { Balance = default }, DeclineReason.None, false, false),
        ["only some tickets allowed"] = (A.With(Rules.Of(new Rule { Products = ["month"] })), DeclineReason.None, false, false),
        ["no dear tickets allowed"] = (A.With(Rules.Of(new Rule { MaxPurchase = 1 })), DeclineReason.None, false, false),
        ["nothing allowed now, nor today"] = (
            A.With(Rules.Of(new Rule { Times = [0, 15], MaxDay = 1 }), today: 1), DeclineReason.None, false, false),
        ["a credit for other days"] = (A with { Dates = new CreditDates(null, new DateOnly(2026, 11, 15), default, 0) }, DeclineReason.None, false, false),
        ["nothing left of the limit and some beyond it"] = (A.WithSpent(500_00) with { Dates = Extra(2026_11, 1) }, DeclineReason.None, false, false),
        ["nothing left of the limit, and what another month had beyond it"] = (
            A.WithSpent(500_00) with { Dates = Extra(2026_10, 1) }, DeclineReason.InsufficientCredit, true, false),
        ["no account"] = (null, DeclineReason.UnknownInstrument, false, true),
        ["no credit on cards here"] = (A with { CardCreditNotOffered = true }, DeclineReason.CardCreditNotOffered, false, false),
        ["credit taken away"] = (A with { Removed = true }, DeclineReason.CreditRemoved, false, true),
        ["taken away where there is none on cards"] = (A with { Removed = true, CardCreditNotOffered = true }, DeclineReason.CardCreditNotOffered, false, true),
        ["a blocked credit"] = (A with { Blocked = true }, DeclineReason.Blocked, false, false),
        ["a suspended organisation"] = (A with { OrganisationSuspended = true }, DeclineReason.OrganisationSuspended, false, false),
        ["a card with tickets"] = (A with { CardHasTickets = true }, DeclineReason.CardHasTickets, false, false),
        ["blocked and spent"] = (A.WithSpent(500_00) with { Blocked = true }, DeclineReason.Blocked, false, false),
    };

    public static TheoryData<string> Cases => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_card_stands_as_the_table_says(string situation)
    {
        var (account, reason, lapses, isGone) = Table[situation];

        Assert.Equal(new CardStatus(reason, lapses ? MonthEnd : null, isGone), CardStatus.Of(account, Some.Terms.TimeZone, Some.Now));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_card_is_refused_for_what_the_smallest_purchase_would_be_declined_for(string situation)
    {
        var (account, reason, _, _) = Table[situation];
        account = account is null ? null : account with { Rules = null, Dates = account.Dates is { HasDays: true } ? null : account.Dates };

        Assert.Equal(reason, Some.Ask(Some.Purchase with { AmountMinor = 1 }, account).Entry!.DeclineReason);
    }

    [Fact]
    public void A_refusal_for_want_of_credit_lapses_when_the_month_ends_and_not_before()
    {
        var account = A.WithSpent(500_00);
        var standing = CardStatus.Of(account, Some.Terms.TimeZone, MonthEnd.AddTicks(-1));

        Assert.Equal((DeclineReason.InsufficientCredit, MonthEnd), (standing.Reason, standing.LapsesAt));
        Assert.Equal(DeclineReason.None, CardStatus.Of(account, Some.Terms.TimeZone, MonthEnd).Reason);
    }

    [Fact]
    public void What_is_spent_in_a_month_to_come_is_refused_until_that_month_is_over()
    {
        var ahead = A with { Balance = Spent(2026_12) };
        var standing = CardStatus.Of(ahead, Some.Terms.TimeZone, Some.Now);

        Assert.Equal(DeclineReason.InsufficientCredit, standing.Reason);
        Assert.Equal(CreditMonth.FromNumber(2027_01).StartsAt(Some.Terms.TimeZone), standing.LapsesAt);
    }

    private static CreditDates Extra(int month, long minor) => new(null, null, CreditMonth.FromNumber(month), minor);

    private static Balance Spent(int month) => new(CreditMonth.FromNumber(month), 500_00, 0, NextHoldExpiry: null);
}
