using System.ComponentModel.DataAnnotations;
using Authorisation.Billing.Corrections;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Invoices;

/// <summary>Why an invoice is corrected.</summary>
/// <param name="Reason">Required, at most 500 characters; for the audit trail.</param>
internal sealed record CorrectionBody([Required, MaxLength(Limits.CorrectionReasonCharactersMax)] string? Reason);

/// <summary>What a correction made.</summary>
/// <param name="Cancellation">
/// Takes the invoice back whole: a credit note, or an invoice where a credit note was corrected.
/// </param>
/// <param name="Replacement">
/// Stands instead of it: the same rows, with the seller, the payment and the buyer as they are now.
/// </param>
internal sealed record CorrectionView(InvoiceView Cancellation, InvoiceView Replacement)
{
    public static CorrectionView Of(Correction made) =>
        new(InvoiceView.Of(made.Cancellation, hasLines: false), InvoiceView.Of(made.Replacement, hasLines: false));
}
