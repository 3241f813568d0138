using Authorisation.Administration.Work;
using Authorisation.Billing.Amounts;
using Authorisation.Billing.Invoices;
using Authorisation.Core;

namespace Authorisation.Billing.Documents;

/// <summary>
/// Invoices as a <see cref="SpreadsheetCsv"/>. Each row says which invoice it is of, so that a file of many can be pivoted.
/// </summary>
internal static class InvoiceCsv
{
    /// <summary>The names of the columns.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "invoice", "kind", "issued_on", "due_on", "organisation", "billing_reference", "month", "line", "department",
        "cost_centre", "traveller", "instrument", "time", "recorded", "description", "purpose", "product", "count", "net",
        "vat_percent", "vat_category", "gross", "vat", "rounding", "total", "currency", "name",
    ];

    /// <summary>The file of these invoices, with a header.</summary>
    public static byte[] Write(IEnumerable<Invoice> invoices, Locale locale) =>
        [.. Header(), .. invoices.SelectMany(invoice => Rows(invoice, locale))];

    /// <summary>What the file begins with: the byte order mark and the names of the columns.</summary>
    public static byte[] Header() => SpreadsheetCsv.Header(Columns);

    /// <summary>
    /// The rows of an invoice: its lines, then one for each rate of VAT. Net and gross are in the lines; VAT, rounding
    /// and total with the rates, as a line has none: so each column can be summed.
    /// </summary>
    public static byte[] Rows(Invoice invoice, Locale locale) => SpreadsheetCsv.Rows(
    [
        .. invoice.Lines.Select(line => Cells(invoice, line, locale)),
        .. invoice.Taxes.Select(tax => Cells(invoice, tax, locale)),
    ]);

    private static IEnumerable<string> Cells(Invoice invoice, InvoiceLine line, Locale locale) =>
    [
        .. Document(invoice),
        Decimals.Whole(line.Number),
        SpreadsheetCsv.Text(line.Department),
        SpreadsheetCsv.Text(line.CostCentre),
        SpreadsheetCsv.Text(line.Traveller),
        SpreadsheetCsv.Text(InvoiceTexts.Instrument(locale.Language, line.Instrument)),
        locale.Moment(line.MadeAt, line.ShowsTime),
        locale.Moment(line.RecordedAt, line.ShowsTime),
        SpreadsheetCsv.Text(line.Description),
        SpreadsheetCsv.Text(line.Purpose),
        SpreadsheetCsv.Text(line.Product),
        Decimals.Whole(line.Count),
        SpreadsheetCsv.WithComma(Decimals.Amount(line.NetMinor)),
        SpreadsheetCsv.WithComma(Decimals.Percent(line.VatBasisPoints)),
        SpreadsheetCsv.Text(VatLetters.Of(line.VatCategory)),
        SpreadsheetCsv.WithComma(Decimals.Amount(line.GrossMinor)),
        "",
        "",
        "",
        SpreadsheetCsv.Text(invoice.Currency),
        SpreadsheetCsv.Text(line.Name),
    ];

    private static IEnumerable<string> Cells(Invoice invoice, TaxSubtotal tax, Locale locale) =>
    [
        .. Document(invoice),
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        SpreadsheetCsv.Text(InvoiceTexts.Vat(locale.Language)),
        "",
        "",
        "",
        "",
        SpreadsheetCsv.WithComma(Decimals.Percent(tax.BasisPoints)),
        SpreadsheetCsv.Text(VatLetters.Of(tax.Category)),
        "",
        SpreadsheetCsv.WithComma(Decimals.Amount(tax.VatMinor)),
        SpreadsheetCsv.WithComma(Decimals.Amount(tax.RoundingMinor)),
        SpreadsheetCsv.WithComma(Decimals.Amount(tax.GrossMinor)),
        SpreadsheetCsv.Text(invoice.Currency),
        "",
    ];

    /// <summary>What each row has of its invoice, up to the number of the line.</summary>
    private static IEnumerable<string> Document(Invoice invoice) =>
    [
        SpreadsheetCsv.Text(invoice.Number),
        SpreadsheetCsv.Text(Words.Of(invoice.Kind)),
        Decimals.Day(invoice.PublishedOn),
        Decimals.Day(invoice.DueOn),
        SpreadsheetCsv.Text(invoice.Organisation),
        SpreadsheetCsv.Text(invoice.BillingReference),
        SpreadsheetCsv.Text(invoice.Month.ToString()),
    ];
}
