namespace Authorisation.Core;

/// <summary>A calendar day in an operator's time zone.</summary>
public static class LocalDay
{
    /// <summary>The day that an instant falls in by the clocks of <paramref name="zone"/>.</summary>
    public static DateOnly Of(DateTimeOffset instant, TimeZoneInfo zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);
}
