using Authorisation.Administration.Operators;
using Authorisation.Ledger.Rows;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.MonthEnd;

/// <summary>
/// Writes down what each account had on the invoices of a closed month, and seals its rows. The limit, and whose the
/// account is, are those of the moment of writing: a change between midnight and then is in the closed month.
/// </summary>
internal static class Statements
{
    private static readonly string AccountsSql = $"""
        with chosen as materialized (
          select a.id, {BillingSnapshotSql.InForce} as billing_snapshot_id,
                 a.limit_minor + case when a.extra_month = @month then a.extra_minor else 0 end as limit_minor,
                 a.given_at < @until and (a.removed_at is null or a.removed_at >= @from) as was_open
          from credit_account a
          join billing_snapshot t on t.id = a.billing_snapshot_id
          join organisation g on g.id = t.organisation_id
          join department d on d.id = t.department_id
          where a.operator_id = @operatorId and a.id > @after
          order by a.id
          limit @count
        ), {ClosedRows.OfAccounts}, written as (
          insert into billing.statement (
            operator_id, month, account_id, billing_snapshot_id, limit_minor, invoiced_minor, late_minor, held_minor, purchases, seals)
          select @operatorId, @month, c.id, c.billing_snapshot_id, c.limit_minor, coalesce(s.invoiced_minor, 0),
                 coalesce(s.late_minor, 0), coalesce(s.held_minor, 0), coalesce(s.purchases, 0), coalesce(s.seals, ''::bytea)
          from chosen c left join sealed s on s.account_id = c.id
          where c.was_open or s.account_id is not null
          returning account_id
        ), parts as (
          insert into billing.statement_part (
            operator_id, month, account_id, billing_snapshot_id, vat_category, vat_basis_points, purchases, invoiced_minor,
            late_minor, late_rows)
          select @operatorId, @month, account_id, billing_snapshot_id, vat_category, vat_basis_points, sum(purchases),
                 sum(invoiced_minor), sum(late_minor), count(*) filter (where late_minor <> 0)
          from row_of
          where invoiced_minor <> 0
          group by account_id, billing_snapshot_id, vat_category, vat_basis_points
        )
        select c.id, w.account_id is not null as has_statement, coalesce(s.rows, 0) as rows, sha256(s.seals) as seal, s.orphans
        from chosen c
        left join written w on w.account_id = c.id
        left join sealed s on s.account_id = c.id
        order by c.id
        """;

    /// <summary>
    /// Writes the statements of the next accounts, in the transaction that records it. An operation whose authorisation
    /// is gone is sealed and reported: at what rate it would have to be invoiced went with its authorisation.
    /// </summary>
    public static async Task<(MonthEndRun MonthEndRun, IReadOnlyList<Finding> Findings)> WriteAsync(
        NpgsqlConnection db, OperatorTerms terms, MonthEndRun run, int accounts)
    {
        // The planner may think little of the tables while they grow, and then read all of them for these few accounts.
        await db.ExecuteAsync("set local enable_seqscan = off");
        var found = (await db.QueryAsync<(Guid Id, bool HasStatement, long Rows, byte[]? Seal, Guid[]? Orphans)>(
            AccountsSql,
            new
            {
                operatorId = terms.Id,
                month = run.Month,
                after = run.AfterId,
                count = accounts,
                from = run.ClosedMonth.StartsAt(terms.Zone),
                until = run.ClosedMonth.Next.StartsAt(terms.Zone),
            })).ToList();
        var hash = run.Hash!;
        foreach (var (id, _, _, seal, _) in found)
        {
            hash = seal is null ? hash : SealChain.Add(hash, id, seal);
        }

        var findings = found.SelectMany(one => one.Orphans ?? []).Select(Finding.OfOrphan).ToList();
        var moved = run with
        {
            Hash = hash,
            Differences = run.Differences + findings.Count,
            Statements = run.Statements + found.Count(one => one.HasStatement),
            SealedRows = run.SealedRows + found.Sum(one => one.Rows),
        };
        return (
            found.Count < accounts ? moved.At(MonthEndStep.UnassignedAuthorisations) : moved with { AfterId = found[^1].Id },
            findings);
    }

    /// <summary>
    /// Seals the next rows that are on none of the operator's accounts, of the table that the run's step is for.
    /// </summary>
    public static async Task<MonthEndRun> SealUnassignedAsync(NpgsqlConnection db, MonthEndRun run, int rows)
    {
        var (source, next) = run.Step switch
        {
            MonthEndStep.UnassignedAuthorisations => (RowSource.Authorisation, MonthEndStep.UnassignedOperations),
            MonthEndStep.UnassignedOperations => (RowSource.Operation, MonthEndStep.Charges),
            MonthEndStep.Charges => (RowSource.Charge, MonthEndStep.Reconciliation),
            _ => throw new InvalidOperationException($"Nothing is sealed at {run.Step}."),
        };
        var found = (await db.QueryAsync<(Guid Id, byte[] Digest)>(
            $"""
            with sealed as (
              insert into billing.unassigned_seal (operator_id, month, source, id, digest)
              select @operatorId, @month, {source:D}, id, digest
              from ({ClosedRows.OnNoAccount(source)} order by r.id limit @rows) r
              returning id, digest
            )
            select id, digest from sealed order by id
            """,
            new { operatorId = run.OperatorId, month = run.Month, afterId = run.AfterId, rows })).ToList();
        var hash = run.Hash!;
        foreach (var (id, digest) in found)
        {
            hash = SealChain.Add(hash, id, digest);
        }

        var moved = run with { Hash = hash, SealedRows = run.SealedRows + found.Count };
        return found.Count == rows ? moved with { AfterId = found[^1].Id }
            : moved.At(next);
    }
}
