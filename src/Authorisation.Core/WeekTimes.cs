using System.Globalization;

namespace Authorisation.Core;

/// <summary>
/// The times of a week by an operator's clocks at which something is allowed: spans of minutes from Monday 00:00 on, in
/// order and apart. Where clocks are set back, the hour that comes twice is allowed both times or neither. Immutable.
/// </summary>
public sealed class WeekTimes
{
    /// <summary>How many minutes a day has.</summary>
    public const int DayMinutes = 24 * 60;

    /// <summary>How many minutes a week has.</summary>
    public const int WeekMinutes = 7 * DayMinutes;

    private readonly int[] _bounds;

    private WeekTimes(int[] bounds) => _bounds = bounds;

    /// <summary>The first minute of each span and the one after its last, one span after the other.</summary>
    public IReadOnlyList<int> Bounds => _bounds;

    /// <summary>The times that any of these spans has; spans may be in any order and overlap.</summary>
    public static WeekTimes Of(IEnumerable<(int From, int Until)> spans)
    {
        List<int> bounds = [];
        foreach (var (from, until) in spans.Order())
        {
            if (bounds.Count > 0 && from <= bounds[^1])
            {
                bounds[^1] = Math.Max(bounds[^1], until);
            }
            else
            {
                bounds.AddRange([from, until]);
            }
        }

        return new WeekTimes([.. bounds]);
    }

    /// <summary>Reads <see cref="Bounds"/>; null when they are none.</summary>
    public static WeekTimes? TryRead(int[] bounds)
    {
        if (bounds.Length % 2 != 0)
        {
            return null;
        }

        var last = -1;
        foreach (var bound in bounds)
        {
            if (bound <= last || bound > WeekMinutes)
            {
                return null;
            }

            last = bound;
        }

        return new WeekTimes(bounds);
    }

    /// <summary>Whether a moment by the operator's clocks is within.</summary>
    public bool Contains(DateTime local)
    {
        var minute = MinuteOf(local);
        for (var i = 0; i < _bounds.Length && _bounds[i] <= minute; i += 2)
        {
            if (minute < _bounds[i + 1])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The times that both have.</summary>
    public WeekTimes And(WeekTimes other)
    {
        List<(int, int)> both = [];
        for (var i = 0; i < _bounds.Length; i += 2)
        {
            for (var j = 0; j < other._bounds.Length; j += 2)
            {
                var (from, until) = (Math.Max(_bounds[i], other._bounds[j]), Math.Min(_bounds[i + 1], other._bounds[j + 1]));
                if (from < until)
                {
                    both.Add((from, until));
                }
            }
        }

        return Of(both);
    }

    /// <summary>
    /// The spans by day, none of which goes over midnight: the day, 1 for Monday, and the first minute of that day and
    /// the one after the last.
    /// </summary>
    public IEnumerable<(int Day, int From, int Until)> Days()
    {
        for (var i = 0; i < _bounds.Length; i += 2)
        {
            for (var day = _bounds[i] / DayMinutes; day * DayMinutes < _bounds[i + 1]; day++)
            {
                var begin = day * DayMinutes;
                yield return (day + 1, Math.Max(_bounds[i] - begin, 0), Math.Min(_bounds[i + 1] - begin, DayMinutes));
            }
        }
    }

    /// <summary>A minute of a day, 0 to <see cref="DayMinutes"/>, as <c>HH:MM</c>.</summary>
    public static string Text(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");

    private static int MinuteOf(DateTime local) =>
        (((int)local.DayOfWeek + 6) % 7 * DayMinutes) + (local.Hour * 60) + local.Minute;
}
