using System.Xml.Linq;
using Authorisation.Billing.Amounts;
using Authorisation.Billing.Invoices;
using Authorisation.Core;

namespace Authorisation.Billing.Documents;

/// <summary>
/// VAT in a Peppol document. EN 16931 forbids category O beside any other (BR-O-11 to BR-O-14) and VAT numbers with it
/// (BR-O-02). So O goes out as O when the invoice has nothing else; beside others as E, exempt, with a rate of 0 and a
/// reason, which is the same amount to pay and the same VAT.
/// </summary>
internal static class PeppolTaxes
{
    /// <summary>The category that replaces <see cref="VatCategory.OutsideScope"/> beside others.</summary>
    private const string Exempt = "E";

    // Of the code list VATEX: not subject to VAT.
    private const string OutsideScopeReason = "VATEX-EU-O";

    /// <summary>
    /// Whether all that the invoice has is outside the scope of VAT: then it must have no VAT number.
    /// </summary>
    public static bool IsOutsideScope(Invoice invoice) =>
        Subtotals(invoice) is { Count: > 0 } taxes && taxes.All(tax => tax.Category == VatCategory.OutsideScope);

    public static XElement? Total(Invoice invoice, string language)
    {
        var sign = PeppolXml.Sign(invoice);
        var isOutside = IsOutsideScope(invoice);
        return Ubl.Group(
            "TaxTotal",
            [
                Ubl.Amount("TaxAmount", sign * invoice.VatMinor, invoice.Currency),
                .. Subtotals(invoice).Select(tax => Ubl.Group(
                    "TaxSubtotal",
                    Ubl.Amount("TaxableAmount", sign * tax.NetMinor, invoice.Currency),
                    Ubl.Amount("TaxAmount", sign * tax.VatMinor, invoice.Currency),
                    Category("TaxCategory", tax.Category, tax.BasisPoints, isOutside, language))),
            ]);
    }

    /// <summary>The category of a line, which has no reason: reasons stand with the subtotals.</summary>
    public static XElement? OfLine(InvoiceLine line, bool isOutsideScope) =>
        Category("ClassifiedTaxCategory", line.VatCategory, line.VatBasisPoints, isOutsideScope, language: null);

    /// <summary>The subtotals that a line is of. Lines that cancelled out have left others, of 0.</summary>
    public static IReadOnlyList<TaxSubtotal> Subtotals(Invoice invoice)
    {
        var ofLines = invoice.Lines.Select(line => (line.VatCategory, line.VatBasisPoints)).ToHashSet();
        return [.. invoice.Taxes.Where(tax => tax.GrossMinor != 0 || ofLines.Contains((tax.Category, tax.BasisPoints)))];
    }

    private static XElement? Category(string name, VatCategory category, int basisPoints, bool isOutsideScope, string? language)
    {
        var isOutside = category == VatCategory.OutsideScope;
        // Whether it goes out as O: only with nothing else beside it.
        var isAlone = isOutside && isOutsideScope;
        var code = isOutside && !isAlone ? Exempt : VatLetters.Of(category);
        return Ubl.Group(
            name,
            Ubl.Text("ID", code),
            isAlone ? null : Ubl.Text("Percent", Decimals.Percent(basisPoints)),
            isAlone && language is not null ? Ubl.Text("TaxExemptionReasonCode", OutsideScopeReason) : null,
            isOutside && language is not null ? Ubl.Text("TaxExemptionReason", InvoiceTexts.OutsideScope(language)) : null,
            Ubl.Group("TaxScheme", Ubl.Text("ID", "VAT")));
    }
}
