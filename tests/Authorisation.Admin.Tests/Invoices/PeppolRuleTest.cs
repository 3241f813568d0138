using Authorisation.Billing.Documents;
using Authorisation.Billing.Invoices;
using Xunit;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>Tries rules on many documents, and on the same documents broken.</summary>
public abstract class PeppolRuleTest
{
    private const int Count = 150;

    /// <summary>The lines of either kind of document.</summary>
    private protected const string Line = "(cac:InvoiceLine | cac:CreditNoteLine)";

    private protected const string Seller = "cac:AccountingSupplierParty/cac:Party";
    private protected const string Buyer = "cac:AccountingCustomerParty/cac:Party";
    private protected const string Totals = "cac:LegalMonetaryTotal";
    private protected const string Subtotal = "cac:TaxTotal/cac:TaxSubtotal";
    private protected const string VatNumber = "cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='VAT']/cbc:CompanyID";

    private protected static IReadOnlyList<Invoice> Invoices { get; } = MakeInvoices();

    private protected static IReadOnlyList<UblDocument> Documents { get; } =
        [.. Invoices.Select(invoice => UblDocument.Read(Write(invoice)))];

    /// <summary>
    /// The rule holds for every document, and for none once it is broken.
    /// </summary>
    /// <param name="id">The rule.</param>
    /// <param name="breaks">Each breaks a document, and says whether the document has what it breaks; some must.</param>
    private protected static void Rule(string id, params IReadOnlyList<Func<UblDocument, bool>> breaks)
    {
        var holds = PeppolRules.All[id];
        Assert.All(Documents, document => Assert.True(holds(document), $"{id} is broken in {document}"));
        foreach (var breakIt in breaks)
        {
            var broken = Documents.Take(Count / 2).Select(document => document.Copy()).Where(breakIt).ToList();
            Assert.NotEmpty(broken);
            Assert.All(broken, document => Assert.False(holds(document), $"{id} is not seen to be broken in {document}"));
        }
    }

    private protected static byte[] Write(Invoice invoice) =>
        PeppolXml.Write(invoice, invoice.Seller.Country == "NO" ? SampleInvoices.Norwegian : SampleInvoices.Swedish);

    private static List<Invoice> MakeInvoices()
    {
        var random = new Random(16931);
        return [.. Enumerable.Range(0, Count).Select(_ => SampleInvoices.Any(random))];
    }
}
