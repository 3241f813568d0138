using Authorisation.Core;

namespace Authorisation.Administration.Rules;

/// <summary>Hours of some days of the week in the operator's time zone.</summary>
/// <param name="Weekdays">The days, as <c>mon</c> to <c>sun</c>.</param>
/// <param name="From">The first minute, as <c>HH:MM</c>.</param>
/// <param name="Until">The one after the last, as <c>HH:MM</c>, up to <c>24:00</c>.</param>
internal sealed record RuleTime(IReadOnlyList<string> Weekdays, string From, string Until)
{
    /// <summary>The days of the week, Monday first.</summary>
    public static IReadOnlyList<string> WeekdayNames { get; } = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// <summary>Times, days with the same hours together.</summary>
    public static IReadOnlyList<RuleTime> Of(WeekTimes times) =>
    [
        .. times.Days()
            .GroupBy(day => (day.From, day.Until))
            .Select(group => new RuleTime(
                [.. group.Select(day => WeekdayNames[day.Day - 1])], WeekTimes.Text(group.Key.From), WeekTimes.Text(group.Key.Until))),
    ];

    /// <summary>Reads <c>HH:MM</c> on a whole quarter of an hour, up to <c>24:00</c>; null when it is none.</summary>
    public static int? Minute(string? text) =>
        text is [>= '0' and <= '2', >= '0' and <= '9', ':', >= '0' and <= '5', >= '0' and <= '9']
        && ((((text[0] - '0') * 10) + text[1] - '0') * 60) + ((text[3] - '0') * 10) + text[4] - '0' is var minute
        && minute <= WeekTimes.DayMinutes && minute % Limits.RuleStepMinutes == 0
            ? minute
            : null;
}
