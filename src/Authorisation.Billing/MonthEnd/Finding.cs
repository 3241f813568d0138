using Dapper;
using Npgsql;

namespace Authorisation.Billing.MonthEnd;

/// <summary>What a person must check.</summary>
/// <param name="Kind">What is not as it should be, as a word that an alarm can go by.</param>
/// <param name="Subject">Of what: an account, an operation, a month.</param>
/// <param name="Expected">What it should be.</param>
/// <param name="Found">What it is.</param>
public sealed record Finding(string Kind, string Subject, string Expected, string Found)
{
    /// <summary>An operation whose authorisation is gone.</summary>
    internal static Finding OfOrphan(Guid operation) =>
        new("operation_without_authorisation", $"operation:{operation}", "an authorisation", "none");

    /// <summary>Records what was found, as far as there is room; the run counts all of it.</summary>
    internal static async Task AddAsync(NpgsqlConnection db, MonthEndRun run, IEnumerable<Finding> findings, int most)
    {
        var next = await db.QuerySingleAsync<int>(
            "select coalesce(max(ordinal), 0) + 1 from billing.month_end_finding where month_end_id = @Id", new { run.Id });
        foreach (var finding in findings.Take(Math.Max(0, most - next + 1)))
        {
            await db.ExecuteAsync(
                """
                insert into billing.month_end_finding (month_end_id, ordinal, kind, subject, expected, found, found_at)
                values (@Id, @ordinal, @Kind, @Subject, @Expected, @Found, ledger_now())
                """,
                new { run.Id, ordinal = next++, finding.Kind, finding.Subject, finding.Expected, finding.Found });
        }
    }

    /// <summary>What a run has found, in the order in which it did.</summary>
    internal static async Task<IReadOnlyList<Finding>> OfAsync(NpgsqlConnection db, Guid runId) =>
        [.. await db.QueryAsync<Finding>(
            "select kind, subject, expected, found from billing.month_end_finding where month_end_id = @runId order by ordinal",
            new { runId })];
}
