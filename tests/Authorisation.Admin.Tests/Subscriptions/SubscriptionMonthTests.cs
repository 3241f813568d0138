using Authorisation.Administration.Charges;
using Authorisation.Administration.Subscriptions;
using Authorisation.Core;
using Xunit;

namespace Authorisation.Admin.Tests.Subscriptions;

/// <summary>The rule of a subscription's months, and of what is taken from a salary.</summary>
public sealed class SubscriptionMonthTests
{
    [Theory]
    [InlineData(2026_09, 2026_08, 2026_09)] // approved in the month of the order
    [InlineData(2026_09, 2026_09, 2026_10)] // after it should have begun
    [InlineData(2026_09, 2026_12, 2027_01)] // long after
    public void It_begins_on_the_1st_that_it_was_ordered_for_or_on_the_next(int asked, int now, int first) => Assert.Equal(
        first, SubscriptionMonths.FirstWhenApproved(CreditMonth.FromNumber(asked), CreditMonth.FromNumber(now)).Number);

    [Theory]
    [InlineData(2026_09, 2026_08, null)]    // it never begins
    [InlineData(2026_09, 2026_09, 2026_09)] // the month that began is whole
    [InlineData(2026_09, 2027_03, 2027_03)]
    public void It_goes_on_to_the_end_of_the_month_in_which_it_is_ended(int first, int now, int? last) => Assert.Equal(
        last, SubscriptionMonths.LastWhenEnded(CreditMonth.FromNumber(first), CreditMonth.FromNumber(now))?.Number);

    [Theory]
    [InlineData(2026_02, "2026-02-01", "2026-02-28")]
    [InlineData(2028_02, "2028-02-01", "2028-02-29")]
    [InlineData(2026_12, "2026-12-01", "2026-12-31")]
    public void A_month_has_its_first_and_last_day(int month, string first, string last)
    {
        Assert.Equal(DateOnly.Parse(first, System.Globalization.CultureInfo.InvariantCulture), SubscriptionMonths.FirstDayOf(CreditMonth.FromNumber(month)));
        Assert.Equal(DateOnly.Parse(last, System.Globalization.CultureInfo.InvariantCulture), SubscriptionMonths.LastDayOf(CreditMonth.FromNumber(month)));
    }

    [Theory]
    [InlineData(null, null, 79_000, 79_000)]
    [InlineData(0, null, 79_000, 79_000)]
    [InlineData(50, null, 79_001, 39_500)] // the share is 39 500.5, rounded up
    [InlineData(33, null, 10_000, 6_700)]
    [InlineData(100, null, 79_000, 0)]
    [InlineData(null, 20_000L, 79_000, 59_000)]
    [InlineData(null, 90_000L, 79_000, 0)]
    public void What_the_employer_bears_is_not_taken_from_the_salary(int? percent, long? minor, long price, long deduction) =>
        Assert.Equal(deduction, new EmployerShare(percent, minor).DeductionOf(price));

    [Theory]
    [InlineData(100, 1, "100")]
    [InlineData(100, 3, "34 33 33")]
    [InlineData(101, 3, "34 34 33")]
    [InlineData(2, 3, "1 1 0")]
    [InlineData(0, 2, "0 0")]
    public void What_is_taken_in_parts_comes_to_the_whole(long deduction, int months, string parts) =>
        Assert.Equal(parts, string.Join(' ', EmployerShare.PartsOf(deduction, months)));
}
