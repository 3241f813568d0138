using Authorisation.Admin.MonthTurn;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Reports;

/// <summary>
/// What was spent, by department and traveller. Of a closed month it is what the month was closed with: spent and purchases
/// by who paid for them, limits where the credit was when the statements were written, in the night after. Of an open one it is what the accounts say at the moment,
/// where they are at the moment.
/// </summary>
internal static class Spending
{
    private const string IsReported = """
        p.organisation_id = @OrganisationId and (@Departments::uuid[] is null or p.department_id = any(@Departments))
        """;

    private const string Key = "p.department_id, case when @IsByTraveller then p.traveller_id else @Nobody end";

    // Parts are looked up by the particulars they were made with, each by itself: see InvoiceMaker. An account has its
    // statement whether or not it was used.
    private const string ClosedSql = $"""
        with part as (
          select {Key} as traveller_id, p.id, s.spent_minor, 0::bigint as limit_minor, s.purchases
          from particulars p
          cross join lateral (
            select s.spent_minor, s.purchases
            from control.statement_part s
            where s.particulars_id = p.id and s.month = @Month and s.operator_id = @OperatorId
            offset 0) s
          where {IsReported}
          union all
          select {Key}, p.id, 0, s.limit_minor, 0
          from credit_account a
          cross join lateral (
            select s.particulars_id, s.limit_minor
            from control.statement s
            where s.operator_id = @OperatorId and s.month = @Month and s.account_id = a.id
            offset 0) s
          join particulars p on p.id = s.particulars_id
          where a.particulars_id in (select n.id from particulars n where n.organisation_id = @OrganisationId) and {IsReported}
        ), page as (
          select department_id, traveller_id, max(id) as particulars_id, sum(spent_minor)::bigint as spent_minor,
                 sum(limit_minor)::bigint as limit_minor, sum(purchases)::bigint as purchases
          from part
          where (department_id, traveller_id) > (@AfterDepartment, @AfterTraveller)
          group by department_id, traveller_id
          order by department_id, traveller_id
          limit @Count
        )
        select page.*, p.department_name as department, case when @IsByTraveller then p.traveller_name end as traveller
        from page join particulars p on p.id = page.particulars_id
        order by page.department_id, page.traveller_id
        """;

    // An account that was taken away is there while it has spent something. A month before the balance's is summed from
    // its rows, as a decision would.
    private const string OpenSql = $"""
        with account as (
          select {Key} as traveller_id, p.id as particulars_id, a.id,
                 case when a.removed_at is null then a.limit_minor else 0 end as limit_minor,
                 case when a.month = @Month then a.spent_minor end as spent_minor, a.month > @Month as has_moved_on
          from particulars p join credit_account a on a.particulars_id = p.id
          where {IsReported} and a.operator_id = @OperatorId
            and (a.removed_at is null or (a.month = @Month and a.spent_minor <> 0))
        ), page as (
          select department_id, traveller_id, max(particulars_id) as particulars_id, sum(limit_minor)::bigint as limit_minor,
                 coalesce(sum(spent_minor), 0)::bigint as spent_minor, array_agg(id) as ids,
                 array_agg(id) filter (where has_moved_on) as moved_on
          from account
          where (department_id, traveller_id) > (@AfterDepartment, @AfterTraveller)
          group by department_id, traveller_id
          order by department_id, traveller_id
          limit @Count
        )
        select page.department_id, page.traveller_id, page.limit_minor, d.name as department,
               case when @IsByTraveller then p.traveller_name end as traveller,
               page.spent_minor
                 + coalesce((select sum(e.amount_minor) from authorisation e
                    where e.account_id = any(page.moved_on) and e.credit_month = @Month and e.decision = 1), 0)::bigint
                 + coalesce((select sum(o.spent_minor) from operation o
                    where o.account_id = any(page.moved_on) and o.credit_month = @Month), 0)::bigint as spent_minor,
               (select count(*) from authorisation e
                where e.account_id = any(page.ids) and e.credit_month = @Month and e.decision = 1)
               + coalesce((select sum({ClosedRows.Purchases}) from operation o
                  where o.account_id = any(page.ids) and o.credit_month = @Month), 0)::bigint as purchases
        from page
        join particulars p on p.id = page.particulars_id
        join department d on d.id = page.department_id
        order by page.department_id, page.traveller_id
        """;

    /// <summary>The rows in the order of their departments and travellers.</summary>
    /// <param name="db">The ledger.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="isClosed">Whether the month is closed.</param>
    /// <param name="stop">Gives it up.</param>
    public static async Task<IReadOnlyList<SpendingRow>> ReadAsync(
        NpgsqlConnection db, SpendingQuery query, bool isClosed, CancellationToken stop) =>
        (await db.QueryAsync<SpendingRow>(new CommandDefinition(
            isClosed ? ClosedSql : OpenSql,
            new
            {
                query.OperatorId,
                query.OrganisationId,
                query.Month,
                query.IsByTraveller,
                query.Departments,
                query.AfterDepartment,
                query.AfterTraveller,
                query.Count,
                Nobody = Guid.Empty,
            },
            cancellationToken: stop))).ToList();
}
