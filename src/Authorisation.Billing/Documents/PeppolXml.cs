using System.Text;
using System.Xml;
using System.Xml.Linq;
using Authorisation.Billing.Invoices;
using Authorisation.Core;

namespace Authorisation.Billing.Documents;

/// <summary>
/// An invoice as Peppol BIS Billing 3.0, which is EN 16931 in UBL 2.1. What is missing is omitted and never stops the
/// document; <see cref="Missing"/> lists what a receiver would refuse it for.
/// </summary>
internal static class PeppolXml
{
    private const string Customization = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";
    private const string Profile = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0";

    // UNCL1001.
    private const string CommercialInvoice = "380";
    private const string CreditNote = "381";

    /// <summary>The document as a file in UTF-8.</summary>
    public static byte[] Write(Invoice invoice, Locale locale)
    {
        using var file = new MemoryStream();
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true };
        using (var writer = XmlWriter.Create(file, settings))
        {
            Document(invoice, locale).Save(writer);
        }

        return file.ToArray();
    }

    /// <summary>
    /// What the document lacks to be valid in Peppol, one sentence each; empty when nothing is missing.
    /// </summary>
    public static IReadOnlyList<string> Missing(Invoice invoice) => PeppolMissing.Of(invoice);

    /// <summary>The document, with its elements in the order of the schemas of UBL 2.1, which differ by kind.</summary>
    public static XDocument Document(Invoice invoice, Locale locale)
    {
        var isCredit = invoice.Kind == InvoiceKind.CreditNote;
        var root = isCredit ? Ubl.CreditNote + "CreditNote" : Ubl.Invoice + "Invoice";
        return new XDocument(new XElement(
            root,
            new XAttribute(XNamespace.Xmlns + "cac", Ubl.Aggregate),
            new XAttribute(XNamespace.Xmlns + "cbc", Ubl.Basic),
            Ubl.Text("CustomizationID", Customization),
            Ubl.Text("ProfileID", Profile),
            Ubl.Text("ID", invoice.Number),
            Ubl.Day("IssueDate", invoice.PublishedOn),
            isCredit ? null : Ubl.Day("DueDate", invoice.DueOn),
            isCredit ? Ubl.Text("CreditNoteTypeCode", CreditNote) : Ubl.Text("InvoiceTypeCode", CommercialInvoice),
            Ubl.Text("DocumentCurrencyCode", invoice.Currency),
            Ubl.Text("AccountingCost", PeppolLines.SharedCostCentre(invoice)),
            Ubl.Text("BuyerReference", invoice.BillingReference),
            Period(invoice.Month),
            invoice.Corrects.Select(Reference),
            PeppolParties.Seller(invoice),
            PeppolParties.Buyer(invoice),
            isCredit ? null : PeppolPayment.Means(invoice),
            PeppolPayment.Terms(invoice, locale.Language),
            PeppolTaxes.Total(invoice, locale.Language),
            Totals(invoice),
            PeppolLines.Of(invoice, locale)));
    }

    /// <summary>1 on an invoice, -1 on a credit note, where refunds are positive.</summary>
    public static int Sign(Invoice invoice) => invoice.Kind == InvoiceKind.CreditNote ? -1 : 1;

    private static XElement? Period(CreditMonth month)
    {
        var first = new DateOnly(month.Number / 100, month.Number % 100, 1);
        return Ubl.Group("InvoicePeriod", Ubl.Day("StartDate", first), Ubl.Day("EndDate", first.AddMonths(1).AddDays(-1)));
    }

    private static XElement? Reference(InvoiceReference earlier) => Ubl.Group(
        "BillingReference",
        Ubl.Group("InvoiceDocumentReference", Ubl.Text("ID", earlier.Number), Ubl.Day("IssueDate", earlier.IssuedOn)));

    private static XElement? Totals(Invoice invoice)
    {
        var sign = Sign(invoice);
        return Ubl.Group(
            "LegalMonetaryTotal",
            Amount("LineExtensionAmount", invoice.NetMinor),
            Amount("TaxExclusiveAmount", invoice.NetMinor),
            Amount("TaxInclusiveAmount", invoice.NetMinor + invoice.VatMinor),
            invoice.RoundingMinor == 0 ? null : Amount("PayableRoundingAmount", invoice.RoundingMinor),
            Amount("PayableAmount", invoice.TotalMinor));

        XElement Amount(string name, long minor) => Ubl.Amount(name, sign * minor, invoice.Currency);
    }
}
