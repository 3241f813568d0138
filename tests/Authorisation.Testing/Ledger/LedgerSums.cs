using Dapper;
using Xunit;

namespace Authorisation.Testing.Ledger;

/// <summary>
/// Adds a ledger up: what it keeps as sums and as lists of what is open must be what its rows say. Plain SQL, without a
/// line of the code that it checks.
/// </summary>
public static class LedgerSums
{
    private const string Counted = """
        with counted as (
          select account_id, credit_month, amount_minor as spent, case when hold then amount_minor else 0 end as held
          from authorisation where decision = 1 and billing_snapshot_id is not null and operator_id = any (@operators)
          union all
          select account_id, credit_month, spent_minor, held_minor
          from operation where account_id is not null and operator_id = any (@operators)
        )
        """;

    private const string WrongBalances = $"""
        {Counted}
        select a.id || ' has ' || a.spent_minor || '/' || a.held_minor || ' of ' || a.month || ', its rows say '
          || coalesce(sum(c.spent), 0) || '/' || coalesce(sum(c.held), 0)
        from credit_account a
        left join counted c on c.account_id = a.id and c.credit_month = a.month
        where a.operator_id = any (@operators)
        group by a.id
        having (a.spent_minor, a.held_minor) <> (coalesce(sum(c.spent), 0), coalesce(sum(c.held), 0))
        """;

    private const string WrongMonths = $"""
        {Counted}
        select account_id || ' in ' || credit_month || ': ' || sum(spent) || '/' || sum(held)
        from counted
        group by account_id, credit_month
        having sum(held) < 0 or sum(spent) < sum(held)
        """;

    private const string WrongHolds = """
        select coalesce(h.authorisation_id, a.id) || case when h.authorisation_id is null then ' is not' else ' is' end || ' open'
        from open_hold h
        full join (
          select id from authorisation e
          where expires_at is not null and not exists (select from operation o where o.authorisation_id = e.id and o.held_minor < 0)
        ) a on a.id = h.authorisation_id
        where (h.authorisation_id is null or a.id is null)
          and exists (select from authorisation e
                      where e.id = coalesce(h.authorisation_id, a.id) and e.operator_id = any (@operators))
        """;

    private const string WrongOrdinals = """
        select authorisation_id || ' has ' || string_agg(ordinal::text, ',' order by ordinal)
        from operation where operator_id = any (@operators)
        group by authorisation_id
        having max(ordinal) <> count(*)
        """;

    private const string WrongLapses = """
        select a.id || ' lapses at ' || coalesce(a.next_hold_expiry::text, 'never') || ', its first hold at ' || min(h.expires_at)
        from credit_account a join open_hold h on h.account_id = a.id and h.credit_month = a.month
        where a.operator_id = any (@operators)
        group by a.id
        having coalesce(a.next_hold_expiry > min(h.expires_at), true)
        """;

    /// <summary>Fails with every difference found at some operators.</summary>
    public static async Task AddUpAsync(TestLedger ledger, params int[] operators)
    {
        await using var connection = await ledger.Owner.OpenConnectionAsync();
        var found = new List<string>();
        foreach (var check in new[] { WrongBalances, WrongMonths, WrongHolds, WrongOrdinals, WrongLapses })
        {
            found.AddRange(await connection.QueryAsync<string>(check, new { operators }));
        }

        Assert.Equal("", string.Join('\n', found));
    }
}
