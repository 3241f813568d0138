using Xunit;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>The rules of EN 16931 about what a document has and what its amounts add up to.</summary>
public sealed class PeppolModelRuleTests : PeppolRuleTest
{
    [Fact]
    public void BR_01_a_document_names_its_specification() =>
        Rule("BR-01", d => d.Remove("cbc:CustomizationID"));

    [Fact]
    public void BR_02_a_document_has_a_number() =>
        Rule("BR-02", d => d.Remove("cbc:ID"));

    [Fact]
    public void BR_03_a_document_has_an_issue_date() =>
        Rule("BR-03", d => d.Remove("cbc:IssueDate"));

    [Fact]
    public void BR_04_a_document_has_a_type() =>
        Rule("BR-04", d => d.Remove("cbc:InvoiceTypeCode | cbc:CreditNoteTypeCode"));

    [Fact]
    public void BR_05_a_document_has_a_currency() =>
        Rule("BR-05", d => d.Remove("cbc:DocumentCurrencyCode"));

    [Fact]
    public void BR_06_the_seller_has_a_name() =>
        Rule("BR-06", d => d.Remove($"{Seller}/cac:PartyLegalEntity/cbc:RegistrationName"));

    [Fact]
    public void BR_07_the_buyer_has_a_name() =>
        Rule("BR-07", d => d.Remove($"{Buyer}/cac:PartyLegalEntity/cbc:RegistrationName"));

    [Fact]
    public void BR_08_the_seller_has_an_address() =>
        Rule("BR-08", d => d.Remove($"{Seller}/cac:PostalAddress"));

    [Fact]
    public void BR_09_the_sellers_address_has_a_country() =>
        Rule("BR-09", d => d.Remove($"{Seller}/cac:PostalAddress/cac:Country"));

    [Fact]
    public void BR_10_the_buyer_has_an_address() =>
        Rule("BR-10", d => d.Remove($"{Buyer}/cac:PostalAddress"));

    [Fact]
    public void BR_11_the_buyers_address_has_a_country() =>
        Rule("BR-11", d => d.Remove($"{Buyer}/cac:PostalAddress/cac:Country"));

    [Fact]
    public void BR_12_there_is_the_sum_of_the_lines() =>
        Rule("BR-12", d => d.Remove($"{Totals}/cbc:LineExtensionAmount"));

    [Fact]
    public void BR_13_there_is_the_total_without_VAT() =>
        Rule("BR-13", d => d.Remove($"{Totals}/cbc:TaxExclusiveAmount"));

    [Fact]
    public void BR_14_there_is_the_total_with_VAT() =>
        Rule("BR-14", d => d.Remove($"{Totals}/cbc:TaxInclusiveAmount"));

    [Fact]
    public void BR_15_there_is_the_amount_to_pay() =>
        Rule("BR-15", d => d.Remove($"{Totals}/cbc:PayableAmount"));

    [Fact]
    public void BR_16_there_is_a_line() =>
        Rule("BR-16", d => d.Remove(UblDocument.Lines));

    [Fact]
    public void BR_21_each_line_has_a_number() =>
        Rule("BR-21", d => d.Remove($"{Line}[1]/cbc:ID"));

    [Fact]
    public void BR_22_each_line_has_a_quantity() =>
        Rule("BR-22", d => d.Remove($"{Line}[1]/cbc:InvoicedQuantity | {Line}[1]/cbc:CreditedQuantity"));

    [Fact]
    public void BR_23_each_quantity_has_a_unit() =>
        Rule("BR-23", d => d.SetAttribute($"{Line}/cbc:InvoicedQuantity | {Line}/cbc:CreditedQuantity", "unitCode", null));

    [Fact]
    public void BR_24_each_line_has_an_amount() =>
        Rule("BR-24", d => d.Remove($"{Line}[1]/cbc:LineExtensionAmount"));

    [Fact]
    public void BR_25_each_line_has_a_name() =>
        Rule("BR-25", d => d.Remove($"{Line}[1]/cac:Item/cbc:Name"));

    [Fact]
    public void BR_26_each_line_has_a_price() =>
        Rule("BR-26", d => d.Remove($"{Line}[1]/cac:Price"));

    [Fact]
    public void BR_27_no_price_is_negative() =>
        Rule("BR-27", d => d.Set($"{Line}/cac:Price/cbc:PriceAmount", "-0.01"));

    [Fact]
    public void BR_29_the_period_of_a_document_ends_after_it_begins() =>
        Rule("BR-29", d => d.Set("cac:InvoicePeriod/cbc:EndDate", "2026-10-31"));

    [Fact]
    public void BR_30_the_period_of_a_line_ends_after_it_begins() =>
        Rule("BR-30", d => d.Set($"{Line}/cac:InvoicePeriod/cbc:EndDate", "2026-10-31"));

    [Fact]
    public void BR_45_each_rate_has_a_taxable_amount() =>
        Rule("BR-45", d => d.Remove($"{Subtotal}/cbc:TaxableAmount"));

    [Fact]
    public void BR_46_each_rate_has_a_tax_amount() =>
        Rule("BR-46", d => d.Remove($"{Subtotal}/cbc:TaxAmount"));

    [Fact]
    public void BR_47_each_rate_has_a_category() =>
        Rule("BR-47", d => d.Remove($"{Subtotal}/cac:TaxCategory/cbc:ID"));

    [Fact]
    public void BR_48_each_rate_has_a_percentage_unless_it_is_outside_the_scope() =>
        Rule("BR-48", d => d.Remove($"{Subtotal}/cac:TaxCategory/cbc:Percent"));

    [Fact]
    public void BR_49_each_means_of_payment_has_a_code() =>
        Rule("BR-49", d => d.Remove("cac:PaymentMeans/cbc:PaymentMeansCode"));

    [Fact]
    public void BR_50_each_account_has_a_number() =>
        Rule("BR-50", d => d.Remove("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"));

    [Fact]
    public void BR_54_each_property_of_an_item_has_a_name_and_a_value() =>
        Rule(
            "BR-54",
            d => d.Remove("//cac:AdditionalItemProperty/cbc:Name"),
            d => d.Remove("//cac:AdditionalItemProperty/cbc:Value"));

    [Fact]
    public void BR_55_each_reference_to_an_earlier_invoice_has_its_number() =>
        Rule("BR-55", d => d.Remove("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"));

    [Fact]
    public void BR_61_each_credit_transfer_has_an_account() =>
        Rule("BR-61", d => d.Remove("cac:PaymentMeans/cac:PayeeFinancialAccount"));

    [Fact]
    public void BR_62_the_sellers_electronic_address_has_a_scheme() =>
        Rule("BR-62", d => d.SetAttribute($"{Seller}/cbc:EndpointID", "schemeID", null));

    [Fact]
    public void BR_63_the_buyers_electronic_address_has_a_scheme() =>
        Rule("BR-63", d => d.SetAttribute($"{Buyer}/cbc:EndpointID", "schemeID", null));

    [Fact]
    public void BR_CO_04_each_line_has_a_VAT_category() =>
        Rule("BR-CO-04", d => d.Remove($"{Line}[1]/cac:Item/cac:ClassifiedTaxCategory"));

    [Fact]
    public void BR_CO_09_VAT_numbers_begin_with_a_country() =>
        Rule("BR-CO-09", d => d.Set($"{Seller}/{VatNumber}", "556036079301"));

    [Fact]
    public void BR_CO_10_the_sum_of_the_lines_is_the_sum_of_the_lines() =>
        Rule(
            "BR-CO-10",
            d => d.Raise($"{Totals}/cbc:LineExtensionAmount"),
            d => d.Raise($"{Line}/cbc:LineExtensionAmount"));

    [Fact]
    public void BR_CO_11_there_are_no_allowances_so_there_is_no_sum_of_them() =>
        Rule("BR-CO-11", d => d.AddAfter($"{Totals}/cbc:TaxInclusiveAmount", "cbc:AllowanceTotalAmount", "0.01"));

    [Fact]
    public void BR_CO_12_there_are_no_charges_so_there_is_no_sum_of_them() =>
        Rule("BR-CO-12", d => d.AddAfter($"{Totals}/cbc:TaxInclusiveAmount", "cbc:ChargeTotalAmount", "0.01"));

    [Fact]
    public void BR_CO_13_the_total_without_VAT_is_the_sum_of_the_lines() =>
        Rule("BR-CO-13", d => d.Raise($"{Totals}/cbc:TaxExclusiveAmount"));

    [Fact]
    public void BR_CO_14_the_VAT_is_the_sum_of_the_VAT_of_the_rates() =>
        Rule(
            "BR-CO-14",
            d => d.Raise("cac:TaxTotal/cbc:TaxAmount"),
            d => d.Raise($"{Subtotal}/cbc:TaxAmount"));

    [Fact]
    public void BR_CO_15_the_total_with_VAT_is_the_total_without_it_and_the_VAT() =>
        Rule(
            "BR-CO-15",
            d => d.Raise($"{Totals}/cbc:TaxInclusiveAmount"),
            d => d.Raise("cac:TaxTotal/cbc:TaxAmount"));

    [Fact]
    public void BR_CO_16_the_amount_to_pay_is_the_total_with_VAT_and_the_rounding() =>
        Rule(
            "BR-CO-16",
            d => d.Raise($"{Totals}/cbc:PayableAmount"),
            d => d.Remove($"{Totals}/cbc:PayableRoundingAmount"));

    [Fact]
    public void BR_CO_17_the_VAT_of_a_rate_is_the_rate_times_its_taxable_amount() =>
        Rule("BR-CO-17", d => d.Raise($"{Subtotal}/cbc:TaxAmount"));

    [Fact]
    public void BR_CO_18_there_is_a_breakdown_of_VAT() =>
        Rule("BR-CO-18", d => d.Remove(Subtotal));

    [Fact]
    public void BR_CO_19_the_period_of_a_document_has_a_day() =>
        Rule("BR-CO-19", d => d.Remove("cac:InvoicePeriod/*"));

    [Fact]
    public void BR_CO_20_the_period_of_a_line_has_a_day() =>
        Rule("BR-CO-20", d => d.Remove($"{Line}/cac:InvoicePeriod/*"));

    [Fact]
    public void BR_CO_25_what_is_to_be_paid_has_a_due_date_or_terms() =>
        Rule("BR-CO-25", d => d.Number($"{Totals}/cbc:PayableAmount") > 0 && d.Remove("cbc:DueDate | cac:PaymentTerms"));

    [Fact]
    public void BR_CO_26_the_seller_has_a_number() =>
        Rule("BR-CO-26", d => d.Remove($"{Seller}/cac:PartyLegalEntity/cbc:CompanyID | {Seller}/cac:PartyTaxScheme"));

    [Fact]
    public void BR_DEC_09_the_sum_of_the_lines_has_two_decimals_at_most() =>
        Rule("BR-DEC-09", d => d.Raise($"{Totals}/cbc:LineExtensionAmount", 0.001m));

    [Fact]
    public void BR_DEC_12_the_total_without_VAT_has_two_decimals_at_most() =>
        Rule("BR-DEC-12", d => d.Raise($"{Totals}/cbc:TaxExclusiveAmount", 0.001m));

    [Fact]
    public void BR_DEC_13_the_VAT_has_two_decimals_at_most() =>
        Rule("BR-DEC-13", d => d.Raise("cac:TaxTotal/cbc:TaxAmount", 0.001m));

    [Fact]
    public void BR_DEC_14_the_total_with_VAT_has_two_decimals_at_most() =>
        Rule("BR-DEC-14", d => d.Raise($"{Totals}/cbc:TaxInclusiveAmount", 0.001m));

    [Fact]
    public void BR_DEC_17_the_rounding_has_two_decimals_at_most() =>
        Rule("BR-DEC-17", d => d.Raise($"{Totals}/cbc:PayableRoundingAmount", 0.001m));

    [Fact]
    public void BR_DEC_18_the_amount_to_pay_has_two_decimals_at_most() =>
        Rule("BR-DEC-18", d => d.Raise($"{Totals}/cbc:PayableAmount", 0.001m));

    [Fact]
    public void BR_DEC_19_the_taxable_amount_of_a_rate_has_two_decimals_at_most() =>
        Rule("BR-DEC-19", d => d.Raise($"{Subtotal}/cbc:TaxableAmount", 0.001m));

    [Fact]
    public void BR_DEC_20_the_VAT_of_a_rate_has_two_decimals_at_most() =>
        Rule("BR-DEC-20", d => d.Raise($"{Subtotal}/cbc:TaxAmount", 0.001m));

    [Fact]
    public void BR_DEC_23_the_amount_of_a_line_has_two_decimals_at_most() =>
        Rule("BR-DEC-23", d => d.Raise($"{Line}/cbc:LineExtensionAmount", 0.001m));
}
