using System.Globalization;
using Authorisation.Administration.Operators;
using Authorisation.Core;
using Npgsql;

namespace Authorisation.Billing.MonthEnd;

/// <summary>
/// Whether a month may be closed now. Closing cannot be undone once something is in the month, so it takes more than
/// one clock: the host's, the database's and the last recorded moment have to agree; and by itself the work closes one
/// month only, the one that is just over and whose end was watched. Anything more waits until a person asks for it.
/// </summary>
internal static class ClosingGuard
{
    /// <summary>What the closing has to wait for; null when it may go on.</summary>
    public static async Task<Finding?> FindAsync(NpgsqlConnection db, OperatorTerms terms, MonthEndRun run, TimeProvider time)
    {
        var month = run.ClosedMonth;
        var clocks = await ClockState.ReadAsync(db, time);
        if (clocks.Trouble is { } trouble)
        {
            return new Finding("clocks_disagree", Subject(month), "host, database and last recorded moment within a minute", trouble);
        }

        if (run.AskedAt is not null)
        {
            return null;
        }

        var asked = $"POST /v1/month-ends for {month}, if that is true";
        var current = CreditMonth.Of(clocks.DatabaseAt, terms.Zone);
        if (month.Next != current)
        {
            return new Finding("month_not_just_over", Subject(month), asked, $"it is {current} there, and {month} is not closed");
        }

        return await ClockGap.AtAsync(db, month.Next.StartsAt(terms.Zone)) is { } gap
            ? new Finding("month_end_not_watched", Subject(month), asked, string.Create(
                CultureInfo.InvariantCulture,
                $"the clocks {(gap.WasWatched ? "jumped" : "were not watched")} from {gap.From.UtcDateTime:yyyy-MM-dd HH:mm:ss} to {gap.To.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"))
            : null;
    }

    private static string Subject(CreditMonth month) => $"month:{month}";
}
