namespace Authorisation.Core;

/// <summary>
/// What was bought on an account on a day by the operator's clocks, without what was returned of that on the same day.
/// What is held counts; what is returned later does not. Immutable.
/// </summary>
/// <param name="Day">The day, as <see cref="DateOnly.DayNumber"/>.</param>
/// <param name="SpentMinor">What was bought on it, in minor units.</param>
/// <param name="BeforeMinor">What was bought on the day before, for a moment that is on that one still.</param>
public sealed record DaySpending(int Day, long SpentMinor, long BeforeMinor)
{
    /// <summary>What was bought on a day; nothing on one that is to come.</summary>
    public long On(int day) => day == Day ? SpentMinor : day == Day - 1 ? BeforeMinor : 0;

    /// <summary>This, and something more that was bought, or returned, on a day.</summary>
    public DaySpending With(int day, long minor) => day switch
    {
        _ when day == Day => this with { SpentMinor = SpentMinor + minor },
        _ when day == Day - 1 => this with { BeforeMinor = BeforeMinor + minor },
        _ when day > Day => new DaySpending(day, minor, On(day - 1)),
        _ => this,
    };

    /// <summary>The day that an instant falls in by the clocks of a zone.</summary>
    public static int DayOf(DateTimeOffset instant, TimeZoneInfo zone) => LocalDay.Of(instant, zone).DayNumber;
}
