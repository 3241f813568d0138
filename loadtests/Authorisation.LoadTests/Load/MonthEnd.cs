using System.Diagnostics;

namespace Authorisation.LoadTests.Load;

/// <summary>
/// The end of a month in the middle of a run, by the stopwatch, and what became of each spent card before and after it.
/// </summary>
/// <remarks>Shared by the threads of a run; each card's notes only ever go from false to true.</remarks>
/// <param name="Month">The month that ends, as yyyy-MM.</param>
/// <param name="MidnightAt">Its end.</param>
/// <param name="Declined">By spent card, whether it was declined before the end.</param>
/// <param name="Approved">By spent card, whether it was approved after the end.</param>
internal sealed record MonthEnd(string Month, long MidnightAt, bool[] Declined, bool[] Approved)
{
    private long _turnEndedAt = long.MaxValue;

    /// <summary>When the turn of the month was done; the end of time while it is not.</summary>
    public long TurnEndedAt
    {
        get => Volatile.Read(ref _turnEndedAt);
        set => Volatile.Write(ref _turnEndedAt, value);
    }

    /// <summary>How many cards were declined before the end and approved after it.</summary>
    public int DeclinedThenApproved => Declined.Zip(Approved).Count(both => both is { First: true, Second: true });

    /// <summary>A month whose end comes at a moment of the real clock.</summary>
    public static MonthEnd At(string month, DateTimeOffset midnight, int spentCards)
    {
        var ticks = (long)((midnight - DateTimeOffset.UtcNow).TotalSeconds * Stopwatch.Frequency);
        return new MonthEnd(month, Stopwatch.GetTimestamp() + ticks, new bool[spentCards], new bool[spentCards]);
    }
}
