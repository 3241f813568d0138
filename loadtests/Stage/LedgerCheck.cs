using System.Globalization;
using Dapper;
using Npgsql;

namespace Authorisation.LoadTests.Stage;

/// <summary>
/// Whether a ledger adds up after a run: what is spent is the sum of what was approved, nothing is above a limit, and
/// every decision that a client received is stored as it was received.
/// </summary>
internal static class LedgerCheck
{
    private const string NotTheSum = """
        select count(*)
        from credit_account a
        full join (
          select account_id, credit_month, sum(amount_minor) as spent
          from authorisation where decision = 1 group by account_id, credit_month
        ) p on p.account_id = a.id and p.credit_month = a.month
        where coalesce(a.spent_minor, 0) <> coalesce(p.spent, 0)
          -- Of a month that is over for the account its statement tells, if it was closed.
          and not exists (select from credit_account later where later.id = p.account_id and later.month > p.credit_month)
        """;

    private const string NotTheStatement = """
        select count(*)
        from billing.statement s
        left join (
          select account_id, invoice_month, sum(amount_minor) as spent
          from authorisation where decision = 1 and not hold group by account_id, invoice_month
        ) p on p.account_id = s.account_id and p.invoice_month = s.month
        where s.invoiced_minor <> coalesce(p.spent, 0)
        """;

    private const string OverTheLimit = "select count(*) from credit_account where spent_minor > limit_minor";

    private const string NotThere = """
        select count(*)
        from (select distinct id, decision from answered) w
        left join authorisation a on a.id = w.id
        where a.decision is distinct from w.decision
        """;

    /// <summary>Checks a ledger against a file of what was answered.</summary>
    public static async Task<StageReply> RunAsync(NpgsqlDataSource ledger, string answers)
    {
        await using var connection = await ledger.OpenConnectionAsync();
        await AnsweredTable.FillAsync(connection, answers);

        var problems = new List<string>();
        await LookAsync(NotTheSum, "accounts have spent another sum than was approved");
        await LookAsync(NotTheStatement, "accounts have spent another sum than their statement says");
        await LookAsync(OverTheLimit, "accounts have spent more than their limit");
        var lost = await LookAsync(NotThere, "decisions that were answered are not in the ledger, or otherwise");
        return new StageReply
        {
            Decisions = await connection.ExecuteScalarAsync<long>("select count(*) from authorisation", commandTimeout: 300),
            Lost = lost,
            Problems = problems,
        };

        async Task<long> LookAsync(string sql, string what)
        {
            var count = await connection.ExecuteScalarAsync<long>(sql, commandTimeout: 300);
            if (count > 0)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {what}"));
            }

            return count;
        }
    }
}
