namespace Authorisation.Core.Tests;

public class HoldTests
{
    private static readonly Purchase Hold = Some.Purchase with { Hold = true };

    [Fact]
    public void A_hold_counts_as_spent_and_held_until_the_operators_hold_time()
    {
        var outcome = Some.Ask(Hold, Some.Account);

        var lapses = Some.Now + Some.Terms.HoldTime;
        Assert.Equal(lapses, outcome.Entry!.ExpiresAt);
        Assert.Equal(new Balance(Some.November, 250_00, 250_00, lapses), outcome.BalanceAfter);
    }

    [Fact]
    public void A_purchase_taken_at_once_never_lapses_and_leaves_holds_alone()
    {
        var held = Some.Account with { Balance = new Balance(Some.November, 100_00, 60_00, Some.Now) };

        var outcome = Some.Ask(Some.Purchase, held);

        Assert.Null(outcome.Entry!.ExpiresAt);
        Assert.Equal(new Balance(Some.November, 350_00, 60_00, Some.Now), outcome.BalanceAfter);
    }

    [Theory]
    [InlineData("2026-11-16T08:30:00Z", "2026-11-16T08:30:00Z")] // before the new hold's
    [InlineData("2026-11-16T10:15:00Z", "2026-11-16T10:15:00Z")] // at the same time
    [InlineData("2026-11-16T23:00:00Z", "2026-11-16T10:15:00Z")] // after it
    public void The_balance_names_the_first_hold_to_lapse(string already, string expected)
    {
        var held = Some.Account with { Balance = new Balance(Some.November, 10_00, 10_00, Some.At(already)) };

        Assert.Equal(Some.At(expected), Some.Ask(Hold, held).BalanceAfter.NextHoldExpiry);
    }

    [Fact]
    public void A_hold_on_the_last_evening_counts_in_the_month_it_was_made_and_lapses_in_the_next()
    {
        var lastEvening = Some.At("2026-11-30T22:30:00Z");

        var outcome = Decide.Authorise(Hold, seen: null, Some.Account, Some.Terms, lastEvening);

        Assert.Equal(Some.November, outcome.Entry!.CreditMonth);
        Assert.Equal(Some.At("2026-12-01T00:30:00Z"), outcome.Entry.ExpiresAt);
    }

    [Fact]
    public void A_held_amount_is_not_there_to_spend_again()
    {
        var afterHold = Some.Account with { Balance = Some.Ask(Hold, Some.Account).BalanceAfter };

        Assert.Equal(DeclineReason.InsufficientCredit, Some.Ask(Some.Purchase with { AmountMinor = 250_01 }, afterHold).Entry!.DeclineReason);
        Assert.Equal(DeclineReason.None, Some.Ask(Some.Purchase, afterHold).Entry!.DeclineReason);
    }
}
