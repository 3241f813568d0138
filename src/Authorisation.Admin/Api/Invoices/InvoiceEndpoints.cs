using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Api.Operator;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Billing.Documents;
using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Dapper;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Authorisation.Admin.Api.Invoices;

/// <summary>Which invoices are asked for.</summary>
internal sealed record InvoicesAsked
{
    /// <summary>YYYY-MM; of all months unless given. A file is of one month.</summary>
    [FromQuery(Name = "month")]
    public CreditMonth? Month { get; init; }

    [FromQuery(Name = "organisation_id")]
    public Guid? OrganisationId { get; init; }

    /// <summary>The code of an operator; of all that the caller sees unless given.</summary>
    [FromQuery(Name = "operator")]
    public string? Operator { get; init; }

    /// <summary>json; csv: all of them with their lines in one file; zip: each as an e-invoice. As Accept says unless given.</summary>
    [FromQuery(Name = "format")]
    [AllowedValues(AnswerFormat.Json, InvoiceEndpoints.Csv, InvoiceEndpoints.Zip)]
    public string? Format { get; init; }
}

/// <summary>Invoices: the list, and one of them as JSON, as a file for spreadsheets, or as an e-invoice.</summary>
internal static class InvoiceEndpoints
{
    internal const string Csv = "csv";
    private const string Ubl = "ubl";
    internal const string Zip = "zip";
    private const string CsvType = "text/csv";
    private const string ZipType = "application/zip";
    private const string XmlType = "application/xml";

    /// <summary>How much of a month's file is kept in memory; the rest goes to a temporary file.</summary>
    private const int FileInMemoryBytesMax = 4 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/invoices", ListAsync).WithName("list_invoices").WithTags("invoices")
            .Answers<Page<InvoiceView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status500InternalServerError)
            .Produces<string>(StatusCodes.Status200OK, CsvType, ZipType);
        routes.MapGet("/v1/invoices/{id:guid}", GetAsync).WithName("get_invoice").WithTags("invoices")
            .Answers<InvoiceView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status500InternalServerError)
            .Produces<string>(StatusCodes.Status200OK, CsvType, XmlType);
    }

    private static async Task<Reply> ListAsync(Call call, InvoiceReader reader, [AsParameters] InvoicesAsked asked, [AsParameters] PageQuery page)
    {
        var scope = await InvoiceScope.OfAsync(call, asked.OrganisationId);
        var form = AnswerFormat.Of(call.Http.Request, asked.Format, (Csv, CsvType), (Zip, ZipType));
        var operatorId = await OperatorAsync(call, asked.Operator);
        var (afterOperator, afterNumber) = await PlaceAsync(call, page);
        var query = new
        {
            isFirst = page.AfterId == Guid.Empty,
            after = page.AfterId,
            afterOperator,
            afterNumber,
            month = asked.Month?.Number ?? 0,
            operatorId,
            organisationId = asked.OrganisationId,
            scope.StaffOf,
            scope.Wide,
            scope.Narrow,
            scope.Departments,
            count = page.Size + 1,
        };
        var condition = $"""
            where ({scope.Sql})
              and (@month = 0 or i.month = @month) and (@operatorId = 0 or i.operator_id = @operatorId)
              and (@organisationId::uuid is null or i.organisation_id = @organisationId)
            """;
        if (form != AnswerFormat.Json)
        {
            call.RequireParameters();
            var month = asked.Month
                ?? throw Problems.Field("month", FieldCode.Required, "is required for a file: " + Words.NoMonth);
            var all = await call.Db.QueryAsync<InvoiceHeader>(
                $"select {InvoiceHeader.Columns} {condition} order by i.operator_id, i.series_number, i.id", query);
            return await FileAsync(call, reader, all.ToList(), form, month);
        }

        var rows = (await call.Db.QueryAsync<InvoiceHeader>(
            $"""
            select {InvoiceHeader.Columns}
            {condition}
              and (@isFirst or i.operator_id > @afterOperator or (i.operator_id = @afterOperator
                and (i.series_number < @afterNumber or (i.series_number = @afterNumber and i.id > @after))))
            order by i.operator_id, i.series_number desc, i.id limit @count
            """,
            query)).ToList();
        return Reply.Ok(await PageAsync(call, rows, page.Size));
    }

    /// <summary>The operator and number behind which a page begins.</summary>
    private static async Task<(int OperatorId, long Number)> PlaceAsync(Call call, PageQuery page) =>
        page.AfterId is var after && after == Guid.Empty
            ? default
            : await call.Db.QuerySingleOrDefaultAsync<(int, long)?>(
                "select operator_id, series_number from control.invoice where id = @after", new { after })
                ?? page.Wrong<(int, long)>();

    /// <summary>The operator that is asked for; 0 for all.</summary>
    private static async Task<int> OperatorAsync(Call call, string? code)
    {
        if (code is null)
        {
            return 0;
        }

        if (await OperatorTerms.FindAsync(call.Db, code) is { } terms)
        {
            return terms.Id;
        }

        call.RefuseParameter("operator", FieldCode.NotFound, "must be the code of an operator");
        return 0;
    }

    private static async Task<Page<InvoiceView>> PageAsync(Call call, List<InvoiceHeader> rows, int size)
    {
        var ids = rows.Select(row => row.Id).ToArray();
        var taxes = await InvoiceReader.TaxesAsync(call.Db, ids);
        var corrects = (await call.Db.QueryAsync<(Guid Id, string Number)>(
            """
            select c.invoice_id, i.number
            from control.invoice_correction c join control.invoice i on i.id = c.corrected_id
            where c.invoice_id = any(@ids)
            order by c.invoice_id, i.published_on, i.series_number
            """,
            new { ids })).ToLookup(one => one.Id, one => one.Number);
        return Page<InvoiceView>.Of(
            rows, size, row => InvoiceView.Of(row, taxes[row.Id], corrects[row.Id], lines: null), row => row.Id);
    }

    /// <summary>All that was asked for as one file, in the order of the numbers.</summary>
    private static async Task<Reply> FileAsync(
        Call call, InvoiceReader reader, List<InvoiceHeader> rows, string form, CreditMonth month)
    {
        var file = new FileBufferingWriteStream(memoryThreshold: FileInMemoryBytesMax);
        try
        {
            await (form == Csv
                ? InvoiceArchive.WriteCsvAsync(call.Db, reader, rows, file, call.Stop)
                : InvoiceArchive.WriteZipAsync(call.Db, reader, rows, file, call.Stop));
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }

        var operators = rows.Select(row => row.Operator).Distinct(StringComparer.Ordinal).ToList();
        var name = $"{(operators.Count == 1 ? operators[0] + "-" : "")}invoices-{month}";
        return form == Csv
            ? Reply.Download(file, CsvType + "; charset=utf-8", name + ".csv")
            : Reply.Download(file, ZipType, name + ".zip");
    }

    private static async Task<Reply> GetAsync(Call call, InvoiceReader reader, Guid id, [FromQuery, AllowedValues(AnswerFormat.Json, Csv, Ubl)] string? format)
    {
        var (row, _) = await SeeAsync(call, id);
        var form = AnswerFormat.Of(call.Http.Request, format, (Csv, CsvType), (Ubl, XmlType));
        var invoice = await reader.ReadAsync(call.Db, row, call.Stop);
        return form switch
        {
            Csv => Reply.Download(InvoiceCsv.Write([invoice], row.Locale), CsvType, $"{InvoiceArchive.FileName(row)}.csv"),
            Ubl => EInvoice(invoice, row),
            _ => Reply.Ok(InvoiceView.Of(row, invoice.Taxes, invoice.Corrects.Select(one => one.Number), invoice.Lines)),
        };
    }

    private static Reply EInvoice(Invoice invoice, InvoiceHeader row)
    {
        var missing = PeppolXml.Missing(invoice);
        return missing.Count == 0
            ? Reply.Download(PeppolXml.Write(invoice, row.Locale), XmlType, $"{InvoiceArchive.FileName(row)}.xml")
            : throw new RefusedException(ProblemCode.EInvoiceIncomplete, string.Join(' ', missing));
    }

    /// <summary>The invoice, for a caller who may see it, and what the caller may reach there.</summary>
    /// <exception cref="RefusedException">404, and 403 without the right to reports.</exception>
    internal static async Task<(InvoiceHeader Row, AccessScope Scope)> SeeAsync(Call call, Guid id)
    {
        var row = await call.Db.QuerySingleOrDefaultAsync<InvoiceHeader>($"select {InvoiceHeader.Columns} where i.id = @id", new { id })
            ?? throw Problems.NotFound();
        var scope = call.Principal.At(row.OperatorId, row.OrganisationId).RequireSight().Require(AdministratorRights.Reports);
        if (scope.IsStaff)
        {
            return (row, scope);
        }

        // The same condition as in the list.
        var visible = InvoiceScope.At(row.OrganisationId, scope);
        var isSeen = await call.Db.ExecuteScalarAsync<bool>(
            $"select exists (select {InvoiceHeader.Columns} where i.id = @id and ({visible.Sql}))",
            new { id, visible.StaffOf, visible.Wide, visible.Narrow, visible.Departments });
        return isSeen ? (row, scope) : throw Problems.NotFound();
    }
}
