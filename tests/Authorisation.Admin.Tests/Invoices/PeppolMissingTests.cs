using Authorisation.Billing.Documents;
using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Xunit;
using static Authorisation.Admin.Tests.Invoices.SampleInvoices;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>What is told of invoices that Peppol would refuse.</summary>
public sealed class PeppolMissingTests
{
    private static readonly Invoice Whole = Of(Row(12_402));

    [Fact]
    public void Nothing_is_missing_from_a_whole_invoice() => Assert.Empty(PeppolXml.Missing(Whole));

    [Fact]
    public void Everything_that_is_missing_is_told_at_once_and_the_document_is_written_all_the_same()
    {
        var empty = Whole with
        {
            Number = "",
            BillingReference = "\u0000",
            Lines = [],
            Taxes = [],
            Seller = new Party { Name = "", Country = "SE" },
            Buyer = new Party { Name = " ", Country = "" },
            Payment = new PaymentDetails { TermsDays = 0 },
        };

        Assert.Equal(
            [
                "The invoice has no number (BR-02).",
                "The buyer's billing reference is missing (PEPPOL-EN16931-R003).",
                "The invoice has no lines (BR-16).",
                "The seller's name is missing (BR-06).",
                "The seller's organisation number is missing (BR-CO-26).",
                "The seller's electronic address is missing (PEPPOL-EN16931-R020).",
                "The seller's postal address is missing or incomplete.",
                "The buyer's name is missing (BR-07).",
                "The buyer's country must be SE or NO.",
                "The buyer's electronic address is missing (PEPPOL-EN16931-R010).",
                "The buyer's postal address is missing or incomplete.",
                "The seller's VAT number is missing (BR-S-02, BR-Z-02, BR-E-02).",
            ],
            PeppolXml.Missing(empty));
        Assert.Equal("Invoice", UblDocument.Read(PeppolXml.Write(empty, Swedish)).Root.Name.LocalName);
        Assert.Equal("CreditNote", UblDocument.Read(PeppolXml.Write(empty with { Kind = InvoiceKind.CreditNote }, Swedish)).Root.Name.LocalName);
    }

    [Fact]
    public void Wrong_numbers_are_told_with_the_number()
    {
        var wrong = Whole with
        {
            Seller = SwedishSeller with { OrganisationNumber = "556036-0794", VatNumber = "SE556036079302", ElectronicAddress = new ElectronicAddress("0007", "1") },
            Buyer = SwedishBuyer with { VatNumber = "12" },
            Payment = new PaymentDetails { Bankgiro = "505-105", Plusgiro = "x", TermsDays = 30 },
        };

        Assert.Equal(
            [
                "The seller's organisation number 556036-0794 is wrong.",
                "The seller's electronic address 0007:1 is wrong.",
                "The seller's VAT number SE556036079302 is wrong.",
                "The buyer's VAT number 12 is wrong.",
                "The bankgiro number 505-105 must have 7 or 8 digits (SE-R-008, SE-R-009).",
                "The plusgiro number x must have 2 to 8 digits (SE-R-007, SE-R-010).",
            ],
            PeppolXml.Missing(wrong));
    }

    [Fact]
    public void Rates_that_Sweden_does_not_have_are_told_and_Norwegian_ones_are_not()
    {
        var seven = Of(Row(107) with { VatBasisPoints = 700 });
        Assert.Equal(["A rate of 7 % is none of Sweden's (SE-R-006)."], PeppolXml.Missing(seven));
        Assert.Empty(PeppolXml.Missing(seven.AsNorwegian()));
    }

    [Fact]
    public void A_rate_that_does_not_go_with_its_category_is_told()
    {
        Assert.Equal(["A rate of 0 % does not go with VAT category S (BR-S-05, BR-Z-05)."], PeppolXml.Missing(Of(Row(100) with { VatBasisPoints = 0 })));
        Assert.Equal(
            ["A rate of 6 % does not go with VAT category Z (BR-S-05, BR-Z-05)."],
            PeppolXml.Missing(Of(Row(100) with { VatCategory = VatCategory.ZeroRated })));
    }

    [Fact]
    public void A_credit_note_needs_no_account_to_pay_to_and_names_what_it_corrects_if_there_is_something()
    {
        var credit = Of(Row(-12_402)).AsCredit() with { Payment = new PaymentDetails { TermsDays = 30 } };
        Assert.Empty(PeppolXml.Missing(credit));
        Assert.Empty(PeppolXml.Missing(credit with { Corrects = [] }));
        Assert.Equal(
            ["There is no bankgiro, plusgiro or bank account to pay to."],
            PeppolXml.Missing(Whole with { Payment = new PaymentDetails { TermsDays = 30 } }));
    }

    [Fact]
    public void A_seller_of_what_is_outside_the_scope_needs_no_VAT_number() => Assert.Empty(PeppolXml.Missing(
        Of(Row(100) with { VatCategory = VatCategory.OutsideScope, VatBasisPoints = 0 }) with { Seller = SwedishSeller with { VatNumber = null } }));

    [Fact]
    public void What_is_not_told_to_be_missing_keeps_every_rule()
    {
        var random = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            var invoice = Worsened(Any(random), random);
            var broken = PeppolRules.Broken(UblDocument.Read(PeppolXml.Write(invoice, Swedish)));
            Assert.True(broken.Count == 0 || PeppolXml.Missing(invoice).Count > 0, $"{string.Join(' ', broken)}: nothing told of {invoice}");
        }
    }

    [Theory]
    [InlineData("0007:5560360793", "0007", "5560360793")]
    [InlineData(" 9955 : SE123 ", "9955", "SE123")]
    [InlineData("0007:556036-0793", "0007", "5560360793")]
    [InlineData("0192:974 761 076", "0192", "974761076")]
    [InlineData("0088:7300010000001", "0088", "7300010000001")]
    [InlineData("0208:0202.239.951", "0208", "0202239951")]
    [InlineData("0007:5560360794", null, null)]
    [InlineData("0088:7300010000002", null, null)]
    [InlineData("0088:730001000000", null, null)]
    [InlineData("0208:0202.239.952", null, null)]
    [InlineData("mail:faktura@x.se", null, null)]
    [InlineData("5560360793", null, null)]
    [InlineData("0007:", null, null)]
    [InlineData("faktura@example.com", null, null)]
    [InlineData(null, null, null)]
    public void Electronic_addresses_are_read_with_their_scheme(string? text, string? scheme, string? value) =>
        Assert.Equal(scheme is null ? null : new ElectronicAddress(scheme, value!), ElectronicAddress.Parse(text));

    /// <summary>The invoice with something taken from it or put wrong.</summary>
    private static Invoice Worsened(Invoice invoice, Random random) => random.Next(10) switch
    {
        0 => invoice with { BillingReference = " " },
        1 => invoice with { Number = "\u0001" },
        2 => invoice with { Seller = invoice.Seller with { VatNumber = null } },
        3 => invoice with { Seller = invoice.Seller with { OrganisationNumber = "1" } },
        4 => invoice with { Buyer = invoice.Buyer with { ElectronicAddress = new ElectronicAddress("0192", "1") } },
        5 => invoice with { Buyer = invoice.Buyer with { OrganisationNumber = null, ElectronicAddress = null } },
        6 => invoice with { Buyer = invoice.Buyer with { PostalAddress = null, Name = "\u0002" } },
        7 => invoice with { Seller = invoice.Seller with { VatNumber = "XX" } },
        8 => invoice with { Payment = new PaymentDetails { TermsDays = 30, Bankgiro = "A" } },
        _ => invoice with { Lines = [], Taxes = [] },
    };
}
