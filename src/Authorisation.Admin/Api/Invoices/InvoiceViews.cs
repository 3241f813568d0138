using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Work;
using Authorisation.Billing.Amounts;
using Authorisation.Billing.Invoices;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Invoices;

/// <summary>What an invoice comes to at one rate of VAT.</summary>
/// <param name="VatCategory"><c>S</c>, <c>Z</c> or <c>O</c>.</param>
/// <param name="VatBasisPoints">The rate, in hundredths of a percent.</param>
/// <param name="GrossMinor">With VAT, in minor units.</param>
/// <param name="NetMinor">Without VAT, in minor units.</param>
/// <param name="VatMinor">VAT, in minor units.</param>
internal sealed record TaxView(
    [AllowedValues("S", "Z", "O")] string VatCategory, int VatBasisPoints, long GrossMinor, long NetMinor, long VatMinor)
{
    public static TaxView Of(TaxSubtotal tax) =>
        new(VatLetters.Of(tax.Category), tax.BasisPoints, tax.GrossMinor, tax.NetMinor, tax.VatMinor);
}

/// <summary>A line of an invoice.</summary>
/// <param name="Department">The department, by the name of that time.</param>
/// <param name="CostCentre">Its cost centre.</param>
/// <param name="Traveller">The traveller, by the name of that time.</param>
/// <param name="Instrument">
/// <c>app</c>, or <c>card ····1234</c>: never more of a card's number than its last four digits.
/// </param>
/// <param name="Name">
/// What was bought, in the operator's words: the product; where there is none, the description.
/// </param>
/// <param name="Description">
/// What happened, in the operator's language: a purchase, a refund, the sum of a card.
/// </param>
/// <param name="Purpose">Why the trip was made.</param>
/// <param name="Product">The code of the product.</param>
/// <param name="Date">The operator's day on which it happened; absent on a line that sums.</param>
/// <param name="OccurredAt">
/// When it happened by the device's clock; absent on a line that sums, and where the time of day is not the caller's to see.
/// </param>
/// <param name="RecordedAt">When it was decided; absent likewise.</param>
/// <param name="Count">How many purchases and refunds the line sums.</param>
/// <param name="NetMinor">The line's part of its rate's net, in minor units.</param>
/// <param name="VatBasisPoints">The rate of VAT, in hundredths of a percent.</param>
/// <param name="VatCategory"><c>S</c>, <c>Z</c> or <c>O</c>.</param>
/// <param name="GrossMinor">With VAT, in minor units; negative for refunds.</param>
internal sealed record InvoiceLineView(
    string Department,
    string? CostCentre,
    string? Traveller,
    string? Instrument,
    string Name,
    string Description,
    string? Purpose,
    string? Product,
    DateOnly? Date,
    DateTimeOffset? OccurredAt,
    DateTimeOffset? RecordedAt,
    int Count,
    long NetMinor,
    int VatBasisPoints,
    [AllowedValues("S", "Z", "O")] string VatCategory,
    long GrossMinor)
{
    public static InvoiceLineView Of(InvoiceLine line, Locale locale) => new(
        line.Department,
        line.CostCentre,
        line.Traveller,
        line.Instrument,
        line.Name,
        line.Description,
        line.Purpose,
        line.Product,
        line.MadeAt is { } madeAt ? locale.DayOf(madeAt) : null,
        line.ShowsTime ? line.OccurredAt : null,
        line.ShowsTime ? line.RecordedAt : null,
        line.Count,
        line.NetMinor,
        line.VatBasisPoints,
        VatLetters.Of(line.VatCategory),
        line.GrossMinor);
}

/// <summary>An invoice as the API shows it; the amounts of a credit note are below 0.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Number">Its number in the operator's series.</param>
/// <param name="Kind"><c>invoice</c> or <c>credit_note</c>.</param>
/// <param name="Operator">The code of the operator that sells.</param>
/// <param name="Organisation">The payer, by the name of that time.</param>
/// <param name="OrganisationId">The payer.</param>
/// <param name="BillingReference">What it is marked with.</param>
/// <param name="Month">The month that is invoiced.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="NetMinor">Without VAT.</param>
/// <param name="VatMinor">VAT.</param>
/// <param name="RoundingMinor">What net and VAT leave of the total.</param>
/// <param name="TotalMinor">What is to be paid: exactly what was approved.</param>
/// <param name="PublishedOn">The operator's day from which administrators see it.</param>
/// <param name="DueOn">When it is to be paid.</param>
/// <param name="Taxes">What it comes to by rate of VAT.</param>
/// <param name="Corrects">The numbers of the earlier invoices that a credit note takes something off.</param>
/// <param name="Cancels">The number of the invoice that it takes back whole.</param>
/// <param name="CancelledBy">
/// The number of what takes it back whole; while there is none, the invoice is in force.
/// </param>
/// <param name="Replaces">The number of the invoice that it stands instead of.</param>
/// <param name="ReplacedBy">The number of what stands instead of it.</param>
/// <param name="Lines">In the order of departments, travellers and time; absent in lists.</param>
internal sealed record InvoiceView(
    Guid Id,
    string Number,
    [WordsOf<InvoiceKind>] string Kind,
    string Operator,
    string Organisation,
    Guid OrganisationId,
    string BillingReference,
    [Month] string Month,
    string Currency,
    long NetMinor,
    long VatMinor,
    long RoundingMinor,
    long TotalMinor,
    DateOnly PublishedOn,
    DateOnly DueOn,
    IReadOnlyList<TaxView> Taxes,
    IReadOnlyList<string> Corrects,
    string? Cancels,
    string? CancelledBy,
    string? Replaces,
    string? ReplacedBy,
    IReadOnlyList<InvoiceLineView>? Lines)
{
    /// <summary>An invoice, with its lines unless they are omitted.</summary>
    public static InvoiceView Of(InvoiceDetails details, bool hasLines = true) => Of(
        details.Header,
        details.Invoice.Taxes,
        details.Invoice.Corrects.Select(one => one.Number),
        hasLines ? details.Invoice.Lines : null);

    public static InvoiceView Of(
        InvoiceHeader row, IEnumerable<TaxSubtotal> taxes, IEnumerable<string> corrects, IEnumerable<InvoiceLine>? lines) => new(
            row.Id,
            row.Number,
            Words.Of(row.Kind),
            row.Operator,
            row.OrganisationName,
            row.OrganisationId,
            row.BillingReference,
            row.CreditMonth.ToString(),
            row.Currency,
            row.NetMinor,
            row.VatMinor,
            row.RoundingMinor,
            row.TotalMinor,
            row.PublishedOn,
            row.DueOn,
            [.. taxes.Select(TaxView.Of)],
            [.. corrects],
            row.CancelsNumber,
            row.CancelledByNumber,
            row.ReplacesNumber,
            row.ReplacedByNumber,
            lines is null ? null : [.. lines.Select(line => InvoiceLineView.Of(line, row.Locale))]);
}
