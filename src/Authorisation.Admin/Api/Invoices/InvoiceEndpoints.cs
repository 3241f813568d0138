using System.Text;
using Authorisation.Admin.Access;
using Authorisation.Admin.Api.Operator;
using Authorisation.Admin.Http;
using Authorisation.Admin.Invoices;
using Authorisation.Admin.Organisations;
using Authorisation.Core;
using Dapper;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Invoices;

/// <summary>Invoices: the list, and one of them as JSON, as a file for spreadsheets, or as an e-invoice.</summary>
internal static class InvoiceEndpoints
{
    private const string Csv = "csv";
    private const string Ubl = "ubl";
    private const string CsvType = "text/csv";
    private const string XmlType = "application/xml";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/invoices", ListAsync).WithName("list_invoices").WithTags("invoices")
            .Answers<Page<InvoiceView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        routes.MapGet("/v1/invoices/{id:guid}", GetAsync).WithName("get_invoice").WithTags("invoices")
            .Answers<InvoiceView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status500InternalServerError)
            .Produces<string>(StatusCodes.Status200OK, CsvType, XmlType);
    }

    private static async Task<Reply> ListAsync(
        Call call,
        [AsParameters] PageQuery page,
        [FromQuery] string? month,
        [FromQuery(Name = "organisation_id")] Guid? organisationId,
        [FromQuery(Name = "operator")] string? @operator)
    {
        var scope = await InvoiceScope.OfAsync(call, organisationId);
        var asked = MonthOf(month);
        var operatorId = @operator is null ? 0
            : (await OperatorTerms.FindAsync(call.Db, @operator))?.Id
            ?? throw Problems.Field("operator", FieldCode.NotFound, "must be the code of an operator");
        var rows = (await call.Db.QueryAsync<InvoiceRow>(
            $"""
            select {InvoiceRow.Columns}
            where ({scope.Sql})
              and (@first or i.id < @before) and (@asked = 0 or i.month = @asked)
              and (@operatorId = 0 or i.operator_id = @operatorId)
              and (@organisationId::uuid is null or i.organisation_id = @organisationId)
            order by i.id desc limit @count
            """,
            new
            {
                first = page.AfterId == Guid.Empty,
                before = page.AfterId,
                asked,
                operatorId,
                organisationId,
                scope.StaffOf,
                scope.Wide,
                scope.Narrow,
                scope.Departments,
                count = page.Size + 1,
            })).ToList();
        var ids = rows.Select(row => row.Id).ToArray();
        var taxes = await InvoiceReader.TaxesAsync(call.Db, ids);
        var corrects = (await call.Db.QueryAsync<(Guid Id, string Number)>(
            """
            select c.invoice_id, i.number
            from control.invoice_correction c join control.invoice i on i.id = c.corrected_id
            where c.invoice_id = any(@ids)
            order by c.invoice_id, i.published_on, i.number
            """,
            new { ids })).ToLookup(one => one.Id, one => one.Number);
        return Reply.Ok(Page<InvoiceView>.Of(
            rows, page.Size, row => InvoiceView.Of(row, taxes[row.Id], corrects[row.Id], lines: null), row => row.Id));
    }

    private static async Task<Reply> GetAsync(Call call, InvoiceReader reader, Guid id, [FromQuery] string? format)
    {
        var row = await SeeAsync(call, id);
        var form = AnswerFormat.Of(call.Http.Request, format, (Csv, CsvType), (Ubl, XmlType));
        var invoice = await reader.ReadAsync(call.Db, row, call.Stop);
        return form switch
        {
            Csv => Reply.Download(InvoiceCsv.Write([invoice], row.Locale), CsvType, $"{FileName(row)}.csv"),
            Ubl => EInvoice(invoice, row),
            _ => Reply.Ok(InvoiceView.Of(row, invoice.Taxes, invoice.Corrects.Select(one => one.Number), invoice.Lines)),
        };
    }

    private static Reply EInvoice(Invoice invoice, InvoiceRow row)
    {
        var missing = PeppolXml.Missing(invoice);
        return missing.Count == 0
            ? Reply.Download(PeppolXml.Write(invoice, row.Locale), XmlType, $"{FileName(row)}.xml")
            : throw Problems.Conflict("e_invoice_incomplete", string.Join(' ', missing));
    }

    private static async Task<InvoiceRow> SeeAsync(Call call, Guid id)
    {
        var row = await call.Db.QuerySingleOrDefaultAsync<InvoiceRow>($"select {InvoiceRow.Columns} where i.id = @id", new { id })
            ?? throw Problems.NotFound();
        var reach = call.Who.At(row.OperatorId, row.OrganisationId).RequireSight().Require(AdministratorRights.Reports);
        if (reach.IsStaff)
        {
            return row;
        }

        // The same condition as in the list.
        var scope = InvoiceScope.At(row.OrganisationId, reach);
        var isSeen = await call.Db.ExecuteScalarAsync<bool>(
            $"select exists (select {InvoiceRow.Columns} where i.id = @id and ({scope.Sql}))",
            new { id, scope.StaffOf, scope.Wide, scope.Narrow, scope.Departments });
        return isSeen ? row : throw Problems.NotFound();
    }

    /// <summary>A month as its number; 0 when none was asked for.</summary>
    internal static int MonthOf(string? month)
    {
        var asked = default(CreditMonth);
        return month is null || CreditMonth.TryParse(month, out asked)
            ? asked.Number
            : throw Problems.Field("month", FieldCode.Malformed, Words.NoMonth);
    }

    private static string FileName(InvoiceRow row) => new StringBuilder(row.Operator).Append('-').Append(row.Number).ToString();
}
