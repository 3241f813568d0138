namespace Authorisation.Billing.MonthEnd;

/// <summary>
/// The rows of a closed month: the one reading of them that statements and seals are written from and that a
/// verification repeats. They are what <c>billing.month_rows</c> says, as for invoices and reports.
/// </summary>
internal static class ClosedRows
{
    /// <summary>
    /// A common table expression <c>row_of</c> for the accounts in <c>chosen(id)</c>, which are the operator's: their
    /// rows of the month, each with its digest. <c>sealed</c> is their sum by account, with the operations whose
    /// authorisation is gone. Needs @operatorId and @month.
    /// </summary>
    public const string OfAccounts = """
        row_of as materialized (
          select c.id as account_id, r.*
          from chosen c
          cross join lateral (select * from billing.month_rows(@operatorId, c.id, @month) offset 0) r
        ), sealed as materialized (
          select account_id, count(*) as rows, sum(purchases) as purchases, sum(invoiced_minor) as invoiced_minor,
                 sum(late_minor) as late_minor, sum(held_minor) as held_minor,
                 string_agg(uuid_send(id) || digest, ''::bytea order by source, id) as seals,
                 array_agg(id) filter (where vat_category is null) as orphans
          from row_of
          group by account_id
        )
        """;

    /// <summary>
    /// A query for the rows of a table that are on none of their operator's accounts, with their digests: tombstones,
    /// what was asked of unknown cards and apps, another operator's among them, and charges. Needs @operatorId, @month
    /// and @afterId, and is quick when it is read by pages in the order of the ids.
    /// </summary>
    public static string OnNoAccount(RowSource source) => $"""
        select r.id, r.digest
        from billing.month_rows(@operatorId, @month) r
        where r.source = {source:D} and r.id > @afterId
        """;
}
