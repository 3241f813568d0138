using System.Xml.Linq;
using Authorisation.Billing.Amounts;
using Authorisation.Billing.Invoices;

namespace Authorisation.Billing.Documents;

/// <summary>The lines of a Peppol document.</summary>
internal static class PeppolLines
{
    public static IEnumerable<XElement?> Of(Invoice invoice, Locale locale)
    {
        var isOutsideScope = PeppolTaxes.IsOutsideScope(invoice);
        var hasSharedCostCentre = SharedCostCentre(invoice) is not null;
        return invoice.Lines.Select(line => Line(invoice, line, hasSharedCostCentre, isOutsideScope, locale));
    }

    /// <summary>The cost centre of all lines, for the document; null when they differ.</summary>
    public static string? SharedCostCentre(Invoice invoice) =>
        invoice.Lines is [{ CostCentre: { } first }, ..] && !PrintableText.IsBlank(first)
        && invoice.Lines.All(line => line.CostCentre == first)
            ? first
            : null;

    private static XElement? Line(Invoice invoice, InvoiceLine line, bool hasSharedCostCentre, bool isOutsideScope, Locale locale)
    {
        var isCredit = invoice.Kind == InvoiceKind.CreditNote;
        var net = PeppolXml.Sign(invoice) * line.NetMinor;
        // A price is never negative (BR-27), so the quantity of a refund is.
        var isNegative = net < 0 || (net == 0 && PeppolXml.Sign(invoice) * line.GrossMinor < 0);
        return Ubl.Group(
            isCredit ? "CreditNoteLine" : "InvoiceLine",
            Ubl.Text("ID", Decimals.Whole(line.Number)),
            Ubl.Quantity(isCredit ? "CreditedQuantity" : "InvoicedQuantity", isNegative ? -line.Count : line.Count),
            Ubl.Amount("LineExtensionAmount", net, invoice.Currency),
            hasSharedCostCentre ? null : Ubl.Text("AccountingCost", line.CostCentre),
            Period(invoice, line, locale),
            Item(line, isOutsideScope, locale),
            Price(invoice, line));
    }

    /// <summary>
    /// The day of the line, which may not lie outside of the invoice's month (PEPPOL-EN16931-R110, R111).
    /// </summary>
    private static XElement? Period(Invoice invoice, InvoiceLine line, Locale locale)
    {
        if (line.MadeAt is not { } madeAt || locale.MonthOf(madeAt) != invoice.Month)
        {
            return null;
        }

        var day = locale.DayOf(madeAt);
        return Ubl.Group("InvoicePeriod", Ubl.Day("StartDate", day), Ubl.Day("EndDate", day));
    }

    private static XElement? Item(InvoiceLine line, bool isOutsideScope, Locale locale)
    {
        var language = locale.Language;
        return Ubl.Group(
            "Item",
            Ubl.Text("Name", line.Name),
            PeppolTaxes.OfLine(line, isOutsideScope),
            Property(InvoiceTexts.Department(language), line.Department),
            Property(InvoiceTexts.Traveller(language), line.Traveller),
            Property(InvoiceTexts.PaidWith(language), InvoiceTexts.Instrument(language, line.Instrument)),
            Property(InvoiceTexts.Time(language), locale.Moment(line.MadeAt, line.ShowsTime)),
            Property(InvoiceTexts.Purpose(language), line.Purpose),
            Property(InvoiceTexts.Product(language), line.Product));
    }

    /// <summary>A name and its value, of which neither may stand alone (BR-54).</summary>
    private static XElement? Property(string name, string? value) => Ubl.Text("Value", value) is { } element
        ? Ubl.Group("AdditionalItemProperty", Ubl.Text("Name", name), element)
        : null;

    /// <summary>
    /// The price of all that a line sums, for that many: quantity times price is then the line's net exactly, which a
    /// rounded price for one would miss (PEPPOL-EN16931-R120).
    /// </summary>
    private static XElement? Price(Invoice invoice, InvoiceLine line) => Ubl.Group(
        "Price",
        Ubl.Amount("PriceAmount", Math.Abs(line.NetMinor), invoice.Currency),
        line.Count == 1 ? null : Ubl.Quantity("BaseQuantity", line.Count));
}
