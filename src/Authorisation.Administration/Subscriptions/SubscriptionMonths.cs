using Authorisation.Core;

namespace Authorisation.Administration.Subscriptions;

/// <summary>
/// The months of a subscription (R16): it begins on a 1st and ends on a month's last day, and a month that began is
/// charged whole. Pure.
/// </summary>
internal static class SubscriptionMonths
{
    /// <summary>The first day of a month.</summary>
    public static DateOnly FirstDayOf(CreditMonth month) => new(month.Number / 100, month.Number % 100, 1);

    /// <summary>The last day of a month.</summary>
    public static DateOnly LastDayOf(CreditMonth month) => FirstDayOf(month.Next).AddDays(-1);

    /// <summary>The month that something ordered or approved in a month begins with: the next one at the soonest.</summary>
    /// <param name="asked">The month that it was to begin with when it was ordered.</param>
    /// <param name="now">The month that it is.</param>
    public static CreditMonth FirstWhenApproved(CreditMonth asked, CreditMonth now) => CreditMonth.Later(asked, now.Next);

    /// <summary>The last month of what is ended in a month: that one; null when it has not begun, so that it never does.</summary>
    public static CreditMonth? LastWhenEnded(CreditMonth first, CreditMonth now) => first <= now ? now : null;

    /// <summary>The months from one to another, both included; none when the second is before the first.</summary>
    public static IEnumerable<CreditMonth> Between(CreditMonth first, CreditMonth last)
    {
        for (var month = first; month <= last; month = month.Next)
        {
            yield return month;
        }
    }
}
