namespace Authorisation.Core.Tests;

public class BalanceTests
{
    private static readonly Balance Used = new(Some.November, 300_00, 100_00, Some.Now);

    [Fact]
    public void In_its_own_month_it_is_itself() => Assert.Equal(Used, Used.In(Some.November));

    [Fact]
    public void In_a_newer_month_nothing_is_used() =>
        Assert.Equal(new Balance(Some.November.Next, 0, 0, NextHoldExpiry: null), Used.In(Some.November.Next));

    [Fact]
    public void A_balance_never_used_is_empty_in_any_month() =>
        Assert.Equal(new Balance(Some.November, 0, 0, NextHoldExpiry: null), default(Balance).In(Some.November));

    [Fact]
    public void It_does_not_tell_of_an_older_month() =>
        Assert.Throws<InvalidOperationException>(() => Used.In(CreditMonth.FromNumber(2026_10)));

    [Fact]
    public void A_sum_that_no_long_holds_is_an_error_and_not_a_credit()
    {
        Assert.Throws<OverflowException>(() => new Balance(Some.November, long.MaxValue, 0, null).Take(1, expiresAt: null));
        Assert.Throws<OverflowException>(() => new Balance(Some.November, 0, long.MaxValue, null).Take(1, Some.Now));
    }

    [Theory]
    [InlineData(500_00, 0, 500_00)]
    [InlineData(500_00, 250_00, 250_00)]
    [InlineData(500_00, 500_00, 0)]
    [InlineData(500_00, 500_01, 0)]
    [InlineData(0, 500_00, 0)]
    public void What_remains_is_limit_less_spent_and_never_below_0(long limit, long spent, long remaining) =>
        Assert.Equal(remaining, new Credit(limit, spent, HeldMinor: 0, Some.November).RemainingMinor);

    [Fact]
    public void The_credit_of_an_account_is_its_limit_and_its_balance_in_that_month()
    {
        var account = Some.Account with { Balance = Used };

        Assert.Equal(new Credit(500_00, 300_00, 100_00, Some.November), Credit.Of(account, Some.November, Some.Now, Some.Stockholm));
        Assert.Equal(new Credit(500_00, 0, 0, Some.November.Next), Credit.Of(account, Some.November.Next, Some.Now, Some.Stockholm));
    }
}
