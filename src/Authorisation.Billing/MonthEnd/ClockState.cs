using System.Globalization;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.MonthEnd;

/// <summary>
/// What the clocks say at one moment: the host's, the database's, and the last moment that was recorded.
/// </summary>
/// <param name="HostAt">The host's clock.</param>
/// <param name="DatabaseAt">The database's clock at the same moment, to within the length of a round trip.</param>
/// <param name="Last">The last recorded moment; null when none was recorded yet.</param>
internal sealed record ClockState(DateTimeOffset HostAt, DateTimeOffset DatabaseAt, ClockMoment? Last)
{
    /// <summary>Reads them.</summary>
    /// <param name="db">The database.</param>
    /// <param name="time">The host's clock.</param>
    /// <param name="forChange">Whether to lock the recorded moment, to record the next; within a transaction.</param>
    public static async Task<ClockState> ReadAsync(NpgsqlConnection db, TimeProvider time, bool forChange = false)
    {
        var last = await db.QuerySingleOrDefaultAsync<ClockMoment>(
            $"select host_at, database_at, steady_since from billing.clock_moment{(forChange ? " for update" : "")}");
        var before = time.GetUtcNow();
        var now = await ControlDatabase.NowAsync(db);
        return new ClockState(before + ((time.GetUtcNow() - before) / 2), now, last);
    }

    /// <summary>Records the moment, in the transaction that it was read in for that.</summary>
    /// <param name="db">The database.</param>
    /// <param name="isSteady">
    /// Whether the clocks have been watched since the last recorded moment, and have not jumped.
    /// </param>
    public Task SaveAsync(NpgsqlConnection db, bool isSteady) => db.ExecuteAsync(
        """
        insert into billing.clock_moment (host, host_at, database_at, steady_since)
        values (@host, @HostAt, @DatabaseAt, @DatabaseAt)
        on conflict (id) do update
        set host = excluded.host, host_at = excluded.host_at, database_at = excluded.database_at,
            steady_since = case when @isSteady then clock_moment.steady_since else excluded.steady_since end
        """,
        new
        {
            host = Environment.MachineName,
            HostAt = HostAt.UtcDateTime,
            DatabaseAt = DatabaseAt.UtcDateTime,
            isSteady,
        });

    /// <summary>How the host's clock and the database's disagree, in words; null when they agree.</summary>
    public string? Disagreement => (HostAt - DatabaseAt).Duration() <= Limits.ClockAgreementMax
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"the host's clock is at {HostAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC and the database's at {DatabaseAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");

    /// <summary>
    /// Why nothing may be closed on these clocks, in words; null when both agree with each other and the last moment.
    /// </summary>
    public string? Trouble
    {
        get
        {
            if (Disagreement is { } disagreement)
            {
                return disagreement;
            }

            if (Last is null)
            {
                return "no moment has been recorded yet";
            }

            return IsNear(HostAt, Last.HostAt) && IsNear(DatabaseAt, Last.DatabaseAt)
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"it is {DatabaseAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC and the last recorded moment is {Last.DatabaseAt:yyyy-MM-dd HH:mm:ss} UTC");
        }
    }

    /// <summary>Whether the clocks have been watched without a jump for a time.</summary>
    public bool IsSteadyFor(TimeSpan span) => Last is not null && DatabaseAt - At(Last.SteadySince) >= span;

    /// <summary>Refuses what cannot be undone while one clock says something else than the others.</summary>
    /// <param name="trouble">What they say.</param>
    public static RefusedException Disagree(string trouble) => new(
        ProblemCode.ClocksDisagree, $"The clocks do not agree to a minute: {trouble}. Set them right first.");

    private static bool IsNear(DateTimeOffset now, DateTime moment) => (now - At(moment)).Duration() <= Limits.ClockAgreementMax;

    private static DateTimeOffset At(DateTime utc) => new(utc, TimeSpan.Zero);
}

/// <summary>A recorded moment at which a host's clock and the database's agreed.</summary>
internal sealed record ClockMoment
{
    public required DateTime HostAt { get; init; }

    public required DateTime DatabaseAt { get; init; }

    /// <summary>Since when the clocks have been watched without a jump.</summary>
    public required DateTime SteadySince { get; init; }
}
