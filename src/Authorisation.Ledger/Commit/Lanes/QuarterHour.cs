using Authorisation.Core;

namespace Authorisation.Ledger.Commit.Lanes;

/// <summary>
/// A quarter of an hour, within which no rule of time gives another answer: rules begin and end on quarters, and time zones
/// differ from one another, and are changed, by whole quarters.
/// </summary>
/// <param name="From">Its first moment.</param>
/// <param name="Next">The first moment of the next.</param>
internal readonly record struct QuarterHour(DateTimeOffset From, DateTimeOffset Next)
{
    private static readonly long Ticks = TimeSpan.FromMinutes(Limits.RuleStepMinutes).Ticks;

    /// <summary>The last moment at which a statement that decides for it may begin to write.</summary>
    public DateTimeOffset Until => Next - Limits.MonthEdge;

    /// <summary>The quarter that an instant is in.</summary>
    public static QuarterHour Of(DateTimeOffset now)
    {
        var from = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % Ticks), TimeSpan.Zero);
        return new QuarterHour(from, from.AddTicks(Ticks));
    }
}
