namespace Authorisation.Admin.Invoices;

/// <summary>An invoice that is about to be written.</summary>
/// <param name="Id">Its id, the later the greater.</param>
/// <param name="OrganisationId">Who pays.</param>
/// <param name="BillingReference">What it is marked with.</param>
/// <param name="Taxes">What it comes to, by rate of VAT.</param>
/// <param name="Buyer">Who pays, as it stands on the invoice.</param>
internal sealed record NewInvoice(
    Guid Id, Guid OrganisationId, string BillingReference, IReadOnlyList<TaxSubtotal> Taxes, Party Buyer)
{
    /// <summary>What is to be paid, in minor units; below 0 for what is given back.</summary>
    public long TotalMinor { get; } = Taxes.Sum(tax => tax.GrossMinor);

    public InvoiceKind Kind => TotalMinor < 0 ? InvoiceKind.CreditNote : InvoiceKind.Invoice;
}
