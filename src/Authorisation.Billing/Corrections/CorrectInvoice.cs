using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Billing.Documents;
using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Microsoft.Extensions.Logging;

namespace Authorisation.Billing.Corrections;

/// <summary>What a correction made.</summary>
/// <param name="Cancellation">
/// Takes the invoice back whole: a credit note, or an invoice where a credit note was corrected.
/// </param>
/// <param name="Replacement">
/// Stands instead of it: the same rows, with the seller, the payment and the buyer as they are now.
/// </param>
internal sealed record Correction(InvoiceDetails Cancellation, InvoiceDetails Replacement);

/// <summary>
/// Corrects an invoice that was made with what was wrong: operator staff make a credit note and a new invoice.
/// </summary>
internal sealed partial class CorrectInvoice(InvoiceReader reader, ILogger<CorrectInvoice> logger)
{
    /// <param name="work">The principal's.</param>
    /// <param name="id">The invoice.</param>
    /// <param name="request">Why, for the audit trail: required, at most 500 characters.</param>
    /// <exception cref="RefusedException">
    /// It cannot be seen, the principal is no staff, no reason is given, the invoice is not in force, or its
    /// replacement would be no e-invoice either: then nothing is made, and no number is used.
    /// </exception>
    public async Task<Correction> RunAsync(UnitOfWork work, Guid id, Request<string?> request)
    {
        var (seen, scope) = await InvoiceHeader.GetVisibleAsync(work, id);
        scope.RequireStaff();
        var fields = new Fields();
        var reason = fields.Required("reason", request.Read(), Limits.CorrectionReasonCharactersMax);
        fields.ThrowIfAny();
        // Other sessions that correct or make invoices of the operator wait here, and then see what was made.
        var invoicing = await Invoicing.FindAsync(work.Db, seen.OperatorId, forChange: true)
            ?? throw new InvalidOperationException($"It is not set any more how {seen.Operator} invoices.");
        var header = await InvoiceHeader.GetAsync(work.Db, id);
        RequireInForce(header);
        var terms = await OperatorTerms.GetAsync(work.Db, header.OperatorId);
        var (cancellationId, replacementId) = await InvoiceReplacement.WriteAsync(
            work.Db, terms, await invoicing.WithCatalogueAsync(work.Db, terms), header);
        var made = new Correction(await ReadAsync(work, cancellationId), await ReadAsync(work, replacementId));
        RequireComplete(made.Replacement.Invoice);
        var (cancellation, replacement) = (made.Cancellation.Header.Number, made.Replacement.Header.Number);
        await work.AuditAsync(
            "invoice.corrected", "invoice:" + header.Id, header.OperatorId, header.OrganisationId,
            before: new { header.Number },
            after: new { reason, cancellation, replacement });
        LogCorrected(header.Number, header.Operator, cancellation, replacement);
        return made;
    }

    private static void RequireInForce(InvoiceHeader header)
    {
        if (header.CancelsNumber is { } cancelled)
        {
            throw new RefusedException(
                ProblemCode.InvoiceIsCancellation,
                $"It takes back {cancelled} whole, and is never corrected itself; correct what stands instead of "
                + $"{cancelled}.");
        }

        if (header.CancelledByNumber is { } note)
        {
            throw new RefusedException(
                ProblemCode.InvoiceCorrectedAlready,
                $"It was taken back by {note}; {header.ReplacedByNumber} stands instead of it: correct that one.");
        }
    }

    private static void RequireComplete(Invoice replacement)
    {
        if (PeppolXml.Missing(replacement) is { Count: > 0 } missing)
        {
            throw new RefusedException(
                ProblemCode.EInvoiceIncomplete,
                "Nothing was made, as the new invoice would not be right either. Put this right first, at the operator "
                + $"or the customer: {string.Join(' ', missing)}");
        }
    }

    private async Task<InvoiceDetails> ReadAsync(UnitOfWork work, Guid id)
    {
        var header = await InvoiceHeader.GetAsync(work.Db, id);
        return new InvoiceDetails(header, await reader.ReadAsync(
            work.Db, header, work.Principal.At(header.OperatorId, header.OrganisationId), work.Stop));
    }

    [LoggerMessage(
        5600, LogLevel.Information,
        "Invoice {Number} of {Operator} was taken back by {Cancellation}; {Replacement} stands instead of it")]
    private partial void LogCorrected(string number, string @operator, string cancellation, string replacement);
}
