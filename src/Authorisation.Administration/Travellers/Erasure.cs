using Authorisation.Administration.Access;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Travellers;

/// <summary>
/// Erases the personal data of removed travellers: on request, and by age. Not before the month in which the traveller was
/// removed is over: until then one who is added again under the same address goes on with what the month has spent. Nor
/// while a ticket, an application or a subscription of the traveller goes on.
/// </summary>
internal static class Erasure
{
    // Months by the operator's clocks.
    private const string IsOver = """
        to_char(t.removed_at at time zone o.time_zone, 'YYYYMM') < to_char(ledger_now() at time zone o.time_zone, 'YYYYMM')
          and not exists (select from control.ticket k where k.traveller_id = t.id and k.state in (1, 2, 3))
          and not exists (select from control.staff_application p where p.traveller_id = t.id and p.state = 1)
          and not exists (
            select from control.subscription s
            where s.traveller_id = t.id and s.state in (1, 2)
              and (s.last_month is null
                or s.last_month >= to_char(ledger_now() at time zone o.time_zone, 'YYYYMM')::integer))
        """;

    /// <summary>Erases one that was removed, if the month of that is over.</summary>
    /// <returns>Whether it was done; else the nightly work does it.</returns>
    public static async Task<bool> TryAsync(NpgsqlConnection db, Guid travellerId)
    {
        var isOver = await db.QuerySingleAsync<bool>(
            $"""
            select {IsOver}
            from traveller t join organisation g on g.id = t.organisation_id join operator o on o.id = g.operator_id
            where t.id = @travellerId
            """,
            new { travellerId });
        if (isOver)
        {
            await EraseAsync(db, travellerId);
        }

        return isOver;
    }

    /// <summary>
    /// Erases the next of an operator's travellers that are due: those that it was asked for, and those that were removed as
    /// long ago as the operator keeps them; and takes names off snapshots whose accounts are no longer kept.
    /// </summary>
    /// <param name="db">Within a transaction; what another session is erasing is passed over.</param>
    /// <param name="operatorId">The operator.</param>
    /// <returns>How many were erased, and how many lost their names; none when nothing is left.</returns>
    public static async Task<(int Travellers, int Names)> EraseDueAsync(NpgsqlConnection db, int operatorId)
    {
        var due = (await db.QueryAsync<(Guid Id, Guid OrganisationId)>(
            $"""
            select t.id, t.organisation_id
            from organisation g join operator o on o.id = g.operator_id join traveller t on t.organisation_id = g.id
            where o.id = @operatorId and t.removed_at is not null and t.erased_at is null and {IsOver}
              and (t.erasure_asked_at is not null or t.removed_at < ledger_now() - make_interval(months => o.retention_months))
            order by t.removed_at limit @most for update of t skip locked
            """,
            new { operatorId, most = Limits.ErasureChunkTravellers })).ToList();
        foreach (var (id, organisationId) in due)
        {
            await EraseAsync(db, id);
            await Audit.AddAsync(db, new AuditLine(
                "traveller.erased", "traveller:" + id, operatorId, organisationId, null, null, "", null, null, null, null));
        }

        var names = (await db.QueryAsync<Guid>(
            """
            select t.id
            from organisation g join traveller t on t.organisation_id = g.id
            where g.operator_id = @operatorId and t.name_kept_until < ledger_now()::date
            order by t.id limit @most for update of t skip locked
            """,
            new { operatorId, most = Limits.ErasureChunkTravellers })).ToList();
        foreach (var id in names)
        {
            await db.ExecuteAsync("select control.erase_name(@id, @years)", new { id, years = Limits.AccountingYears });
        }

        return (due.Count, names.Count);
    }

    private static Task<int> EraseAsync(NpgsqlConnection db, Guid id) =>
        db.ExecuteAsync(
            "select control.erase_tickets(@id), control.erase_traveller(@id, @years)", new { id, years = Limits.AccountingYears });
}
