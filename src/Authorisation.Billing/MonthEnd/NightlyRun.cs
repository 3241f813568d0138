using Authorisation.Core;

namespace Authorisation.Billing.MonthEnd;

/// <summary>A night with work to do.</summary>
/// <param name="Date">The day that began with it, by the operator's clocks.</param>
/// <param name="Closes">The month that was over; null on any night but the first of a month.</param>
internal readonly record struct NightlyRun(DateOnly Date, CreditMonth? Closes)
{
    /// <summary>The first night after a month, which closes it.</summary>
    public static NightlyRun After(CreditMonth month) =>
        new(new DateOnly(month.Next.Number / 100, month.Next.Number % 100, 1), month);

    /// <summary>
    /// The nights with work to do that may not have been recorded yet: the first night after the first month that is
    /// over and not closed, however long ago, and the last night. One month at a time: the next is due when that is
    /// closed. A night without a closing when no host was running is not repeated later: what it would have done, the
    /// last one does.
    /// </summary>
    /// <param name="now">The database's clock.</param>
    /// <param name="zone">The operator's time zone.</param>
    /// <param name="firstOpen">
    /// The first month that is not closed; null when there is nothing that could be closed.
    /// </param>
    public static IReadOnlyList<NightlyRun> Due(DateTimeOffset now, TimeZoneInfo zone, CreditMonth? firstOpen)
    {
        var today = LocalDay.Of(now, zone);
        var nights = new List<NightlyRun>();
        var current = CreditMonth.Of(now, zone);
        if (firstOpen is { } first && first < current)
        {
            nights.Add(After(first));
        }

        // On the first, the closing of the month before is the night's work, now or before.
        if (today.Day != 1 || firstOpen is null)
        {
            nights.Add(new NightlyRun(today, null));
        }

        return nights;
    }
}
