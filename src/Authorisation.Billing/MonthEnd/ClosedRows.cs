namespace Authorisation.Billing.MonthEnd;

/// <summary>
/// The rows of a closed month: the one reading of them that statements and seals are written from and that a
/// verification repeats. On an account they are what <c>billing.month_rows</c> says, as for invoices and reports.
/// </summary>
internal static class ClosedRows
{
    /// <summary>
    /// A common table expression <c>row_of</c> for the accounts in <c>chosen(id)</c>, which are the operator's: their rows of
    /// the month, each with its digest. <c>sealed</c> is their sum by account, with the operations whose authorisation is
    /// gone. Needs @operatorId and @month.
    /// </summary>
    public const string OfAccounts = """
        row_of as materialized (
          select c.id as account_id, r.*
          from chosen c
          cross join lateral (select * from billing.month_rows(@operatorId, c.id, @month) offset 0) r
        ), sealed as materialized (
          select account_id, count(*) as rows, sum(purchases) as purchases, sum(invoiced_minor) as invoiced_minor,
                 sum(late_minor) as late_minor, sum(held_minor) as held_minor,
                 string_agg(uuid_send(id) || digest, ''::bytea order by is_operation, id) as seals,
                 array_agg(id) filter (where vat_category is null) as orphans
          from row_of
          group by account_id
        )
        """;

    /// <summary>
    /// Which authorisations and operations are on none of their operator's accounts: tombstones, and what was asked of unknown
    /// cards and apps, another operator's among them. Their <c>account_id</c>, if there is one, is what the caller typed.
    /// </summary>
    public const string OnNoAccount = "(account_id is null or billing_snapshot_id is null)";
}
