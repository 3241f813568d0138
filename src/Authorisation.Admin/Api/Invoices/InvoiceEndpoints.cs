using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Billing.Corrections;
using Authorisation.Billing.Documents;
using Authorisation.Billing.Invoices;
using Authorisation.Core;
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

    /// <summary>
    /// json; csv: all of them with their lines in one file; zip: each as an e-invoice. As Accept says unless given.
    /// </summary>
    [FromQuery(Name = "format")]
    [AllowedValues(AnswerFormat.Json, AnswerFormat.Csv, InvoiceEndpoints.Zip)]
    public string? Format { get; init; }

    /// <summary>In the words of the operations.</summary>
    internal InvoiceFilter Filter => new(Month, OrganisationId, Operator);
}

/// <summary>
/// Invoices: the list, and one of them as JSON, as a file for spreadsheets, or as an e-invoice; and its correction.
/// </summary>
internal static class InvoiceEndpoints
{
    private const string Ubl = "ubl";
    internal const string Zip = "zip";
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
            .Produces<string>(StatusCodes.Status200OK, AnswerFormat.CsvType, ZipType);
        routes.MapGet("/v1/invoices/{id:guid}", GetAsync).WithName("get_invoice").WithTags("invoices")
            .Answers<InvoiceView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status500InternalServerError)
            .Produces<string>(StatusCodes.Status200OK, AnswerFormat.CsvType, XmlType);
        routes.MapPost("/v1/invoices/{id:guid}/corrections", CorrectAsync)
            .WithName("correct_invoice").WithTags("invoices")
            .Answers<CorrectionView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity,
                StatusCodes.Status500InternalServerError);
    }

    private static async Task<Reply> ListAsync(
        Call call,
        ListInvoices list,
        ExportInvoices export,
        [AsParameters] InvoicesAsked asked,
        [AsParameters] PageQuery page)
    {
        var format = AnswerFormat.Of(call.Http.Request, asked.Format, (AnswerFormat.Csv, AnswerFormat.CsvType), (Zip, ZipType));
        if (format != AnswerFormat.Json)
        {
            return await FileAsync(
                call, export, asked.Filter, format == AnswerFormat.Csv ? InvoiceFileForm.Csv : InvoiceFileForm.Zip);
        }

        var found = await list.RunAsync(call.Work, asked.Filter, page.OfIds);
        return Reply.Ok(Page<InvoiceView>.Of(
            found.Headers,
            page.Size,
            header => InvoiceView.Of(header, found.Taxes[header.Id], found.Corrects[header.Id], lines: null),
            header => header.Id));
    }

    /// <summary>All that was asked for as one file, in the order of the numbers.</summary>
    private static async Task<Reply> FileAsync(
        Call call, ExportInvoices export, InvoiceFilter filter, InvoiceFileForm form)
    {
        var file = new FileBufferingWriteStream(memoryThreshold: FileInMemoryBytesMax);
        try
        {
            var name = await export.RunAsync(call.Work, filter, call.RequestOf(form), file);
            return form == InvoiceFileForm.Csv
                ? Reply.Download(file, AnswerFormat.CsvType + "; charset=utf-8", name + ".csv")
                : Reply.Download(file, ZipType, name + ".zip");
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static async Task<Reply> GetAsync(
        Call call,
        GetInvoice get,
        GetEInvoice getEInvoice,
        Guid id,
        [FromQuery, AllowedValues(AnswerFormat.Json, AnswerFormat.Csv, Ubl)] string? format)
    {
        switch (AnswerFormat.Of(call.Http.Request, format, (AnswerFormat.Csv, AnswerFormat.CsvType), (Ubl, XmlType)))
        {
            case AnswerFormat.Csv:
                var (header, invoice) = await get.DocumentAsync(call.Work, id);
                return Reply.Download(
                    InvoiceCsv.Write([invoice], header.Locale), AnswerFormat.CsvType, $"{InvoiceArchive.FileName(header)}.csv");
            case Ubl:
                var document = await getEInvoice.RunAsync(call.Work, id);
                return Reply.Download(document.Xml, XmlType, $"{InvoiceArchive.FileName(document.Header)}.xml");
            default:
                return Reply.Ok(InvoiceView.Of(await get.RunAsync(call.Work, id)));
        }
    }

    private static async Task<Reply> CorrectAsync(Call call, CorrectInvoice correct, Guid id, Body<CorrectionBody> body)
    {
        var made = await correct.RunAsync(call.Work, id, call.Request(body, sent => sent.Reason));
        return Reply.Created("/v1/invoices/" + made.Replacement.Header.Id, CorrectionView.Of(made));
    }
}
