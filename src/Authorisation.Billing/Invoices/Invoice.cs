using Authorisation.Billing.Amounts;
using Authorisation.Core;

namespace Authorisation.Billing.Invoices;

/// <summary>What a document is. Stored; the numbers never change.</summary>
internal enum InvoiceKind
{
    Invoice = 1,

    /// <summary>Refunds what earlier invoices had; its total is negative.</summary>
    CreditNote = 2,
}

/// <summary>An earlier invoice that a credit note corrects.</summary>
internal sealed record InvoiceReference(string Number, DateOnly IssuedOn);

/// <summary>
/// What one organisation owes an operator for one month under one billing reference. Amounts are in minor units and
/// signed: refunds are negative, on a credit note too. Only the e-invoice reverses the signs.
/// </summary>
internal sealed record Invoice
{
    public required Guid Id { get; init; }

    public required string Number { get; init; }

    public required InvoiceKind Kind { get; init; }

    public required string OperatorCode { get; init; }

    public required Guid OrganisationId { get; init; }

    public required string Organisation { get; init; }

    /// <summary>What the buyer sorts its invoices by.</summary>
    public required string BillingReference { get; init; }

    /// <summary>The month that is invoiced.</summary>
    public required CreditMonth Month { get; init; }

    /// <summary>ISO 4217, of a currency with two decimals.</summary>
    public required string Currency { get; init; }

    /// <summary>The issue date.</summary>
    public required DateOnly PublishedOn { get; init; }

    public required DateOnly DueOn { get; init; }

    public required Party Seller { get; init; }

    public required PaymentDetails Payment { get; init; }

    public required Party Buyer { get; init; }

    /// <summary>
    /// The earlier documents that it corrects: of a credit note, unless the organisation has none; of an invoice, what
    /// it takes back.
    /// </summary>
    public IReadOnlyList<InvoiceReference> Corrects { get; init; } = [];

    /// <summary>One for each VAT category and rate.</summary>
    public required IReadOnlyList<TaxSubtotal> Taxes { get; init; }

    public required IReadOnlyList<InvoiceLine> Lines { get; init; }

    /// <summary>Without VAT: the sum of the lines' nets.</summary>
    public long NetMinor => Taxes.Sum(tax => tax.NetMinor);

    public long VatMinor => Taxes.Sum(tax => tax.VatMinor);

    /// <summary>What net and VAT leave of the total; at most one minor unit for each rate.</summary>
    public long RoundingMinor => Taxes.Sum(tax => tax.RoundingMinor);

    /// <summary>What is to be paid: the sum of what the ledger has, to the minor unit.</summary>
    public long TotalMinor => Taxes.Sum(tax => tax.GrossMinor);
}
