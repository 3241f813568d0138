using Authorisation.Billing.Amounts;

namespace Authorisation.Billing.Invoices;

/// <summary>An invoice that is about to be written.</summary>
/// <param name="Id">Its id, the later the greater.</param>
/// <param name="OrganisationId">The payer.</param>
/// <param name="BillingReference">What it is marked with.</param>
/// <param name="Taxes">What it comes to, by rate of VAT.</param>
/// <param name="Buyer">The payer, as printed on the invoice.</param>
/// <param name="ItemisesCards">A line for each purchase on a card, or one with the sum of each card.</param>
/// <param name="ProductTextsId">What products are called on it; null where nothing is set.</param>
internal sealed record NewInvoice(
    Guid Id,
    Guid OrganisationId,
    string BillingReference,
    IReadOnlyList<TaxSubtotal> Taxes,
    Party Buyer,
    bool ItemisesCards,
    long? ProductTextsId)
{
    /// <summary>The amount to pay, in minor units; negative for refunds.</summary>
    public long TotalMinor { get; } = Taxes.Sum(tax => tax.GrossMinor);

    /// <summary>By the total, unless it takes back an invoice.</summary>
    public InvoiceKind Kind { get => field == default ? KindOf(TotalMinor) : field; init; }

    /// <summary>The rate used for rows whose own rate the seller's country does not have.</summary>
    public int? VatBasisPointsInstead { get; init; }

    /// <summary>The invoice that it takes back whole.</summary>
    public Guid? Cancels { get; init; }

    /// <summary>The invoice that it stands instead of.</summary>
    public Guid? Replaces { get; init; }

    private static InvoiceKind KindOf(long totalMinor) => totalMinor < 0 ? InvoiceKind.CreditNote : InvoiceKind.Invoice;
}
