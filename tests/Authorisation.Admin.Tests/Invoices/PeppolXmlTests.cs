using System.Text;
using Authorisation.Billing.Documents;
using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Authorisation.Testing;
using Xunit;
using static Authorisation.Admin.Tests.Invoices.SampleInvoices;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>What stands where in a Peppol document.</summary>
public sealed class PeppolXmlTests : PeppolRuleTest
{
    private const string Property = Line + "/cac:Item/cac:AdditionalItemProperty";

    [Fact]
    public void Every_document_keeps_every_rule() =>
        Assert.All(Documents, document => Assert.Empty(PeppolRules.Broken(document)));

    [Fact]
    public void Every_document_is_kept_for_the_official_rules_in_the_folder_of_its_kind()
    {
        var folder = Path.Combine(Checkout.Root, "artifacts", "e-invoices");
        Assert.All(Invoices.Index(), one => EInvoiceFolder.Keep($"sample-{one.Index + 1:000}", Write(one.Item)));

        // Whatever kind a receiver may get is there for the validator to see.
        var kinds = from country in (string[])["SE", "NO"]
                    from root in (string[])["Invoice", "CreditNote"]
                    from rates in (string[])["one-rate", "several-rates", "several-rates-rounding"]
                    select Path.Combine(folder, $"{country}-{root}-{rates}");
        Assert.All(kinds, kind => Assert.NotEmpty(Directory.EnumerateFiles(kind, "sample-*.xml")));
    }

    [Fact]
    public void Every_element_stands_where_the_schema_wants_it()
    {
        Assert.All(Documents, document => Assert.Empty(UblOrder.Faults(document.Root)));

        var swapped = Documents[0].Copy();
        var first = swapped.Root.Elements().First();
        first.Remove();
        swapped.Root.Add(first);
        Assert.NotEmpty(UblOrder.Faults(swapped.Root));
        Assert.All(new[] { "cbc:ID", "cac:TaxTotal", "cac:LegalMonetaryTotal/cbc:PayableAmount" }, path =>
        {
            var repeated = Documents[0].Copy();
            Assert.True(repeated.Repeat(path));
            Assert.NotEmpty(UblOrder.Faults(repeated.Root));
        });
    }

    [Fact]
    public void Every_rule_has_a_test_that_is_named_after_it()
    {
        var tests = typeof(PeppolRuleTest).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(PeppolRuleTest)))
            .SelectMany(type => type.GetMethods())
            .Select(method => method.Name)
            .ToList();
        Assert.All(PeppolRules.All.Keys, id => Assert.Contains(
            tests, name => name.StartsWith(id.Replace('-', '_') + "_", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_samples_have_every_kind_of_document_and_nothing_is_missing_from_them()
    {
        Assert.All(Invoices, invoice => Assert.Empty(PeppolXml.Missing(invoice)));
        Assert.Contains(Invoices, invoice => invoice.RoundingMinor != 0);
        Assert.Contains(Invoices, invoice => invoice.Lines.Any(line => line.Count > 1));
        Assert.Contains(Documents, document => document.Root.Name.LocalName == "CreditNote" && document.Number($"{Totals}/cbc:PayableAmount") > 0);
        Assert.Contains(Documents, document => document.Root.Name.LocalName == "Invoice" && document.Has($"{Line}[cbc:InvoicedQuantity < 0]"));
        Assert.All(new[] { "S", "Z", "E", "O" }, category =>
            Assert.Contains(Documents, document => document.Has($"{Subtotal}/cac:TaxCategory[cbc:ID='{category}']")));
    }

    [Fact]
    public void The_amounts_of_a_document_are_those_of_the_invoice()
    {
        for (var i = 0; i < Invoices.Count; i++)
        {
            var sign = Invoices[i].Kind == InvoiceKind.CreditNote ? -1 : 1;
            Assert.Equal(sign * Invoices[i].TotalMinor / 100m, Documents[i].Number($"{Totals}/cbc:PayableAmount"));
            Assert.Equal(sign * Invoices[i].NetMinor / 100m, Documents[i].Number($"{Totals}/cbc:TaxExclusiveAmount"));
            Assert.Equal(sign * Invoices[i].VatMinor / 100m, Documents[i].Number("cac:TaxTotal/cbc:TaxAmount"));
            Assert.Equal(Invoices[i].Lines.Select(line => sign * line.NetMinor / 100m), Documents[i].All($"{Line}/cbc:LineExtensionAmount").Select(amount => amount.Number(".")!.Value));
        }
    }

    [Fact]
    public void A_line_has_its_department_traveller_instrument_time_purpose_and_product()
    {
        var document = Read(Of(Row(12_402) with { CardNumber = "9900000000001234", Purpose = "Kundbesök", Product = "single-adult" }));

        Same(
            ["Avdelning=Ekonomi", "Resenär=Anna Ek", "Betalsätt=kort ····1234", "Tid=2026-11-03 08:16", "Ändamål=Kundbesök", "Produkt=single-adult"],
            document.All(Property).Select(property => $"{property.Text("cbc:Name")}={property.Text("cbc:Value")}"));
        Assert.Equal(("single-adult", "6", "117.00"), (document.Text($"{Line}/cac:Item/cbc:Name"), document.Text($"{Line}//cbc:Percent"), document.Text($"{Line}/cbc:LineExtensionAmount")));
        Assert.Equal(("2026-11-03", "2026-11-03"), (document.Text($"{Line}/cac:InvoicePeriod/cbc:StartDate"), document.Text($"{Line}/cac:InvoicePeriod/cbc:EndDate")));
        Assert.DoesNotContain("990000", document.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_made_in_an_earlier_month_has_no_period_and_still_its_time()
    {
        var document = Read(Of(Row(100) with { OccurredAt = new DateTimeOffset(2026, 10, 30, 12, 0, 0, TimeSpan.Zero), CreditMonth = CreditMonth.FromNumber(202610) }));

        Assert.False(document.Has($"{Line}/cac:InvoicePeriod"));
        Assert.Equal("2026-10-30 13:00", document.Text($"{Property}[cbc:Name='Tid']/cbc:Value"));
        Assert.Equal("Köp (2026-10-30)", document.Text($"{Line}/cac:Item/cbc:Name"));
    }

    [Fact]
    public void A_refund_on_an_invoice_has_a_negative_quantity_and_a_positive_price()
    {
        var document = Read(Of(Row(10_600), Row(-5_300, 2) with { Kind = OperationKind.Refund }));

        Same(["1", "-1"], document.All($"{Line}/cbc:InvoicedQuantity").Select(quantity => quantity.Value));
        Same(["100.00", "50.00"], document.All("//cbc:PriceAmount").Select(price => price.Value));
        Same(["100.00", "-50.00"], document.All($"{Line}/cbc:LineExtensionAmount").Select(amount => amount.Value));
    }

    [Fact]
    public void A_credit_note_is_positive_and_refers_to_what_it_corrects()
    {
        var document = Read(Of(Row(-10_600)).AsCredit());

        Assert.Equal(("CreditNote", "381", "106.00"), (document.Root.Name.LocalName, document.Text("cbc:CreditNoteTypeCode"), document.Text($"{Totals}/cbc:PayableAmount")));
        Assert.Equal(("1", "100.00"), (document.Text($"{Line}/cbc:CreditedQuantity"), document.Text("//cbc:PriceAmount")));
        Same(["JLT-900", "JLT-901"], document.All("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID").Select(id => id.Value));
        Assert.False(document.Has("cbc:DueDate | cac:PaymentMeans"));
    }

    [Fact]
    public void A_card_that_is_summed_has_its_count_and_a_price_for_that_many()
    {
        var rows = Enumerable.Range(1, 7).Select(number => Row(1_000, number) with { CardNumber = "9900000000001234" }).ToList();
        var document = Read(Of(rows, itemisesCards: false));

        Assert.Equal(("7", "66.04", "7", "66.04"), (document.Text("//cbc:InvoicedQuantity"), document.Text("//cbc:PriceAmount"), document.Text("//cbc:BaseQuantity"), document.Text($"{Line}/cbc:LineExtensionAmount")));
    }

    [Fact]
    public void The_unreachable_minor_unit_is_the_rounding_of_the_amount_to_pay()
    {
        var document = Read(Of(Row(9)));
        Assert.Equal(
            ("0.08", "0.08", "0.01", "0.09"),
            (document.Text($"{Totals}/cbc:TaxExclusiveAmount"), document.Text($"{Totals}/cbc:TaxInclusiveAmount"), document.Text($"{Totals}/cbc:PayableRoundingAmount"), document.Text($"{Totals}/cbc:PayableAmount")));
        Assert.False(Read(Of(Row(10))).Has("//cbc:PayableRoundingAmount"));
    }

    [Fact]
    public void Outside_the_scope_alone_is_O_without_VAT_numbers_and_beside_others_E_with_them()
    {
        var outside = Row(100) with { VatCategory = VatCategory.OutsideScope, VatBasisPoints = 0 };
        var alone = Read(Of(outside));
        var beside = Read(Of(outside, Row(106, 2)));

        Assert.Equal(("O", "VATEX-EU-O", ""), (alone.Text("//cac:TaxCategory/cbc:ID"), alone.Text("//cbc:TaxExemptionReasonCode"), alone.Text("//cbc:Percent")));
        Assert.False(alone.Has("//" + VatNumber));
        Same(["S", "E"], beside.All("//cac:TaxCategory/cbc:ID").Select(id => id.Value));
        Assert.Equal("Omfattas inte av mervärdesskatt", beside.Text("//cac:TaxCategory[cbc:ID='E']/cbc:TaxExemptionReason"));
        Assert.Equal("0", beside.Text("//cac:TaxCategory[cbc:ID='E']/cbc:Percent"));
        Assert.Equal(2, beside.All("//" + VatNumber).Count);
    }

    [Fact]
    public void A_cost_centre_of_all_lines_stands_on_the_document_and_others_on_the_lines()
    {
        var shared = Read(Of(Row(100) with { CostCentre = "4217" }, Row(100, 2) with { CostCentre = "4217" }));
        var mixed = Read(Of(Row(100) with { CostCentre = "4217" }, Row(100, 2)));

        Same(["4217"], shared.All("cbc:AccountingCost").Select(cost => cost.Value));
        Assert.False(shared.Has($"{Line}/cbc:AccountingCost"));
        Assert.False(mixed.Has("cbc:AccountingCost"));
        Same(["4217"], mixed.All($"{Line}/cbc:AccountingCost").Select(cost => cost.Value));
    }

    [Fact]
    public void Addresses_accounts_and_registrations_are_those_of_the_country()
    {
        var swedish = Read(Of(Row(100)));
        var norwegian = Read(Of(Row(100)).AsNorwegian());

        Assert.Equal(("5560360793", "0007"), (swedish.Text($"{Seller}/cbc:EndpointID"), swedish.All($"{Seller}/cbc:EndpointID")[0].Attribute("schemeID")!.Value));
        Same(["50501055 SE:BANKGIRO", "42 SE:PLUSGIRO"], Accounts(swedish));
        Assert.Equal("Godkänd för F-skatt", swedish.Text($"{Seller}/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='TAX']/cbc:CompanyID"));
        Assert.Equal(("30 dagar netto", "JLT-1001"), (swedish.Text("cac:PaymentTerms/cbc:Note"), swedish.Text("cac:PaymentMeans/cbc:PaymentID")));

        Assert.Equal(("974761076", "0192"), (norwegian.Text($"{Seller}/cbc:EndpointID"), norwegian.All($"{Seller}/cbc:EndpointID")[0].Attribute("schemeID")!.Value));
        Assert.Equal(("7080000000005", "0088"), (norwegian.Text($"{Buyer}/cbc:EndpointID"), norwegian.All($"{Buyer}/cbc:EndpointID")[0].Attribute("schemeID")!.Value));
        Same(["NO9386011117947 DNBANOKK", "86011117947 "], Accounts(norwegian));
        Assert.Equal(("NO974761076MVA", "14 dager, KID påføres"), (norwegian.Text($"{Seller}/{VatNumber}"), norwegian.Text("cac:PaymentTerms/cbc:Note")));
    }

    [Fact]
    public void Characters_that_XML_cannot_have_are_dropped_and_all_others_stay()
    {
        var document = Read(Of(Row(100) with { Purpose = NastyText, Traveller = "\u0001\u0002", Product = " " }) with { BillingReference = "a\u0000b\ud83d" });

        Assert.Equal("a<&>\"' ]]> Åsa 🚌 \u0085\n=1+1", document.Text($"{Property}[cbc:Name='Ändamål']/cbc:Value").Replace("\r\n", "\n", StringComparison.Ordinal));
        Assert.Equal("ab", document.Text("cbc:BuyerReference"));
        Assert.False(document.Has($"{Property}[cbc:Name='Resenär' or cbc:Name='Produkt']"));
    }

    [Fact]
    public void The_file_is_UTF_8_and_says_so()
    {
        var text = Encoding.UTF8.GetString(PeppolXml.Write(Of(Row(100)), Swedish));
        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"utf-8\"?>", text, StringComparison.Ordinal);
        Assert.Contains("Jönköpings Länstrafik AB", text, StringComparison.Ordinal);
    }

    private static void Same(IEnumerable<string> expected, IEnumerable<string> actual) => Assert.Equal(expected, actual, StringComparer.Ordinal);

    private static IEnumerable<string> Accounts(UblDocument document) =>
        document.All("cac:PaymentMeans[cbc:PaymentMeansCode='30']/cac:PayeeFinancialAccount")
            .Select(account => $"{account.Text("cbc:ID")} {account.Text("cac:FinancialInstitutionBranch/cbc:ID")}");

    private static UblDocument Read(Invoice invoice) => UblDocument.Read(PeppolXml.Write(invoice, Swedish));
}
