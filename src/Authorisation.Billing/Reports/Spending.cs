using Dapper;
using Npgsql;

namespace Authorisation.Billing.Reports;

/// <summary>
/// What was spent in a month, by department and traveller: what is on the month's invoices, by payer. So the rows of
/// all months come to what all invoices come to. Of a closed month it is read from its statements, of an open one from
/// the rows that statements will be written from; the figures are the same. Limits of a closed month are those of its
/// statements, of an open one those of the moment. What is held is what is held at the moment, of either.
/// </summary>
internal static class Spending
{
    private const string IsReported = """
        p.organisation_id = @OrganisationId and (@Departments::uuid[] is null or p.department_id = any(@Departments))
          and (@Travellers::uuid[] is null or p.traveller_id = any(@Travellers))
        """;

    private const string Key =
        "p.department_id, case when @IsByTraveller then p.traveller_id else @Nobody end as traveller_id, p.id";

    // Parts are looked up by the billing snapshot they were made with, each by itself: see MakeInvoices.
    private const string ClosedSpent = $"""
        select {Key}, s.invoiced_minor, s.late_minor, 0::bigint as held_minor, 0::bigint as limit_minor, s.purchases
        from billing_snapshot p
        cross join lateral (
          select s.invoiced_minor, s.late_minor, s.purchases
          from billing.statement_part s
          where s.billing_snapshot_id = p.id and s.month = @Month and s.operator_id = @OperatorId
          offset 0) s
        where {IsReported}
        """;

    // Charges count as no purchases.
    private const string Charged = $"""
        select {Key}, r.invoiced_minor, r.late_minor, 0, 0, 0
        from billing_snapshot p
        cross join lateral (
          select r.invoiced_minor, r.late_minor
          from billing.month_rows(@OperatorId, @Month) r
          where r.source = 3 and r.billing_snapshot_id = p.id
          offset 0) r
        where {IsReported}
        """;

    // An account has its statement whether or not it was used.
    private const string ClosedLimits = $"""
        select {Key}, 0, 0, 0, s.limit_minor, 0
        from account a
        cross join lateral (
          select s.billing_snapshot_id, s.limit_minor
          from billing.statement s
          where s.operator_id = @OperatorId and s.month = @Month and s.account_id = a.id
          offset 0) s
        join billing_snapshot p on p.id = s.billing_snapshot_id
        where {IsReported}
        """;

    // Summed by payer before the payer is looked up: otherwise Postgres looks it up again for each account.
    private const string OpenSpent = $"""
        select {Key}, r.invoiced_minor, r.late_minor, 0::bigint as held_minor, 0::bigint as limit_minor, r.purchases
        from (
          select r.billing_snapshot_id, sum(r.invoiced_minor)::bigint as invoiced_minor, sum(r.late_minor)::bigint as late_minor,
                 sum(r.purchases) as purchases
          from account a
          cross join lateral (
            select r.billing_snapshot_id, r.invoiced_minor, r.late_minor, r.purchases
            from billing.month_rows(@OperatorId, a.id, @Month) r
            where r.invoiced_minor <> 0
            offset 0) r
          group by r.billing_snapshot_id) r
        join billing_snapshot p on p.id = r.billing_snapshot_id
        where {IsReported}
        """;

    private const string OpenLimits = $"""
        select {Key}, 0, 0, 0, a.limit_minor, 0
        from account a join billing_snapshot p on p.id = a.billing_snapshot_id
        where {IsReported} and a.removed_at is null
        """;

    // A hold that has lapsed counts as nothing, whether or not a server has expired it.
    private const string Held = $"""
        select {Key}, 0, 0, h.amount_minor, 0, 0
        from account a
        cross join lateral (
          select e.billing_snapshot_id, e.amount_minor
          from open_hold h join authorisation e on e.id = h.authorisation_id
          where h.account_id = a.id and h.credit_month = @Month and h.expires_at > ledger_now()
          offset 0) h
        join billing_snapshot p on p.id = h.billing_snapshot_id
        where {IsReported}
        """;

    // The travellers or departments of the report, in the order of the rows.
    private const string GroupsSql = """
        select p.department_id, p.traveller_id
        from billing_snapshot p
        where p.organisation_id = @OrganisationId and (@Departments::uuid[] is null or p.department_id = any(@Departments))
          and (p.department_id, p.traveller_id) > (@AfterDepartment, @AfterTraveller)
        group by p.department_id, p.traveller_id
        order by p.department_id, p.traveller_id
        limit @Count
        """;

    private static readonly string ClosedSql = SqlOf(ClosedSpent, ClosedLimits, "p.department_name");
    private static readonly string OpenSql = SqlOf(OpenSpent, OpenLimits, "d.name");

    /// <summary>The rows in the order of their departments and travellers.</summary>
    /// <param name="db">The ledger.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="isClosed">Whether the month is closed and its statements are all written.</param>
    /// <param name="stop">Gives it up.</param>
    public static async Task<IReadOnlyList<SpendingRow>> ReadAsync(
        NpgsqlConnection db, SpendingQuery query, bool isClosed, CancellationToken stop)
    {
        if (!query.IsByTraveller || query.Count == int.MaxValue)
        {
            return await ReadAsync(db, query, isClosed, groups: null, stop);
        }

        // A page reads what its travellers bought, not what all of a large organisation did. Some have nothing to
        // report.
        var rows = new List<SpendingRow>();
        for (var isMore = true; isMore && rows.Count < query.Count;)
        {
            var groups = (await db.QueryAsync<(Guid Department, Guid Traveller)>(
                new CommandDefinition(GroupsSql, query, cancellationToken: stop))).ToList();
            isMore = groups.Count == query.Count;
            if (groups.Count > 0)
            {
                rows.AddRange(await ReadAsync(db, query, isClosed, groups, stop));
                query = query with { AfterDepartment = groups[^1].Department, AfterTraveller = groups[^1].Traveller };
            }
        }

        return [.. rows.Take(query.Count)];
    }

    /// <summary>
    /// The rows after the query's position, up to the last of some groups or, without any, to the end.
    /// </summary>
    private static async Task<IReadOnlyList<SpendingRow>> ReadAsync(
        NpgsqlConnection db, SpendingQuery query, bool isClosed, List<(Guid Department, Guid Traveller)>? groups,
        CancellationToken stop) =>
        (await db.QueryAsync<SpendingRow>(new CommandDefinition(
            SqlOf(isClosed),
            new
            {
                query.OperatorId,
                query.OrganisationId,
                query.Month,
                query.IsByTraveller,
                query.Departments,
                Travellers = groups?.Select(group => group.Traveller).Distinct().ToArray(),
                query.AfterDepartment,
                query.AfterTraveller,
                UntilDepartment = groups?[^1].Department ?? Guid.AllBitsSet,
                UntilTraveller = groups?[^1].Traveller ?? Guid.AllBitsSet,
                query.Count,
                Nobody = Guid.Empty,
            },
            cancellationToken: stop))).ToList();

    internal static string SqlOf(bool isClosed) => isClosed ? ClosedSql : OpenSql;

    private static string SqlOf(string spent, string limits, string department) => $"""
        with account as materialized (
          select a.id, a.billing_snapshot_id, a.removed_at,
            a.limit_minor + case when a.extra_month = @Month then a.extra_minor else 0 end as limit_minor
          from credit_account a
          where a.operator_id = @OperatorId and a.id in (
            select c.id
            from billing_snapshot p join credit_account c on c.billing_snapshot_id = p.id
            where p.organisation_id = @OrganisationId and (@Travellers::uuid[] is null or p.traveller_id = any(@Travellers))
            union all
            select f.account_id
            from former_holder f join traveller t on t.id = f.traveller_id
            where t.organisation_id = @OrganisationId and (@Travellers::uuid[] is null or t.id = any(@Travellers)))
        ), part as (
          {spent}
          union all
          {Charged}
          union all
          {limits}
          union all
          {Held}
        ), page as (
          select department_id, traveller_id, max(id) as billing_snapshot_id, sum(invoiced_minor)::bigint as spent_minor,
                 sum(late_minor)::bigint as late_minor, sum(held_minor)::bigint as held_minor,
                 sum(limit_minor)::bigint as limit_minor, sum(purchases)::bigint as purchases
          from part
          where (department_id, traveller_id) > (@AfterDepartment, @AfterTraveller)
            and (department_id, traveller_id) <= (@UntilDepartment, @UntilTraveller)
          group by department_id, traveller_id
          order by department_id, traveller_id
          limit @Count
        )
        select page.*, {department} as department, case when @IsByTraveller then p.traveller_name end as traveller
        from page
        join billing_snapshot p on p.id = page.billing_snapshot_id
        join department d on d.id = page.department_id
        order by page.department_id, page.traveller_id
        """;
}
