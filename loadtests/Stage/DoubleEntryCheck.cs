using System.Globalization;
using Dapper;
using Npgsql;

namespace Authorisation.LoadTests.Stage;

/// <summary>
/// Whether a ledger of double entry adds up after a run: its entries follow on one another to the balances, cancel one
/// another out, and every purchase that was answered approved is a transfer.
/// </summary>
internal static class DoubleEntryCheck
{
    private static readonly (string Sql, string What)[] Looks =
    [
        ("""
        select count(*)
        from double_entry.account a
        left join (select account_id, sum(amount_minor) as sum, count(*) as entries from double_entry.entry group by account_id) e
          on e.account_id = a.id
        where a.balance_minor <> coalesce(e.sum, 0) or a.version <> coalesce(e.entries, 0)
        """, "accounts have another balance than their entries"),
        ("select count(*) from double_entry.account where balance_minor < -limit_minor", "accounts have spent more than their limit"),
        ("""
        select count(*)
        from double_entry.transfer t
        where (select array_agg(e.amount_minor order by e.amount_minor) from double_entry.entry e where e.transfer_id = t.id)
          is distinct from array[-t.amount_minor, t.amount_minor]
        """, "transfers have other entries than two that cancel one another out"),
        ("select count(*) from double_entry.entry where balance_after_minor <> balance_before_minor + amount_minor",
            "entries have balances that do not follow from one another"),
        ("""
        select count(*)
        from (select distinct id, decision from answered) w
        left join double_entry.transfer t on t.id = w.id
        where (t.id is null) = (w.decision = 1)
        """, "decisions that were answered are not in the ledger, or otherwise"),
    ];

    /// <summary>Checks a ledger against a file of what was answered.</summary>
    public static async Task<StageReply> RunAsync(NpgsqlDataSource ledger, string answers)
    {
        await using var connection = await ledger.OpenConnectionAsync();
        await AnsweredTable.FillAsync(connection, answers);
        var problems = new List<string>();
        foreach (var (sql, what) in Looks)
        {
            var count = await connection.ExecuteScalarAsync<long>(sql, commandTimeout: 300);
            if (count > 0)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {what}"));
            }
        }

        return new StageReply
        {
            Decisions = await connection.ExecuteScalarAsync<long>("select count(*) from double_entry.transfer"),
            Problems = problems,
        };
    }
}
