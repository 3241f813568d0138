using System.Diagnostics;

namespace Authorisation.LoadTests.Load;

/// <summary>
/// The end of a month in the middle of a run, by the stopwatch, and what became of each spent card before and after it.
/// </summary>
/// <remarks>Shared by the threads of a run; each card's notes only ever go from false to true.</remarks>
/// <param name="Month">The month that ends, as yyyy-MM.</param>
/// <param name="From">From when on latencies count.</param>
/// <param name="MidnightAt">Its end.</param>
/// <param name="Declined">By spent card, whether it was declined before the end.</param>
/// <param name="Approved">By spent card, whether it was approved after the end.</param>
internal sealed record MonthEnd(string Month, long From, long MidnightAt, bool[] Declined, bool[] Approved)
{
    private long _turnEndedAt = long.MaxValue;

    /// <summary>When the run of the month was done; the end of time while it is not.</summary>
    public long TurnEndedAt
    {
        get => Volatile.Read(ref _turnEndedAt);
        set => Volatile.Write(ref _turnEndedAt, value);
    }

    /// <summary>How many cards were declined before the end and approved after it.</summary>
    public int DeclinedThenApproved => Declined.Zip(Approved).Count(both => both is { First: true, Second: true });

    /// <summary>
    /// A month whose end comes at a moment of the real clock, and whose first latencies are left unmeasured.
    /// </summary>
    public static MonthEnd At(string month, DateTimeOffset midnight, int spentCards, TimeSpan ramp)
    {
        var now = Stopwatch.GetTimestamp();
        var left = midnight - DateTimeOffset.UtcNow;
        return new MonthEnd(month, now + Ticks(ramp), now + Ticks(left), new bool[spentCards], new bool[spentCards]);
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
