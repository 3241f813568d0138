namespace Authorisation.Admin.MonthTurn;

/// <summary>
/// The rows of a closed month by account: the one reading of them that statements are written from and that a verification
/// repeats.
/// </summary>
internal static class ClosedRows
{
    private const string Sql = """
        row_of as materialized (
          select c.id as account_id, false as is_operation, false as is_late, e.id, control.digest(e) as digest, e.particulars_id,
                 e.vat_category, e.vat_basis_points,
                 (e.decision = 1)::integer as purchases,
                 case when e.decision = 1 then e.amount_minor else 0 end as spent_minor,
                 case when e.decision = 1 and e.hold then e.amount_minor else 0 end as held_minor,
                 case when e.decision = 1 and not e.hold then e.amount_minor else 0 end as invoiced_minor
          from chosen c
          join authorisation e on e.account_id = c.id and e.credit_month = @month and e.invoice_month = @month
          union all
          select c.id, false, true, e.id, control.digest(e), e.particulars_id, e.vat_category, e.vat_basis_points,
                 (e.decision = 1)::integer, 0, 0,
                 case when e.decision = 1 and not e.hold then e.amount_minor else 0 end
          from chosen c
          join authorisation e
            on e.account_id = c.id and e.invoice_month = @month and e.invoice_month > e.credit_month
          union all
          select c.id, true, false, o.id, control.digest(o), o.particulars_id, e.vat_category, e.vat_basis_points,
                 {purchases}, o.spent_minor, o.held_minor, o.invoiced_minor
          from chosen c
          join operation o on o.account_id = c.id and o.credit_month = @month and o.invoice_month = @month
          left join authorisation e on e.id = o.authorisation_id
          union all
          select c.id, true, true, o.id, control.digest(o), o.particulars_id, e.vat_category, e.vat_basis_points,
                 {purchases}, 0, 0, o.invoiced_minor
          from chosen c
          join operation o on o.account_id = c.id and o.invoice_month = @month and o.invoice_month > o.credit_month
          left join authorisation e on e.id = o.authorisation_id
        ), sealed as materialized (
          select account_id, count(*) as rows, sum(purchases) as purchases, sum(spent_minor) as spent_minor,
                 sum(held_minor) as held_minor,
                 string_agg(uuid_send(id) || digest, ''::bytea order by is_operation, id) as seals,
                 array_agg(id) filter (where vat_category is null) as orphans
          from row_of
          group by account_id
        )
        """;

    /// <summary>
    /// By how many an operation changes the number of purchases: what was undone or lapsed is none any more, what was
    /// declined or nobody's and took place all the same is one. Needs the operation as o.
    /// </summary>
    public const string Purchases =
        "case when o.kind = 4 or (o.kind = 2 and o.spent_minor < 0) then -1 when o.kind in (5, 6) and o.spent_minor > 0 then 1 else 0 end";

    /// <summary>
    /// A common table expression <c>row_of</c> for the accounts in <c>chosen(id)</c>: what each row adds to the count of
    /// purchases, to what the month had spent and held, and to the invoice; without a VAT category where it is an operation
    /// whose authorisation is gone. <c>sealed</c> is their sum by account. Needs @month. Rows of the month itself are
    /// found by account and credit month, those of older ones, which are few, by their own index.
    /// </summary>
    public static string Text { get; } = Sql.Replace("{purchases}", Purchases, StringComparison.Ordinal);
}
