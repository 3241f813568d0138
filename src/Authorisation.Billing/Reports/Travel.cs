using Dapper;
using Npgsql;

namespace Authorisation.Billing.Reports;

/// <summary>Of which month and what part of an organisation travel is reported, and from where on.</summary>
internal sealed record TravelQuery
{
    public required int OperatorId { get; init; }

    public required Guid OrganisationId { get; init; }

    /// <summary>The month as <c>yyyymm</c>.</summary>
    public required int Month { get; init; }

    /// <summary>The language of the products' names.</summary>
    public required string Language { get; init; }

    /// <summary>The departments that are reported; null for all.</summary>
    public Guid[]? Departments { get; init; }

    /// <summary>The department of the last row that was reported; the nil UUID at the beginning.</summary>
    public Guid AfterDepartment { get; init; }

    /// <summary>The product of that row.</summary>
    public string AfterProduct { get; init; } = "";

    /// <summary>How many rows at most.</summary>
    public int Count { get; init; } = int.MaxValue;
}

/// <summary>
/// Counts what is on the month's invoices, by payer and product. What was taken back counts as nothing where it stands on
/// the invoice of what it takes back; on a later one its amount is there and no count, as what was used stays used.
/// </summary>
internal static class Travel
{
    private const string IsReported =
        "p.organisation_id = @OrganisationId and (@Departments::uuid[] is null or p.department_id = any(@Departments))";

    // Each is looked up by itself, as of an organisation there are few: Postgres may read all accounts instead.
    private const string Sql = $"""
        with account as materialized (
          select a.id
          from (
            select c.id
            from billing_snapshot p
            cross join lateral (select c.id from credit_account c where c.billing_snapshot_id = p.id offset 0) c
            where p.organisation_id = @OrganisationId
            union
            select f.account_id
            from traveller t
            cross join lateral (select f.account_id from former_holder f where f.traveller_id = t.id offset 0) f
            where t.organisation_id = @OrganisationId) o
          cross join lateral (
            select a.id from credit_account a where a.id = o.id and a.operator_id = @OperatorId offset 0) a
        ), part as (
          select p.department_id, p.id, coalesce(r.product, '') as product, r.purchases, 0::bigint as tickets,
                 0::bigint as subscription_months, r.amount_minor
          from (
            select r.billing_snapshot_id, r.product, sum(r.purchases)::bigint as purchases,
                   sum(r.invoiced_minor)::bigint as amount_minor
            from account a
            cross join lateral (
              select r.billing_snapshot_id, r.product, r.purchases, r.invoiced_minor
              from billing.month_rows(@OperatorId, a.id, @Month) r
              where r.invoiced_minor <> 0 or r.purchases <> 0
              offset 0) r
            group by r.billing_snapshot_id, r.product) r
          join billing_snapshot p on p.id = r.billing_snapshot_id
          where {IsReported}
          union all
          select p.department_id, p.id, coalesce(c.product, ''), 0,
                 case when c.source_kind like 'subscription%' then 0 else c.counted end,
                 case when c.source_kind like 'subscription%' then c.counted else 0 end, c.amount_minor
          from billing_snapshot p
          cross join lateral (
            select c.product, c.source_kind, c.amount_minor,
                   case
                     when c.reverses is null then 1
                     when (select r.invoice_month from billing.charge r where r.id = c.reverses) = c.invoice_month then -1
                     else 0
                   end as counted
            from billing.charge c
            where c.operator_id = @OperatorId and c.invoice_month = @Month and c.billing_snapshot_id = p.id
            offset 0) c
          where {IsReported}
        ), page as (
          select department_id, product, max(id) as billing_snapshot_id, sum(purchases)::bigint as purchases,
                 sum(tickets)::bigint as tickets, sum(subscription_months)::bigint as subscription_months,
                 sum(amount_minor)::bigint as amount_minor
          from part
          where (department_id, product collate "C") > (@AfterDepartment, @AfterProduct) or @isFirst
          group by department_id, product
          having sum(purchases) <> 0 or sum(tickets) <> 0 or sum(subscription_months) <> 0 or sum(amount_minor) <> 0
          order by department_id, product collate "C"
          limit @Count
        )
        select page.*, p.department_name as department,
               case @Language when 'nb' then d.name_nb when 'en' then d.name_en else d.name_sv end as name
        from page
        join billing_snapshot p on p.id = page.billing_snapshot_id
        left join product d on d.operator_id = @OperatorId and d.code = page.product
        order by page.department_id, page.product collate "C"
        """;

    /// <summary>The rows in the order of their departments and products.</summary>
    public static async Task<IReadOnlyList<TravelRow>> ReadAsync(NpgsqlConnection db, TravelQuery query, CancellationToken stop) =>
    [
        .. await db.QueryAsync<TravelRow>(new CommandDefinition(
            Sql,
            new
            {
                query.OperatorId,
                query.OrganisationId,
                query.Month,
                query.Language,
                query.Departments,
                query.AfterDepartment,
                query.AfterProduct,
                query.Count,
                isFirst = query.AfterDepartment == Guid.Empty,
            },
            cancellationToken: stop)),
    ];
}
