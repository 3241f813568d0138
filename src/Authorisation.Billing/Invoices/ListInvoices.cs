using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Billing.Amounts;
using Dapper;

namespace Authorisation.Billing.Invoices;

/// <summary>A part of the list of invoices, without their lines.</summary>
/// <param name="Headers">The invoices, and one more when there is another part.</param>
/// <param name="Taxes">What each comes to by rate of VAT, by its id.</param>
/// <param name="Corrects">The numbers of the earlier invoices that each takes something off, by its id.</param>
internal sealed record InvoiceList(
    IReadOnlyList<InvoiceHeader> Headers, ILookup<Guid, TaxSubtotal> Taxes, ILookup<Guid, string> Corrects);

/// <summary>Lists the invoices that a principal sees, by operator, the highest number first.</summary>
internal sealed class ListInvoices
{
    /// <exception cref="RefusedException">
    /// The organisation is not seen, the right is missing, or there is no such operator or place.
    /// </exception>
    public async Task<InvoiceList> RunAsync(UnitOfWork work, InvoiceFilter filter, ListPage page)
    {
        var scope = await InvoiceScope.OfAsync(work, filter.OrganisationId);
        var fields = new Fields();
        var operatorId = await filter.OperatorIdAsync(work, fields);
        var (afterOperator, afterNumber) = await PlaceAsync(work, page, fields);
        fields.ThrowIfAny();
        // A caller that sees all of an operator's gets a page by the index of the series. The few of an organisation are sorted:
        // in the order of that index Postgres would look for them among all.
        var first = scope.StaffOf.Length > 0 && filter.OrganisationId is null ? "i.operator_id" : "i.operator_id + 0";
        var headers = (await work.Db.QueryAsync<InvoiceHeader>(
            $"""
            select {InvoiceHeader.Columns}
            {InvoiceFilter.SqlOf(scope)}
              and (@isFirst or i.operator_id > @afterOperator or (i.operator_id = @afterOperator
                and (i.series_number < @afterNumber or (i.series_number = @afterNumber and i.id > @After))))
            order by {first}, i.series_number desc, i.id limit @Count
            """,
            new
            {
                isFirst = page.After == Guid.Empty,
                page.After,
                page.Count,
                afterOperator,
                afterNumber,
                month = filter.Month?.Number ?? 0,
                operatorId,
                filter.OrganisationId,
                scope.StaffOf,
                scope.Wide,
                scope.Narrow,
                scope.Departments,
            })).ToList();
        var ids = headers.Select(header => header.Id).ToArray();
        return new InvoiceList(headers, await InvoiceReader.TaxesAsync(work.Db, ids), await CorrectsAsync(work, ids));
    }

    /// <summary>The operator and number behind which the part begins.</summary>
    private static async Task<(int OperatorId, long Number)> PlaceAsync(UnitOfWork work, ListPage page, Fields fields)
    {
        if (page.After == Guid.Empty)
        {
            return default;
        }

        if (await work.Db.QuerySingleOrDefaultAsync<(int, long)?>(
            "select operator_id, series_number from billing.invoice where id = @After",
            new { page.After }) is { } place)
        {
            return place;
        }

        fields.Add("page_token", FieldCode.Malformed, "is not one that a page gave");
        return default;
    }

    private static async Task<ILookup<Guid, string>> CorrectsAsync(UnitOfWork work, Guid[] ids) =>
        (await work.Db.QueryAsync<(Guid Id, string Number)>(
            """
            select c.invoice_id, i.number
            from billing.invoice_correction c join billing.invoice i on i.id = c.corrected_id
            where c.invoice_id = any(@ids)
            order by c.invoice_id, i.published_on, i.series_number
            """,
            new { ids })).ToLookup(one => one.Id, one => one.Number);
}
