using Authorisation.Core;

namespace Authorisation.Standalone.Demo;

/// <summary>
/// The demo's clock, and the end of the month that the program was started in. The operators of the demo have the same
/// time, so it is the same moment for all.
/// </summary>
internal sealed class DemoClock(TimeProvider time)
{
    /// <summary>How long before the end of a month a start shows it.</summary>
    private static readonly TimeSpan Near = TimeSpan.FromMinutes(2);

    /// <summary>How long before a moment the waiting gets finer than a timer.</summary>
    private static readonly TimeSpan Fine = TimeSpan.FromMilliseconds(30);

    /// <summary>When the program was started.</summary>
    public DateTimeOffset Began { get; } = time.GetUtcNow();

    /// <summary>The operators' time zone.</summary>
    public static TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(OperatorProfile.All[0].Terms.TimeZone);

    /// <summary>Now.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The month that it is now.</summary>
    public CreditMonth Current => CreditMonth.Of(Now, Zone);

    /// <summary>The operators' day that it is now.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Local(Now).DateTime);

    /// <summary>The month in which the program was started.</summary>
    public CreditMonth Month => CreditMonth.Of(Began, Zone);

    /// <summary>The end of that month.</summary>
    public DateTimeOffset Midnight => Month.Next.StartsAt(Zone);

    /// <summary>How long that month goes on; below zero when it is over.</summary>
    public TimeSpan Left => Midnight - Now;

    /// <summary>Whether the program was started so shortly before midnight that it shows it.</summary>
    public bool IsNearMidnight => Midnight - Began <= Near;

    /// <summary>A moment by the operators' clocks.</summary>
    public static DateTimeOffset Local(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, Zone);

    /// <summary>The month before another.</summary>
    public static CreditMonth Before(CreditMonth month) => CreditMonth.Of(month.StartsAt(Zone).AddDays(-1), Zone);

    /// <summary>Waits for a moment: never less, and a millisecond more at most, if the machine has time.</summary>
    public async Task WaitUntilAsync(DateTimeOffset moment, CancellationToken cancel)
    {
        for (var left = moment - Now; left > TimeSpan.Zero; left = moment - Now)
        {
            await Task.Delay(left > Fine ? left - Fine : TimeSpan.FromMilliseconds(1), cancel);
        }
    }
}
