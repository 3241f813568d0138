using Authorisation.Administration.Access;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Travellers;

/// <summary>
/// Erases the personal data of removed travellers: on request, and by age. Not before the month in which the traveller was
/// removed is over: until then one who is added again under the same address goes on with what the month has spent. Nor
/// while a ticket, an application or a subscription of the traveller goes on, or a payroll may still ask for the name.
/// </summary>
internal static class Erasure
{
    // What it waits for, as text[]. Months by the operator's clocks.
    private const string Waits = """
        array_remove(array[
          case when to_char(t.removed_at at time zone o.time_zone, 'YYYYMM') >= to_char(ledger_now() at time zone o.time_zone, 'YYYYMM')
            then 'month_end' end,
          case when exists (
              select from control.ticket k
              where k.traveller_id = t.id and k.state in (1, 2, 3) and k.ordered_at > ledger_now() - @ticketTime)
            then 'tickets' end,
          case when exists (select from control.staff_application p where p.traveller_id = t.id and p.state = 1)
            then 'staff_applications' end,
          case when exists (
              select from control.subscription s
              where s.traveller_id = t.id and s.state in (1, 2)
                and (s.last_month is null
                  or s.last_month >= to_char(ledger_now() at time zone o.time_zone, 'YYYYMM')::integer))
            then 'subscriptions' end,
          -- The payroll of a month is asked for when the month is closed, in the month after it.
          case when exists (
              select from billing.payroll_deduction d
              where d.traveller_id = t.id
                and (d.month >= o.first_open_month
                  or d.month >= to_char((ledger_now() at time zone o.time_zone) - interval '1 month', 'YYYYMM')::integer))
            then 'payroll' end], null)
        """;

    private const string IsDue = $"""
        t.removed_at is not null and t.erased_at is null
          and (t.erasure_asked_at is not null
            or greatest(t.removed_at, (
                 select (to_date(max(s.last_month)::text, 'YYYYMM') + interval '1 month') at time zone o.time_zone
                 from control.subscription s where s.traveller_id = t.id and s.state = 2))
               < ledger_now() - make_interval(months => o.retention_months))
          and {Waits} = '{"{}"}'
        """;

    /// <summary>Erases one that was removed, if it waits for nothing; else the nightly work does it.</summary>
    /// <returns>What it waits for; nothing: it was done.</returns>
    public static async Task<IReadOnlyList<string>> TryAsync(NpgsqlConnection db, Guid travellerId)
    {
        var waits = await db.QuerySingleAsync<string[]>(
            $"""
            select {Waits}
            from traveller t join organisation g on g.id = t.organisation_id join operator o on o.id = g.operator_id
            where t.id = @travellerId
            """,
            new { travellerId, ticketTime = Limits.TicketHoldsErasureTime });
        if (waits.Length == 0)
        {
            await EraseAsync(db, travellerId);
        }

        return waits;
    }

    /// <summary>
    /// The next of an operator's travellers that are due: those that it was asked for, and those that were removed, and whose
    /// last subscription ended, as long ago as the operator keeps them.
    /// </summary>
    public static async Task<IReadOnlyList<Guid>> FindDueAsync(NpgsqlConnection db, int operatorId, IReadOnlyList<Guid> passedOver) =>
        (await db.QueryAsync<Guid>(
            $"""
            select t.id
            from organisation g join operator o on o.id = g.operator_id join traveller t on t.organisation_id = g.id
            where o.id = @operatorId and t.id <> all (@passedOver) and {IsDue}
            order by t.removed_at limit @most
            """,
            new { operatorId, passedOver, ticketTime = Limits.TicketHoldsErasureTime, most = Limits.ErasureChunkTravellers })).AsList();

    /// <summary>Erases one that is due, with its line in the audit trail, within a transaction.</summary>
    /// <returns>Whether it was done; not when it is due no more or another session holds the row.</returns>
    public static async Task<bool> EraseDueAsync(NpgsqlConnection db, int operatorId, Guid id)
    {
        if (await db.QuerySingleOrDefaultAsync<Guid?>(
            $"""
            select t.organisation_id
            from traveller t join organisation g on g.id = t.organisation_id join operator o on o.id = g.operator_id
            where t.id = @id and {IsDue} for update of t skip locked
            """,
            new { id, ticketTime = Limits.TicketHoldsErasureTime }) is not { } organisationId)
        {
            return false;
        }

        await EraseAsync(db, id);
        await Audit.AddAsync(db, new AuditLine(
            "traveller.erased", "traveller:" + id, operatorId, organisationId, null, null, "", null, null, null, null));
        return true;
    }

    /// <summary>The next of an operator's erased travellers whose names stand on accounts that are kept no more.</summary>
    public static async Task<IReadOnlyList<Guid>> FindNamesAsync(NpgsqlConnection db, int operatorId, IReadOnlyList<Guid> passedOver) =>
        (await db.QueryAsync<Guid>(
            """
            select t.id
            from organisation g join traveller t on t.organisation_id = g.id
            where g.operator_id = @operatorId and t.name_kept_until < ledger_now()::date and t.id <> all (@passedOver)
            order by t.id limit @most
            """,
            new { operatorId, passedOver, most = Limits.ErasureChunkTravellers })).AsList();

    /// <summary>Takes such a name away, within a transaction.</summary>
    /// <returns>Whether it was done; not when another session holds the row.</returns>
    public static async Task<bool> EraseNameAsync(NpgsqlConnection db, int operatorId, Guid id)
    {
        if (await db.QuerySingleOrDefaultAsync<Guid?>(
            "select id from traveller where id = @id and name_kept_until < ledger_now()::date for update skip locked",
            new { id }) is null)
        {
            return false;
        }

        await db.ExecuteAsync("select control.erase_name(@id, @years)", new { id, years = Limits.AccountingYears });
        return true;
    }

    /// <summary>
    /// Takes out the recipients of some of an operator's old messages, with what is left of what they said: most numbers that
    /// codes were sent to are nobody's.
    /// </summary>
    /// <returns>How many messages; none when nothing is left.</returns>
    public static Task<int> EraseRecipientsAsync(NpgsqlConnection db, int operatorId) => db.ExecuteAsync(
        """
        update control.message set recipient = '', subject = null, text = null, last_error = null
        where id in (
          select m.id from control.message m
          where m.operator_id = @operatorId and m.recipient <> '' and m.made_at < ledger_now() - @kept and m.state <> 1
          order by m.made_at limit @most)
        """,
        new { operatorId, kept = Limits.MessageRecipientKeptTime, most = Limits.ErasureChunkMessages });

    private static Task<int> EraseAsync(NpgsqlConnection db, Guid id) =>
        db.ExecuteAsync(
            "select control.erase_tickets(@id), control.erase_traveller(@id, @years)", new { id, years = Limits.AccountingYears });
}
