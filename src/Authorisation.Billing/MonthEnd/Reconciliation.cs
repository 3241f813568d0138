using System.Globalization;
using Authorisation.Cache;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.MonthEnd;

/// <summary>
/// Holds balances, authorisations, operations, open holds and cached copies against each other. It only reports: a
/// difference means that something wrote what it should not have, and correcting one side would hide which.
/// </summary>
/// <remarks>
/// An account's balance and its rows are written in one transaction and read here in one statement, so purchases that
/// go on meanwhile make no difference. A cached copy is read before its account: it can only be older by then, unless
/// it holds something that was never committed here. Safe to share; it keeps nothing.
/// </remarks>
internal sealed class Reconciliation(CreditSnapshotCache? cache = null)
{
    private const string InstrumentsSql = """
        select id, kind, card_number
        from credit_account
        where operator_id = @OperatorId and id > @AfterId
        order by id
        limit @accounts
        """;

    // Rows of a newer month are looked for month by month, as the index wants it.
    private const string AccountsSql = """
        with months as materialized (select m.month from credit_months_after(0) m(month))
        select a.id, a.version, a.limit_minor, a.month, a.spent_minor, a.held_minor, a.next_hold_expiry,
               e.spent + o.spent as spent_by_rows, e.held + o.held as held_by_rows, h.held as held_by_open_holds,
               h.next_lapse, o.orphans,
               exists (
                 select from months m
                 cross join lateral (
                   select from authorisation n
                   where n.credit_month = m.month and n.account_id = a.id and n.decision = 1 and n.decided_at <= ledger_now()
                   limit 1) n
                 where m.month > a.month) as has_newer_rows
        from credit_account a
        cross join lateral (
          select coalesce(sum(amount_minor), 0)::bigint as spent, coalesce(sum(amount_minor) filter (where hold), 0)::bigint as held
          from authorisation
          where account_id = a.id and credit_month = a.month and decision = 1
        ) e
        cross join lateral (
          select coalesce(sum(spent_minor), 0)::bigint as spent, coalesce(sum(held_minor), 0)::bigint as held,
                 array_remove(array_agg(case when not exists (
                   select from authorisation x where x.id = operation.authorisation_id) then id end), null) as orphans
          from operation
          where account_id = a.id and credit_month = a.month
        ) o
        cross join lateral (
          select coalesce(sum(x.amount_minor), 0)::bigint as held, min(open_hold.expires_at) as next_lapse
          from open_hold join authorisation x on x.id = open_hold.authorisation_id
          where open_hold.account_id = a.id and open_hold.credit_month = a.month
        ) h
        where a.id = any(@ids)
        order by a.id
        """;

    /// <summary>Checks the next accounts, in the transaction that records the findings.</summary>
    public async Task<(MonthEndRun MonthEndRun, IReadOnlyList<Finding> Findings)> CheckAsync(NpgsqlConnection db, MonthEndRun run, int accounts)
    {
        await db.ExecuteAsync("set local enable_seqscan = off");
        var instruments = (await db.QueryAsync<(Guid Id, short Kind, string? CardNumber)>(
            InstrumentsSql, new { run.OperatorId, run.AfterId, accounts })).ToList();
        var copies = await CopiesAsync(run.OperatorId, instruments);
        var findings = new List<Finding>();
        foreach (var row in await db.QueryAsync<Row>(AccountsSql, new { ids = instruments.Select(one => one.Id).ToArray() }))
        {
            Check(row, findings);
            if (copies.TryGetValue(row.Id, out var copy))
            {
                Check(row, copy, findings);
            }
        }

        var moved = run with
        {
            AccountsChecked = run.AccountsChecked + instruments.Count,
            SnapshotsChecked = run.SnapshotsChecked + copies.Count,
            Differences = run.Differences + findings.Count,
        };
        return (
            instruments.Count < accounts ? moved.At(MonthEndStep.Invoices) : moved with { AfterId = instruments[^1].Id },
            findings);
    }

    private async Task<Dictionary<Guid, CreditAccount>> CopiesAsync(
        int operatorId, List<(Guid Id, short Kind, string? CardNumber)> instruments)
    {
        if (cache is null || await cache.ReadAllAsync(
            [.. instruments.Select(one => one.CardNumber is { } card ? Instrument.Card(operatorId, card) : Instrument.App(operatorId, one.Id))],
            Limits.CacheComparisonTimeout) is not { } read)
        {
            return [];
        }

        // Of a card, the copy may be of another account that was on it: of the one before, or of the one that is open.
        var ids = instruments.Select(one => one.Id).ToHashSet();
        return read.Select(copy => copy.Account)
            .Where(account => ids.Contains(account.Id))
            .DistinctBy(account => account.Id)
            .ToDictionary(account => account.Id);
    }

    private static void Check(Row row, List<Finding> findings)
    {
        var subject = $"credit_account:{row.Id}";
        Compare("spent_differs_from_rows", row.SpentByRows, row.SpentMinor);
        Compare("held_differs_from_rows", row.HeldByRows, row.HeldMinor);
        Compare("held_differs_from_open_holds", row.HeldByOpenHolds, row.HeldMinor);
        if (row.NextLapse is { } lapse && (row.NextHoldExpiry is not { } next || next > lapse))
        {
            findings.Add(new Finding("next_hold_expiry_too_late", subject, Text(lapse), Text(row.NextHoldExpiry)));
        }

        if (row.HasNewerRows)
        {
            findings.Add(new Finding(
                "rows_of_a_newer_month", subject, $"nothing after {row.Month}", "purchases that the balance does not know"));
        }

        findings.AddRange((row.Orphans ?? []).Select(Finding.OfOrphan));

        void Compare(string kind, long expected, long found)
        {
            if (expected != found)
            {
                findings.Add(new Finding(kind, subject, Text(expected), Text(found)));
            }
        }
    }

    private static void Check(Row row, CreditAccount copy, List<Finding> findings)
    {
        var subject = $"credit_account:{row.Id}";
        if (copy.Version > row.Version)
        {
            findings.Add(new Finding("cached_version_never_committed", subject, $"at most {row.Version}", Text(copy.Version)));
        }
        else if (copy.Version == row.Version
            && (copy.LimitMinor, copy.Balance.Month.Number, copy.Balance.SpentMinor, copy.Balance.HeldMinor)
                != (row.LimitMinor, row.Month, row.SpentMinor, row.HeldMinor))
        {
            findings.Add(new Finding(
                "cached_copy_differs",
                subject,
                $"limit {row.LimitMinor}, {row.Month}: spent {row.SpentMinor}, held {row.HeldMinor}",
                $"limit {copy.LimitMinor}, {copy.Balance.Month.Number}: spent {copy.Balance.SpentMinor}, held {copy.Balance.HeldMinor}"));
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(DateTime? time) => time?.ToString("O", CultureInfo.InvariantCulture) ?? "none";

    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required long Version { get; init; }

        public required long LimitMinor { get; init; }

        public required int Month { get; init; }

        public required long SpentMinor { get; init; }

        public required long HeldMinor { get; init; }

        public DateTime? NextHoldExpiry { get; init; }

        public required long SpentByRows { get; init; }

        public required long HeldByRows { get; init; }

        public required long HeldByOpenHolds { get; init; }

        public DateTime? NextLapse { get; init; }

        public Guid[]? Orphans { get; init; }

        public required bool HasNewerRows { get; init; }
    }
}
