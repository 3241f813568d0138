using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.MonthEnd;

/// <summary>A time that passed by the clocks and that no host has watched.</summary>
/// <param name="From">The last moment before it.</param>
/// <param name="To">The first moment after it; before <paramref name="From"/> when the clocks were set back.</param>
/// <param name="WasWatched">Whether a host was running and saw that less time had passed; otherwise none was.</param>
internal sealed record ClockGap(DateTimeOffset From, DateTimeOffset To, bool WasWatched)
{
    /// <summary>How long it was, by the clocks.</summary>
    public TimeSpan Length => To - From;

    /// <summary>
    /// The gap in which the clocks passed a moment the last time that they did; null when a host saw them pass it.
    /// Passing it counts no more once the clocks were set back before it.
    /// </summary>
    public static async Task<ClockGap?> AtAsync(NpgsqlConnection db, DateTimeOffset moment)
    {
        var found = await db.QuerySingleOrDefaultAsync<(DateTime From, DateTime To, bool WasWatched)?>(
            """
            select g.from_at, g.to_at, g.was_watched
            from billing.clock_gap g
            where g.from_at < @at and g.to_at >= @at and (g.was_watched or g.to_at - g.from_at > @silence)
              and not exists (select from billing.clock_gap b where b.id > g.id and b.from_at >= @at and b.to_at < @at)
            order by g.id desc limit 1
            """,
            new { at = moment.UtcDateTime, silence = Limits.ClockSilenceMax });
        return found is { } gap
            ? new ClockGap(new DateTimeOffset(gap.From, TimeSpan.Zero), new DateTimeOffset(gap.To, TimeSpan.Zero), gap.WasWatched)
            : null;
    }

    /// <summary>Records it.</summary>
    public Task AddAsync(NpgsqlConnection db) => db.ExecuteAsync(
        "insert into billing.clock_gap (host, from_at, to_at, was_watched) values (@host, @from, @to, @WasWatched)",
        new { host = Environment.MachineName, from = From.UtcDateTime, to = To.UtcDateTime, WasWatched });
}
