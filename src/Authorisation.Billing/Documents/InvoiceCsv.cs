using System.Text;
using Authorisation.Administration.Work;
using Authorisation.Billing.Amounts;
using Authorisation.Billing.Invoices;
using Authorisation.Core;

namespace Authorisation.Billing.Documents;

/// <summary>
/// Invoices as a file that a Swedish or Norwegian Excel opens rightly: UTF-8 with a byte order mark, semicolons,
/// decimal commas. Each row says which invoice it is of, so that a file of many can be pivoted.
/// </summary>
internal static class InvoiceCsv
{
    /// <summary>What spreadsheets of both countries expect between cells.</summary>
    internal const char Separator = ';';
    /// <summary>The end of a row.</summary>
    internal const string LineEnd = "\r\n";

    /// <summary>What a text must not begin with, or a spreadsheet runs it as a formula; the list is OWASP's.</summary>
    private static readonly System.Buffers.SearchValues<char> BeginsFormula = System.Buffers.SearchValues.Create("=+-@\t\r\n＝＋－＠");

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
    public static byte[] Header() =>
        [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(string.Join(Separator, Columns.Select(Text)) + LineEnd)];

    /// <summary>
    /// The rows of an invoice: its lines, then one for each rate of VAT. Net and gross are in the lines; VAT, rounding
    /// and total with the rates, as a line has none: so each column can be summed.
    /// </summary>
    public static byte[] Rows(Invoice invoice, Locale locale)
    {
        var text = new StringBuilder();
        foreach (var line in invoice.Lines)
        {
            text.AppendJoin(Separator, Cells(invoice, line, locale)).Append(LineEnd);
        }

        foreach (var tax in invoice.Taxes)
        {
            text.AppendJoin(Separator, Cells(invoice, tax, locale)).Append(LineEnd);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static IEnumerable<string> Cells(Invoice invoice, InvoiceLine line, Locale locale) =>
    [
        .. Document(invoice),
        Decimals.Whole(line.Number),
        Text(line.Department),
        Text(line.CostCentre),
        Text(line.Traveller),
        Text(InvoiceTexts.Instrument(locale.Language, line.Instrument)),
        locale.Moment(line.MadeAt, line.ShowsTime),
        locale.Moment(line.RecordedAt, line.ShowsTime),
        Text(line.Description),
        Text(line.Purpose),
        Text(line.Product),
        Decimals.Whole(line.Count),
        WithComma(Decimals.Amount(line.NetMinor)),
        WithComma(Decimals.Percent(line.VatBasisPoints)),
        Text(VatLetters.Of(line.VatCategory)),
        WithComma(Decimals.Amount(line.GrossMinor)),
        "",
        "",
        "",
        Text(invoice.Currency),
        Text(line.Name),
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
        Text(InvoiceTexts.Vat(locale.Language)),
        "",
        "",
        "",
        "",
        WithComma(Decimals.Percent(tax.BasisPoints)),
        Text(VatLetters.Of(tax.Category)),
        "",
        WithComma(Decimals.Amount(tax.VatMinor)),
        WithComma(Decimals.Amount(tax.RoundingMinor)),
        WithComma(Decimals.Amount(tax.GrossMinor)),
        Text(invoice.Currency),
        "",
    ];

    /// <summary>What each row has of its invoice, up to the number of the line.</summary>
    private static IEnumerable<string> Document(Invoice invoice) =>
    [
        Text(invoice.Number),
        Text(Words.Of(invoice.Kind)),
        Decimals.Day(invoice.PublishedOn),
        Decimals.Day(invoice.DueOn),
        Text(invoice.Organisation),
        Text(invoice.BillingReference),
        Text(invoice.Month.ToString()),
    ];

    /// <summary>
    /// A quoted text that no spreadsheet runs. Amounts never come here: a negative one stays a number.
    /// </summary>
    internal static string Text(string? text)
    {
        var kept = (text ?? "").Replace("\0", "", StringComparison.Ordinal);
        if (kept.Length == 0)
        {
            return "";
        }

        var harmless = BeginsFormula.Contains(kept[0]) ? "'" + kept : kept;
        return $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>A number with the decimal comma of both countries.</summary>
    internal static string WithComma(string number) => number.Replace('.', ',');
}
