using Authorisation.Admin.Organisations;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.MonthTurn;

/// <summary>
/// Closes a month. Who writes rows of a month holds a shared lock of it until they are committed; closing takes the lock
/// alone, so it waits for all that were decided before and lets none begin until the first open month is the next. From
/// then on nobody writes to the closed month, whatever the clock says: what belongs to it stands on the open month's
/// invoice.
/// </summary>
internal static class Closing
{
    /// <summary>The first month that is not closed; null when nothing has been bought that could be.</summary>
    public static async Task<CreditMonth?> FirstOpenAsync(NpgsqlConnection db, int operatorId)
    {
        var month = await db.QuerySingleAsync<int>(
            """
            select case
              when o.first_open_month > 0 then o.first_open_month
              else coalesce((select min(e.invoice_month) from authorisation e where e.operator_id = o.id), 0)
            end
            from operator o
            where o.id = @operatorId
            """,
            new { operatorId });
        return month == 0 ? null : CreditMonth.FromNumber(month);
    }

    /// <summary>Closes the turn's month; within the transaction that takes down that it did.</summary>
    /// <exception cref="PostgresException">55P03: a batch held the month for longer than it should; try again.</exception>
    public static async Task<Turn> CloseAsync(NpgsqlConnection db, OperatorTerms terms, Turn turn)
    {
        var month = turn.ClosedMonth;
        await db.ExecuteAsync($"set local lock_timeout = {(int)Limits.ClosingLockTimeout.TotalMilliseconds}");
        await LockAsync(db, terms, month);
        var now = await AdminDatabase.NowAsync(db);
        if (now < month.Next.StartsAt(terms.Zone))
        {
            throw new InvalidOperationException($"{month} is not over by the database's clock.");
        }

        if (await FirstOpenAsync(db, terms.Id) is { } first && first < month)
        {
            throw new InvalidOperationException($"{first} comes before {month}: something that belongs to it has been reported.");
        }

        await db.ExecuteAsync(
            "update operator set first_open_month = @Next where id = @Id and first_open_month < @Next",
            new { terms.Id, Next = month.Next.Number });
        var before = await Turn.HashBeforeAsync(db, terms.Id, month);
        return turn.At(TurnStep.Statements) with
        {
            ClosedAt = now.UtcDateTime,
            PreviousHash = before,
            Hash = SealChain.Begin(before, terms.Id, month.Number),
        };
    }

    /// <summary>
    /// Waits for all who write to the month. The first month of an operator is closed together with all that come before
    /// it and have no rows: a device can still report a sale of those, as long ago as advices may be.
    /// </summary>
    private static async Task LockAsync(NpgsqlConnection db, OperatorTerms terms, CreditMonth month)
    {
        var isFirst = await db.QuerySingleAsync<int>("select first_open_month from operator where id = @Id", new { terms.Id }) == 0;
        var oldest = isFirst
            ? CreditMonth.Of(month.StartsAt(terms.Zone) - TimeSpan.FromDays(Limits.AdviceAgeDaysMax), terms.Zone)
            : month;
        for (var each = oldest; each <= month; each = each.Next)
        {
            await db.ExecuteAsync("select pg_advisory_xact_lock(@Id, @Number)", new { terms.Id, each.Number });
        }
    }
}
