using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Billing.Invoices;
using Dapper;

namespace Authorisation.Billing.Documents;

/// <summary>How the invoices of a month are written into one file.</summary>
internal enum InvoiceFileForm
{
    /// <summary>All of them with their lines, for spreadsheets.</summary>
    Csv,

    /// <summary>Each as an e-invoice, in an archive.</summary>
    Zip,
}

/// <summary>
/// Writes the invoices of a month that a principal sees into one file, in the order of their numbers.
/// </summary>
internal sealed class ExportInvoices(InvoiceReader reader)
{
    /// <param name="work">The principal's.</param>
    /// <param name="filter">Which invoices; the month has to be given.</param>
    /// <param name="request">The form. It is asked for before anything is written.</param>
    /// <param name="to">The file.</param>
    /// <returns>What the file is called, without its ending.</returns>
    /// <exception cref="RefusedException">
    /// The organisation is not seen, the right is missing, or there is no such operator or no month.
    /// </exception>
    public async Task<string> RunAsync(
        UnitOfWork work, InvoiceFilter filter, Request<InvoiceFileForm> request, Stream to)
    {
        var scope = await InvoiceScope.OfAsync(work, filter.OrganisationId);
        var fields = new Fields();
        var operatorId = await filter.OperatorIdAsync(work, fields);
        if (filter.Month is null)
        {
            fields.Add("month", FieldCode.Required, "is required for a file: " + Words.NoMonth);
        }

        fields.ThrowIfAny();
        var form = request.Read();
        var headers = (await work.Db.QueryAsync<InvoiceHeader>(
            $"""
            select {InvoiceHeader.Columns} {InvoiceFilter.SqlOf(scope)}
            order by i.operator_id, i.series_number, i.id
            """,
            new
            {
                month = filter.Month!.Value.Number,
                operatorId,
                filter.OrganisationId,
                scope.StaffOf,
                scope.Wide,
                scope.Narrow,
                scope.Departments,
            })).ToList();
        await (form == InvoiceFileForm.Csv
            ? InvoiceArchive.WriteCsvAsync(work.Db, reader, headers, to, work.Stop)
            : InvoiceArchive.WriteZipAsync(work.Db, reader, headers, to, work.Stop));
        var operators = headers.Select(header => header.Operator).Distinct(StringComparer.Ordinal).ToList();
        return $"{(operators.Count == 1 ? operators[0] + "-" : "")}invoices-{filter.Month}";
    }
}
