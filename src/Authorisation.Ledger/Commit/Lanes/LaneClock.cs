using System.Diagnostics;
using Authorisation.Core;

namespace Authorisation.Ledger.Commit.Lanes;

/// <summary>
/// What a lane knows of the database's clock: the last moment it was told, and the time that has passed since. Good
/// enough to choose the month to decide for, as the commit is refused when that was wrong. Used by one lane at a time.
/// </summary>
internal sealed class LaneClock
{
    private readonly Dictionary<int, MonthWindow> _windows = [];
    private DateTimeOffset _told;
    private long _toldAt;

    /// <summary>The database's time, about; <see langword="null"/> when it was never told.</summary>
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
