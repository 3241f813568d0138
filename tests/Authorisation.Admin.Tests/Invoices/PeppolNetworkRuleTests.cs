using Xunit;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>The rules of Peppol BIS Billing 3.0 beyond EN 16931, and those of Sweden and Norway.</summary>
public sealed class PeppolNetworkRuleTests : PeppolRuleTest
{
    private const string Swede = $"{Seller}[cac:PostalAddress/cac:Country/cbc:IdentificationCode='SE']";
    private const string Giro = "cac:PaymentMeans/cac:PayeeFinancialAccount[cac:FinancialInstitutionBranch/cbc:ID";

    [Fact]
    public void PEPPOL_EN16931_R001_a_document_names_its_process() =>
        Rule("PEPPOL-EN16931-R001", d => d.Remove("cbc:ProfileID"));

    [Fact]
    public void PEPPOL_EN16931_R002_a_document_has_one_note_at_most() =>
        Rule("PEPPOL-EN16931-R002", d => d.AddAfter("cbc:IssueDate", "cbc:Note", "one") && d.Repeat("cbc:Note"));

    [Fact]
    public void PEPPOL_EN16931_R003_a_document_has_a_buyers_reference() =>
        Rule("PEPPOL-EN16931-R003", d => d.Remove("cbc:BuyerReference"));

    [Fact]
    public void PEPPOL_EN16931_R004_a_document_names_the_specification_of_Peppol() =>
        Rule("PEPPOL-EN16931-R004", d => d.Set("cbc:CustomizationID", "urn:cen.eu:en16931:2017"));

    [Fact]
    public void PEPPOL_EN16931_R007_the_process_is_one_of_Peppol() =>
        Rule("PEPPOL-EN16931-R007", d => d.Set("cbc:ProfileID", "urn:fdc:peppol.eu:2017:poacc:billing:1:1.0"));

    [Fact]
    public void PEPPOL_EN16931_R008_no_element_is_empty() =>
        Rule("PEPPOL-EN16931-R008", d => d.Set("cbc:BuyerReference", " "));

    [Fact]
    public void PEPPOL_EN16931_R010_the_buyer_has_an_electronic_address() =>
        Rule("PEPPOL-EN16931-R010", d => d.Remove($"{Buyer}/cbc:EndpointID"));

    [Fact]
    public void PEPPOL_EN16931_R020_the_seller_has_an_electronic_address() =>
        Rule("PEPPOL-EN16931-R020", d => d.Remove($"{Seller}/cbc:EndpointID"));

    [Fact]
    public void PEPPOL_EN16931_R040_there_are_no_allowances_whose_amounts_could_be_wrong() =>
        Rule("PEPPOL-EN16931-R040", d => d.AddAfter("cac:PaymentTerms", "cac:AllowanceCharge", UblDocument.Make("cbc:ChargeIndicator", "true")));

    [Fact]
    public void PEPPOL_EN16931_R046_there_are_no_discounts_of_prices_that_could_be_wrong() =>
        Rule("PEPPOL-EN16931-R046", d => d.AddAfter($"{Line}/cac:Price/cbc:PriceAmount", "cac:AllowanceCharge", UblDocument.Make("cbc:ChargeIndicator", "false")));

    [Fact]
    public void PEPPOL_EN16931_R051_every_amount_is_in_the_currency_of_the_document() =>
        Rule("PEPPOL-EN16931-R051", d => d.SetAttribute($"{Line}/cbc:LineExtensionAmount", "currencyID", "EUR"));

    [Fact]
    public void PEPPOL_EN16931_R053_there_is_one_total_of_VAT_with_its_rates() =>
        Rule(
            "PEPPOL-EN16931-R053",
            d => d.Repeat("cac:TaxTotal"),
            d => d.Remove("cac:TaxTotal"));

    [Fact]
    public void PEPPOL_EN16931_R054_there_is_no_total_of_VAT_without_its_rates() =>
        Rule("PEPPOL-EN16931-R054", d => d.Remove(Subtotal));

    [Fact]
    public void PEPPOL_EN16931_R061_nothing_is_paid_by_direct_debit() =>
        Rule("PEPPOL-EN16931-R061", d => d.Set("cac:PaymentMeans/cbc:PaymentMeansCode", "49"));

    [Fact]
    public void PEPPOL_EN16931_R110_no_line_begins_before_the_period_of_the_document() =>
        Rule("PEPPOL-EN16931-R110", d => d.Set($"{Line}/cac:InvoicePeriod/cbc:StartDate", "2026-10-31"));

    [Fact]
    public void PEPPOL_EN16931_R111_no_line_ends_after_the_period_of_the_document() =>
        Rule("PEPPOL-EN16931-R111", d => d.Set($"{Line}/cac:InvoicePeriod/cbc:EndDate", "2026-12-01"));

    [Fact]
    public void PEPPOL_EN16931_R120_the_amount_of_a_line_is_its_quantity_times_its_price() =>
        Rule(
            "PEPPOL-EN16931-R120",
            d => d.Raise($"{Line}/cbc:LineExtensionAmount"),
            d => d.Raise($"{Line}/cac:Price/cbc:PriceAmount"));

    [Fact]
    public void PEPPOL_EN16931_R121_the_quantity_of_a_price_is_positive() =>
        Rule("PEPPOL-EN16931-R121", d => d.Set("//cac:Price/cbc:BaseQuantity", "0"));

    [Fact]
    public void PEPPOL_EN16931_R130_the_unit_of_a_price_is_the_unit_of_its_line() =>
        Rule("PEPPOL-EN16931-R130", d => d.SetAttribute("//cac:Price/cbc:BaseQuantity", "unitCode", "H87"));

    [Fact]
    public void PEPPOL_EN16931_P0100_an_invoice_is_a_commercial_invoice() =>
        Rule("PEPPOL-EN16931-P0100", d => d.Set("cbc:InvoiceTypeCode", "381"));

    [Fact]
    public void PEPPOL_EN16931_P0101_a_credit_note_is_a_credit_note() =>
        Rule("PEPPOL-EN16931-P0101", d => d.Set("cbc:CreditNoteTypeCode", "380"));

    [Fact]
    public void PEPPOL_EN16931_P0105_only_what_is_outside_the_scope_has_the_code_for_it() =>
        Rule("PEPPOL-EN16931-P0105", d => d.Set("//cac:TaxCategory[cbc:TaxExemptionReasonCode]/cbc:ID", "E"));

    [Fact]
    public void UBL_SR_44_all_accounts_are_paid_under_one_reference() =>
        Rule("UBL-SR-44", d => d.Set("cac:PaymentMeans/cbc:PaymentID", "another"));

    [Fact]
    public void UBL_SR_47_all_means_of_payment_have_one_code() =>
        Rule("UBL-SR-47", d => d.Set("cac:PaymentMeans/cbc:PaymentMeansCode", "58"));

    [Fact]
    public void PEPPOL_COMMON_R041_Norwegian_organisation_numbers_are_right() =>
        Rule("PEPPOL-COMMON-R041", d => d.Set("//*[@schemeID='0192']", "974761075"));

    [Fact]
    public void PEPPOL_COMMON_R049_Swedish_organisation_numbers_are_right() =>
        Rule("PEPPOL-COMMON-R049", d => d.Set("//*[@schemeID='0007']", "5560360794"));

    [Fact]
    public void SE_R_001_a_Swedish_VAT_number_has_14_characters() =>
        Rule("SE-R-001", d => d.Set($"{Swede}/{VatNumber}", "SE5560360793"));

    [Fact]
    public void SE_R_002_a_Swedish_VAT_number_ends_with_12_digits() =>
        Rule("SE-R-002", d => d.Set($"{Swede}/{VatNumber}", "SE55603607930X"));

    [Fact]
    public void SE_R_003_a_Swedish_organisation_number_is_numeric() =>
        Rule("SE-R-003", d => d.Set($"{Swede}/cac:PartyLegalEntity/cbc:CompanyID", "556036-079"));

    [Fact]
    public void SE_R_004_a_Swedish_organisation_number_has_10_digits() =>
        Rule("SE-R-004", d => d.Set($"{Swede}/cac:PartyLegalEntity/cbc:CompanyID", "556036079"));

    [Fact]
    public void SE_R_005_a_Swedish_seller_is_approved_for_F_tax_in_these_words() =>
        Rule("SE-R-005", d => d.Set($"{Swede}/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='TAX']/cbc:CompanyID", "F-skatt"));

    [Fact]
    public void SE_R_006_Swedish_rates_are_6_and_12_and_25() =>
        Rule("SE-R-006", d => d.Has($"{Swede}/{VatNumber}") && d.Set("//cac:ClassifiedTaxCategory[cbc:ID='S']/cbc:Percent", "7"));

    [Fact]
    public void SE_R_007_a_plusgiro_number_is_numeric() =>
        Rule("SE-R-007", d => d.Set($"{Giro}='SE:PLUSGIRO']/cbc:ID", "4-2"));

    [Fact]
    public void SE_R_008_a_bankgiro_number_is_numeric() =>
        Rule("SE-R-008", d => d.Set($"{Giro}='SE:BANKGIRO']/cbc:ID", "5050-1055"));

    [Fact]
    public void SE_R_009_a_bankgiro_number_has_7_or_8_digits() =>
        Rule("SE-R-009", d => d.Set($"{Giro}='SE:BANKGIRO']/cbc:ID", "505010"));

    [Fact]
    public void SE_R_010_a_plusgiro_number_has_2_to_8_digits() =>
        Rule("SE-R-010", d => d.Set($"{Giro}='SE:PLUSGIRO']/cbc:ID", "4"));

    [Fact]
    public void SE_R_011_giro_payments_are_credit_transfers() =>
        Rule("SE-R-011", d => d.Has(Swede) && d.Set("cac:PaymentMeans/cbc:PaymentMeansCode", "50"));

    [Fact]
    public void SE_R_012_credit_transfers_have_the_code_30() =>
        Rule("SE-R-012", d => d.Has(Swede) && d.Set("cac:PaymentMeans/cbc:PaymentMeansCode", "31"));

    [Fact]
    public void SE_R_013_a_Swedish_organisation_number_has_its_check_digit() =>
        Rule("SE-R-013", d => d.Set($"{Swede}/cac:PartyLegalEntity/cbc:CompanyID", "5560360794"));

    [Fact]
    public void NO_R_001_a_Norwegian_VAT_number_ends_with_MVA() =>
        Rule("NO-R-001", d => d.Set($"{Seller}[cac:PostalAddress/cac:Country/cbc:IdentificationCode='NO']/{VatNumber}", "NO974761076"));

    [Fact]
    public void NO_R_002_a_Norwegian_seller_is_in_Foretaksregisteret() =>
        Rule("NO-R-002", d => d.Set("//cac:PartyTaxScheme[cbc:CompanyID='Foretaksregisteret']/cbc:CompanyID", "Enhetsregisteret"));
}
