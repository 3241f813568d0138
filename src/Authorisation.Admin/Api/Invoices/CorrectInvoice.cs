using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Billing.Corrections;
using Authorisation.Billing.Documents;
using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Admin.Api.Invoices;

/// <summary>Why an invoice is corrected.</summary>
/// <param name="Reason">Required, at most 500 characters; for the audit trail.</param>
internal sealed record CorrectionBody(string? Reason);

/// <summary>What a correction made.</summary>
/// <param name="Cancellation">Takes the invoice back whole: a credit note, or an invoice where a credit note was corrected.</param>
/// <param name="Replacement">Stands instead of it: the same rows, with the seller, the payment and the buyer as they are now.</param>
internal sealed record CorrectionView(InvoiceView Cancellation, InvoiceView Replacement);

/// <summary>Correcting an invoice that was made with what was wrong: by operator staff, with a credit note and a new invoice.</summary>
internal static partial class CorrectInvoice
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/invoices/{id:guid}/corrections", CorrectAsync).WithName("correct_invoice").WithTags("invoices")
            .Answers<CorrectionView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity,
                StatusCodes.Status500InternalServerError);

    private static async Task<Reply> CorrectAsync(
        Call call, InvoiceReader reader, ILogger<InvoiceReader> logger, Guid id, Body<CorrectionBody> body)
    {
        var (seen, scope) = await InvoiceEndpoints.SeeAsync(call, id);
        scope.RequireStaff();
        var fields = new Fields();
        var reason = fields.Required("reason", body.Value.Reason, Limits.CorrectionReasonCharactersMax);
        fields.ThrowIfAny();
        // Whoever else corrects or makes invoices of the operator waits here, and then sees what was made.
        var invoicing = await Invoicing.FindAsync(call.Db, seen.OperatorId, forChange: true)
            ?? throw new InvalidOperationException($"It is not set any more how {seen.Operator} invoices.");
        var row = await FindAsync(call, id);
        RequireInForce(row);
        var terms = await OperatorTerms.GetAsync(call.Db, row.OperatorId);
        var (cancellationId, replacementId) = await InvoiceReplacement.WriteAsync(call.Db, terms, invoicing, row);
        var cancellation = await ReadAsync(call, reader, cancellationId);
        var replacement = await ReadAsync(call, reader, replacementId);
        RequireComplete(replacement.Invoice);
        var view = new CorrectionView(cancellation.View, replacement.View);
        await call.Work.AuditAsync(
            "invoice.corrected", "invoice:" + row.Id, row.OperatorId, row.OrganisationId,
            before: new { row.Number },
            after: new { reason, cancellation = view.Cancellation.Number, replacement = view.Replacement.Number });
        LogCorrected(logger, row.Number, row.Operator, view.Cancellation.Number, view.Replacement.Number);
        return Reply.Created("/v1/invoices/" + replacementId, view);
    }

    private static void RequireInForce(InvoiceHeader row)
    {
        if (row.CancelsNumber is { } cancelled)
        {
            throw new RefusedException(ProblemCode.InvoiceIsCancellation, $"It takes back {cancelled} whole, and is never corrected itself; correct what stands instead of {cancelled}.");
        }

        if (row.CancelledByNumber is { } note)
        {
            throw new RefusedException(ProblemCode.InvoiceCorrectedAlready, $"It was taken back by {note}; {row.ReplacedByNumber} stands instead of it: correct that one.");
        }
    }

    /// <summary>409 as long as the correction would not put it right: then nothing is made, and no number is used.</summary>
    private static void RequireComplete(Invoice replacement)
    {
        if (PeppolXml.Missing(replacement) is { Count: > 0 } missing)
        {
            throw new RefusedException(ProblemCode.EInvoiceIncomplete,
                $"Nothing was made, as the new invoice would not be right either. Put this right first, at the operator or the customer: {string.Join(' ', missing)}");
        }
    }

    private static async Task<(Invoice Invoice, InvoiceView View)> ReadAsync(Call call, InvoiceReader reader, Guid id)
    {
        var row = await FindAsync(call, id);
        var invoice = await reader.ReadAsync(call.Db, row, call.Stop);
        return (invoice, InvoiceView.Of(row, invoice.Taxes, invoice.Corrects.Select(one => one.Number), lines: null));
    }

    private static Task<InvoiceHeader> FindAsync(Call call, Guid id) =>
        call.Db.QuerySingleAsync<InvoiceHeader>($"select {InvoiceHeader.Columns} where i.id = @id", new { id });

    [LoggerMessage(5600, LogLevel.Information, "Invoice {Number} of {Operator} was taken back by {Cancellation}; {Replacement} stands instead of it")]
    private static partial void LogCorrected(
        ILogger logger, string number, string @operator, string cancellation, string replacement);
}
