using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.MonthEnd;

/// <summary>
/// Closes a month. A transaction that writes rows of a month holds a shared lock of it until it is committed; closing
/// takes the lock alone, so it waits for all that were decided before and lets none begin until the first open month is
/// the next. From then on nothing is written to the closed month, whatever the clock says: what belongs to it is on the
/// open month's invoice.
/// </summary>
internal static class Closing
{
    // Their account_id, if there is one, is what the caller typed.
    private const string IsOnNoAccount = "(account_id is null or billing_snapshot_id is null)";

    // While nothing is closed, rows are on the invoice of the month that they count in. So the accounts' own indexes
    // give the oldest row of each; rows on no account have one by invoice month.
    private const string OldestSql = $"""
        select min(found.month)
        from (
          select m.month
          from credit_months_after(0) m(month)
          where m.month < @before and exists (
            select from credit_account a
            cross join lateral (
              select from authorisation e
              where e.credit_month = m.month and e.account_id = a.id and e.operator_id = a.operator_id limit 1) e
            where a.operator_id = @operatorId)
          union all
          select oldest.month
          from credit_account a
          cross join lateral (
            select o.credit_month as month from operation o
            where o.account_id = a.id and o.credit_month < @before order by o.credit_month limit 1
          ) oldest
          where a.operator_id = @operatorId
          union all
          (select e.invoice_month from authorisation e
           where e.operator_id = @operatorId and {IsOnNoAccount} and e.invoice_month < @before
           order by e.invoice_month limit 1)
          union all
          (select o.invoice_month from operation o
           where o.operator_id = @operatorId and {IsOnNoAccount} and o.invoice_month < @before
           order by o.invoice_month limit 1)
          union all
          (select c.invoice_month from billing.charge c
           where c.operator_id = @operatorId and c.invoice_month < @before order by c.invoice_month limit 1)
        ) found
        """;

    /// <summary>
    /// The first month that is not closed; null when nothing has been bought that could be. Until an operator's first
    /// closing each of its accounts is looked at for it, so it may take a while; within a transaction.
    /// </summary>
    public static async Task<CreditMonth?> FirstOpenAsync(NpgsqlConnection db, int operatorId, CancellationToken stop) =>
        await FirstOpenSetAsync(db, operatorId) ?? await OldestAsync(db, operatorId, int.MaxValue, stop);

    /// <summary>Closes the run's month, in the transaction that records it.</summary>
    /// <exception cref="PostgresException">
    /// 55P03: a batch held the month for longer than it should; try again.
    /// </exception>
    public static async Task<MonthEndRun> CloseAsync(NpgsqlConnection db, OperatorTerms terms, MonthEndRun run, CancellationToken stop)
    {
        var month = run.ClosedMonth;
        var firstOpen = await FirstOpenSetAsync(db, terms.Id);
        await db.ExecuteAsync($"set local lock_timeout = {(int)Limits.ClosingLockTimeout.TotalMilliseconds}");
        await LockAsync(db, terms, month, isFirst: firstOpen is null);
        var now = await ControlDatabase.NowAsync(db);
        if (now < month.Next.StartsAt(terms.Zone))
        {
            throw new InvalidOperationException($"{month} is not over by the database's clock.");
        }

        // With the first closing, what was reported of older months since it was planned. Under the locks that costs a
        // lookup in two indexes for each account, which find nothing: seconds for a million accounts, once in an
        // operator's life, in which only what belongs to months that are over has to wait.
        if ((firstOpen ?? await OldestAsync(db, terms.Id, month.Number, stop)) is { } first && first < month)
        {
            throw new InvalidOperationException($"{first} comes before {month}: something that belongs to it has been reported.");
        }

        await db.ExecuteAsync(
            "update operator set first_open_month = @Next where id = @Id and first_open_month < @Next",
            new { terms.Id, Next = month.Next.Number });
        var before = await MonthEndRun.HashBeforeAsync(db, terms.Id, month);
        return run.At(MonthEndStep.Statements) with
        {
            ClosedAt = now.UtcDateTime,
            PreviousHash = before,
            Hash = SealChain.Begin(before, terms.Id, month.Number),
        };
    }

    /// <summary>
    /// Waits for all transactions that write to the month. The first month of an operator is closed together with all
    /// that come before it and have no rows: a device can still report a sale of those, as long ago as advices may be.
    /// </summary>
    private static async Task LockAsync(NpgsqlConnection db, OperatorTerms terms, CreditMonth month, bool isFirst)
    {
        var oldest = isFirst
            ? CreditMonth.Of(month.StartsAt(terms.Zone) - TimeSpan.FromDays(Limits.AdviceAgeDaysMax), terms.Zone)
            : month;
        for (var each = oldest; each <= month; each = each.Next)
        {
            await db.ExecuteAsync("select pg_advisory_xact_lock(@Id, @Number)", new { terms.Id, each.Number });
        }
    }

    /// <summary>The first open month as the last closing set it; null before the first.</summary>
    private static async Task<CreditMonth?> FirstOpenSetAsync(NpgsqlConnection db, int operatorId)
    {
        var month = await db.QuerySingleAsync<int>("select first_open_month from operator where id = @operatorId", new { operatorId });
        return month == 0 ? null : CreditMonth.FromNumber(month);
    }

    /// <summary>
    /// The oldest month before another that an operator has rows in, while none is closed; null when there is none.
    /// </summary>
    private static async Task<CreditMonth?> OldestAsync(NpgsqlConnection db, int operatorId, int before, CancellationToken stop)
    {
        // It has time: given up early, it would start again a minute later, and no month would ever be closed.
        await db.ExecuteAsync(
            $"set local enable_seqscan = off; set local statement_timeout = {(int)Limits.FirstMonthSearchTimeout.TotalMilliseconds}");
        var month = await db.QuerySingleAsync<int?>(new CommandDefinition(
            OldestSql,
            new { operatorId, before },
            commandTimeout: (int)Limits.FirstMonthSearchTimeout.TotalSeconds,
            cancellationToken: stop));
        return month is { } number ? CreditMonth.FromNumber(number) : null;
    }
}
