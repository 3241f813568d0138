using System.Diagnostics;
using Authorisation.Core;

namespace Authorisation.Ledger.Commit.Lanes;

/// <summary>
/// A lane's estimate of the database's clock: the last time it read, plus the time that has passed since. It is good
/// enough to choose the month to decide for, as the commit is refused when the choice was wrong. Used by one lane at a
/// time.
/// </summary>
internal sealed class LaneClock
{
    private readonly Dictionary<int, MonthWindow> _windows = [];
    private DateTimeOffset _told;
    private long _toldAt;

    /// <summary>The database's approximate time; <see langword="null"/> when it was never read.</summary>
    public DateTimeOffset? Now => _toldAt == 0 ? null : _told + Stopwatch.GetElapsedTime(_toldAt);

    public void Observe(DateTimeOffset now)
    {
        _told = now;
        _toldAt = Stopwatch.GetTimestamp();
    }

    /// <summary>The month that it is at an operator, and when a decision for it can be committed.</summary>
    public MonthWindow WindowOf(Operator terms, DateTimeOffset now)
    {
        if (!_windows.TryGetValue(terms.Id, out var window) || now < window.From || now >= window.Next)
        {
            var month = CreditMonth.Of(now, terms.TimeZone);
            window = new MonthWindow(
                month, month.StartsAt(terms.TimeZone), month.Next.StartsAt(terms.TimeZone));
            _windows[terms.Id] = window;
        }

        return window;
    }
}
