using Xunit;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>The rules of EN 16931 about each category of VAT.</summary>
public sealed class PeppolVatRuleTests : PeppolRuleTest
{
    [Fact]
    public void BR_S_01_lines_that_are_standard_rated_have_their_breakdown() =>
        Rule("BR-S-01", d => d.Remove($"{Subtotal}[cac:TaxCategory/cbc:ID='S']"));

    [Fact]
    public void BR_S_02_lines_that_are_standard_rated_need_the_sellers_VAT_number() =>
        Rule("BR-S-02", d => d.Has($"{Line}/cac:Item/cac:ClassifiedTaxCategory[cbc:ID='S']") && d.Remove($"{Seller}/cac:PartyTaxScheme"));

    [Fact]
    public void BR_S_05_a_line_that_is_standard_rated_has_a_rate_above_0() =>
        Rule("BR-S-05", d => d.Set($"{Line}/cac:Item/cac:ClassifiedTaxCategory[cbc:ID='S']/cbc:Percent", "0"));

    [Fact]
    public void BR_S_08_the_taxable_amount_that_is_standard_rated_is_the_sum_of_its_lines() =>
        Rule(
            "BR-S-08",
            d => d.Raise($"{Subtotal}[cac:TaxCategory/cbc:ID='S']/cbc:TaxableAmount"),
            d => d.Raise($"{Line}[cac:Item/cac:ClassifiedTaxCategory[cbc:ID='S']]/cbc:LineExtensionAmount"));

    [Fact]
    public void BR_S_09_the_VAT_on_what_is_standard_rated_is_its_rate_of_it() =>
        Rule("BR-S-09", d => d.Raise($"{Subtotal}[cac:TaxCategory/cbc:ID='S']/cbc:TaxAmount"));

    [Fact]
    public void BR_S_10_what_is_standard_rated_has_no_reason_for_exemption() =>
        Rule("BR-S-10", d => d.AddAfter($"{Subtotal}[cac:TaxCategory/cbc:ID='S']/cac:TaxCategory/cbc:Percent", "cbc:TaxExemptionReason", "none"));

    [Fact]
    public void BR_Z_01_lines_that_are_zero_rated_have_their_breakdown() =>
        Rule(
            "BR-Z-01",
            d => d.Remove($"{Subtotal}[cac:TaxCategory/cbc:ID='Z']"),
            d => d.Repeat($"{Subtotal}[cac:TaxCategory/cbc:ID='Z']"));

    [Fact]
    public void BR_Z_02_lines_that_are_zero_rated_need_the_sellers_VAT_number() =>
        Rule("BR-Z-02", d => d.Has($"{Line}/cac:Item/cac:ClassifiedTaxCategory[cbc:ID='Z']") && d.Remove($"{Seller}/cac:PartyTaxScheme"));

    [Fact]
    public void BR_Z_05_a_line_that_is_zero_rated_has_a_rate_of_0() =>
        Rule("BR-Z-05", d => d.Set($"{Line}/cac:Item/cac:ClassifiedTaxCategory[cbc:ID='Z']/cbc:Percent", "6"));

    [Fact]
    public void BR_Z_08_the_taxable_amount_that_is_zero_rated_is_the_sum_of_its_lines() =>
        Rule(
            "BR-Z-08",
            d => d.Raise($"{Subtotal}[cac:TaxCategory/cbc:ID='Z']/cbc:TaxableAmount"),
            d => d.Raise($"{Line}[cac:Item/cac:ClassifiedTaxCategory[cbc:ID='Z']]/cbc:LineExtensionAmount"));

    [Fact]
    public void BR_Z_09_the_VAT_on_what_is_zero_rated_is_0() =>
        Rule("BR-Z-09", d => d.Raise($"{Subtotal}[cac:TaxCategory/cbc:ID='Z']/cbc:TaxAmount"));

    [Fact]
    public void BR_Z_10_what_is_zero_rated_has_no_reason_for_exemption() =>
        Rule("BR-Z-10", d => d.AddAfter($"{Subtotal}[cac:TaxCategory/cbc:ID='Z']/cac:TaxCategory/cbc:Percent", "cbc:TaxExemptionReason", "none"));

    [Fact]
    public void BR_E_01_lines_that_are_exempt_have_their_breakdown() =>
        Rule(
            "BR-E-01",
            d => d.Remove($"{Subtotal}[cac:TaxCategory/cbc:ID='E']"),
            d => d.Repeat($"{Subtotal}[cac:TaxCategory/cbc:ID='E']"));

    [Fact]
    public void BR_E_02_lines_that_are_exempt_need_the_sellers_VAT_number() =>
        Rule("BR-E-02", d => d.Has($"{Line}/cac:Item/cac:ClassifiedTaxCategory[cbc:ID='E']") && d.Remove($"{Seller}/cac:PartyTaxScheme"));

    [Fact]
    public void BR_E_05_a_line_that_is_exempt_has_a_rate_of_0() =>
        Rule("BR-E-05", d => d.Set($"{Line}/cac:Item/cac:ClassifiedTaxCategory[cbc:ID='E']/cbc:Percent", "6"));

    [Fact]
    public void BR_E_08_the_taxable_amount_that_is_exempt_is_the_sum_of_its_lines() =>
        Rule(
            "BR-E-08",
            d => d.Raise($"{Subtotal}[cac:TaxCategory/cbc:ID='E']/cbc:TaxableAmount"),
            d => d.Raise($"{Line}[cac:Item/cac:ClassifiedTaxCategory[cbc:ID='E']]/cbc:LineExtensionAmount"));

    [Fact]
    public void BR_E_09_the_VAT_on_what_is_exempt_is_0() =>
        Rule("BR-E-09", d => d.Raise($"{Subtotal}[cac:TaxCategory/cbc:ID='E']/cbc:TaxAmount"));

    [Fact]
    public void BR_E_10_what_is_exempt_says_why() =>
        Rule("BR-E-10", d => d.Remove($"{Subtotal}[cac:TaxCategory/cbc:ID='E']/cac:TaxCategory/cbc:TaxExemptionReason | {Subtotal}[cac:TaxCategory/cbc:ID='E']/cac:TaxCategory/cbc:TaxExemptionReasonCode"));

    [Fact]
    public void BR_O_01_lines_that_are_outside_the_scope_have_their_breakdown() =>
        Rule(
            "BR-O-01",
            d => d.Remove($"{Subtotal}[cac:TaxCategory/cbc:ID='O']"),
            d => d.Repeat($"{Subtotal}[cac:TaxCategory/cbc:ID='O']"));

    [Fact]
    public void BR_O_02_lines_that_are_outside_the_scope_forbid_VAT_numbers() =>
        Rule("BR-O-02", d => d.Has($"{Line}/cac:Item/cac:ClassifiedTaxCategory[cbc:ID='O']") && d.AddAfter($"{Buyer}/cac:PostalAddress", "cac:PartyTaxScheme", UblDocument.Make("cbc:CompanyID", "SE212000014201"), UblDocument.Make("cac:TaxScheme", UblDocument.Make("cbc:ID", "VAT"))));

    [Fact]
    public void BR_O_05_a_line_that_is_outside_the_scope_has_no_rate() =>
        Rule("BR-O-05", d => d.AddAfter($"{Line}/cac:Item/cac:ClassifiedTaxCategory[cbc:ID='O']/cbc:ID", "cbc:Percent", "0"));

    [Fact]
    public void BR_O_08_the_taxable_amount_that_is_outside_the_scope_is_the_sum_of_its_lines() =>
        Rule(
            "BR-O-08",
            d => d.Raise($"{Subtotal}[cac:TaxCategory/cbc:ID='O']/cbc:TaxableAmount"),
            d => d.Raise($"{Line}[cac:Item/cac:ClassifiedTaxCategory[cbc:ID='O']]/cbc:LineExtensionAmount"));

    [Fact]
    public void BR_O_09_the_VAT_on_what_is_outside_the_scope_is_0() =>
        Rule("BR-O-09", d => d.Raise($"{Subtotal}[cac:TaxCategory/cbc:ID='O']/cbc:TaxAmount"));

    [Fact]
    public void BR_O_10_what_is_outside_the_scope_says_why() =>
        Rule("BR-O-10", d => d.Remove($"{Subtotal}[cac:TaxCategory/cbc:ID='O']/cac:TaxCategory/cbc:TaxExemptionReason | {Subtotal}[cac:TaxCategory/cbc:ID='O']/cac:TaxCategory/cbc:TaxExemptionReasonCode"));

    [Fact]
    public void BR_O_11_what_is_outside_the_scope_has_the_only_breakdown() =>
        Rule("BR-O-11", d => d.Has($"{Subtotal}[cac:TaxCategory/cbc:ID='O']") && d.Repeat(Subtotal));

    [Fact]
    public void BR_O_12_what_is_outside_the_scope_has_all_lines() =>
        Rule("BR-O-12", d => d.Has($"{Subtotal}[cac:TaxCategory/cbc:ID='O']") && d.Set($"{Line}/cac:Item/cac:ClassifiedTaxCategory/cbc:ID", "Z"));

    [Fact]
    public void BR_O_13_there_are_no_allowances_beside_what_is_outside_the_scope() =>
        Rule("BR-O-13", d => d.AddAfter("cac:PaymentTerms", "cac:AllowanceCharge", UblDocument.Make("cbc:ChargeIndicator", "false")));

    [Fact]
    public void BR_O_14_there_are_no_charges_beside_what_is_outside_the_scope() =>
        Rule("BR-O-14", d => d.AddAfter("cac:PaymentTerms", "cac:AllowanceCharge", UblDocument.Make("cbc:ChargeIndicator", "true")));
}
