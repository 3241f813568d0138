namespace Authorisation.Admin.Tests.Invoices;

/// <summary>
/// The rules of EN 16931 and Peppol BIS Billing 3.0 that our documents can meet, read anew from their schematron and
/// independent of the code that writes the documents. True is that the rule holds. Where a rule allows a tolerance, none is
/// allowed here.
/// </summary>
internal static partial class PeppolRules
{
    private const string Seller = "cac:AccountingSupplierParty/cac:Party";
    private const string Buyer = "cac:AccountingCustomerParty/cac:Party";
    private const string Totals = "cac:LegalMonetaryTotal";
    private const string Subtotals = "cac:TaxTotal/cac:TaxSubtotal";
    private const string Means = "cac:PaymentMeans";
    private const string Vat = "cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='VAT']/cbc:CompanyID";
    private const string Quantity = "cbc:InvoicedQuantity | cbc:CreditedQuantity";

    public static IReadOnlyDictionary<string, Func<UblDocument, bool>> All { get; } =
        new[] { Mandatory(), Amounts(), TwoDecimals(), Peppol(), VatCategories(), Swedish(), Norwegian() }
            .SelectMany(rules => rules)
            .ToDictionary(rule => rule.Key, rule => rule.Value, StringComparer.Ordinal);

    /// <summary>The rules that a document breaks.</summary>
    public static IReadOnlyList<string> Broken(UblDocument document) =>
        [.. All.Where(rule => !rule.Value(document)).Select(rule => rule.Key)];

    private static Dictionary<string, Func<UblDocument, bool>> Mandatory() => new(StringComparer.Ordinal)
    {
        ["BR-01"] = d => d.Text("cbc:CustomizationID") != "",
        ["BR-02"] = d => d.Text("cbc:ID") != "",
        ["BR-03"] = d => d.Text("cbc:IssueDate") != "",
        ["BR-04"] = d => d.Text("cbc:InvoiceTypeCode | cbc:CreditNoteTypeCode") != "",
        ["BR-05"] = d => d.Text("cbc:DocumentCurrencyCode") != "",
        ["BR-06"] = d => d.Text($"{Seller}/cac:PartyLegalEntity/cbc:RegistrationName") != "",
        ["BR-07"] = d => d.Text($"{Buyer}/cac:PartyLegalEntity/cbc:RegistrationName") != "",
        ["BR-08"] = d => d.Has($"{Seller}/cac:PostalAddress"),
        ["BR-09"] = d => d.Text($"{Seller}/cac:PostalAddress/cac:Country/cbc:IdentificationCode") != "",
        ["BR-10"] = d => d.Has($"{Buyer}/cac:PostalAddress"),
        ["BR-11"] = d => d.Text($"{Buyer}/cac:PostalAddress/cac:Country/cbc:IdentificationCode") != "",
        ["BR-12"] = d => d.Has($"{Totals}/cbc:LineExtensionAmount"),
        ["BR-13"] = d => d.Has($"{Totals}/cbc:TaxExclusiveAmount"),
        ["BR-14"] = d => d.Has($"{Totals}/cbc:TaxInclusiveAmount"),
        ["BR-15"] = d => d.Has($"{Totals}/cbc:PayableAmount"),
        ["BR-16"] = d => d.Has(UblDocument.Lines),
        ["BR-21"] = d => OnLines(d, "cbc:ID"),
        ["BR-22"] = d => OnLines(d, Quantity),
        ["BR-23"] = d => OnLines(d, "cbc:InvoicedQuantity[@unitCode] | cbc:CreditedQuantity[@unitCode]"),
        ["BR-24"] = d => OnLines(d, "cbc:LineExtensionAmount"),
        ["BR-25"] = d => OnLines(d, "cac:Item/cbc:Name"),
        ["BR-26"] = d => OnLines(d, "cac:Price/cbc:PriceAmount"),
        ["BR-27"] = d => d.All(UblDocument.Lines).All(line => line.Number("cac:Price/cbc:PriceAmount") >= 0),
        ["BR-29"] = d => d.All("cac:InvoicePeriod").All(period => IsInOrder(period)),
        ["BR-30"] = d => d.All("*/cac:InvoicePeriod").All(period => IsInOrder(period)),
        ["BR-45"] = d => d.All(Subtotals).All(tax => tax.Number("cbc:TaxableAmount") is not null),
        ["BR-46"] = d => d.All(Subtotals).All(tax => tax.Number("cbc:TaxAmount") is not null),
        ["BR-47"] = d => d.All(Subtotals).All(tax => tax.Text("cac:TaxCategory[cac:TaxScheme/cbc:ID='VAT']/cbc:ID") != ""),
        ["BR-48"] = d => d.All(Subtotals).All(tax => tax.Text("cac:TaxCategory/cbc:ID") == "O" || tax.Number("cac:TaxCategory/cbc:Percent") is not null),
        ["BR-49"] = d => d.All(Means).All(means => means.Text("cbc:PaymentMeansCode") != ""),
        ["BR-50"] = d => d.All($"{Means}/cac:PayeeFinancialAccount").All(account => account.Text("cbc:ID") != ""),
        ["BR-54"] = d => d.All("//cac:AdditionalItemProperty").All(property => property.Text("cbc:Name") != "" && property.Text("cbc:Value") != ""),
        ["BR-55"] = d => d.All("cac:BillingReference").All(reference => reference.Text("cac:InvoiceDocumentReference/cbc:ID") != ""),
        ["BR-61"] = d => d.All($"{Means}[cbc:PaymentMeansCode='30' or cbc:PaymentMeansCode='58']").All(means => means.Text("cac:PayeeFinancialAccount/cbc:ID") != ""),
        ["BR-62"] = d => d.All($"{Seller}/cbc:EndpointID").All(address => address.Attribute("schemeID") is not null),
        ["BR-63"] = d => d.All($"{Buyer}/cbc:EndpointID").All(address => address.Attribute("schemeID") is not null),
        ["BR-CO-04"] = d => OnLines(d, "cac:Item/cac:ClassifiedTaxCategory[cac:TaxScheme/cbc:ID='VAT']/cbc:ID"),
        ["BR-CO-09"] = d => d.All("//" + Vat).All(number => number.Value is ['A' or 'N' or 'S', >= 'A' and <= 'Z', ..]),
        ["BR-CO-19"] = d => d.All("cac:InvoicePeriod").All(period => period.HasElements),
        ["BR-CO-20"] = d => d.All("*/cac:InvoicePeriod").All(period => period.HasElements),
        ["BR-CO-25"] = d => !(d.Number($"{Totals}/cbc:PayableAmount") > 0) || d.Has("cbc:DueDate") || d.Has("cac:PaymentTerms/cbc:Note"),
        ["BR-CO-26"] = d => d.Text($"{Seller}/cac:PartyLegalEntity/cbc:CompanyID") != "" || d.Text($"{Seller}/{Vat}") != "",
    };

    private static Dictionary<string, Func<UblDocument, bool>> Amounts() => new(StringComparer.Ordinal)
    {
        ["BR-CO-10"] = d => d.Number($"{Totals}/cbc:LineExtensionAmount") == d.All(UblDocument.Lines).Sum(line => line.Number("cbc:LineExtensionAmount")),
        ["BR-CO-11"] = d => !d.Has($"{Totals}/cbc:AllowanceTotalAmount") && !d.Has("//cac:AllowanceCharge"),
        ["BR-CO-12"] = d => !d.Has($"{Totals}/cbc:ChargeTotalAmount") && !d.Has("//cac:AllowanceCharge"),
        ["BR-CO-13"] = d => d.Number($"{Totals}/cbc:TaxExclusiveAmount") == d.Number($"{Totals}/cbc:LineExtensionAmount"),
        ["BR-CO-14"] = d => d.Number("cac:TaxTotal/cbc:TaxAmount") == d.All(Subtotals).Sum(tax => tax.Number("cbc:TaxAmount")),
        ["BR-CO-15"] = d => d.Number($"{Totals}/cbc:TaxInclusiveAmount") == d.Number($"{Totals}/cbc:TaxExclusiveAmount") + d.Number("cac:TaxTotal/cbc:TaxAmount"),
        ["BR-CO-16"] = d => d.Number($"{Totals}/cbc:PayableAmount")
            == d.Number($"{Totals}/cbc:TaxInclusiveAmount") - (d.Number($"{Totals}/cbc:PrepaidAmount") ?? 0) + (d.Number($"{Totals}/cbc:PayableRoundingAmount") ?? 0),
        ["BR-CO-17"] = d => d.All(Subtotals).All(tax => tax.Number("cbc:TaxAmount")
            == VatOn(tax.Number("cbc:TaxableAmount"), tax.Number("cac:TaxCategory/cbc:Percent") ?? 0)),
        ["BR-CO-18"] = d => d.Has(Subtotals),
    };

    /// <summary>At most two decimals, each amount that there is by the rule of its own.</summary>
    private static Dictionary<string, Func<UblDocument, bool>> TwoDecimals() => new(StringComparer.Ordinal)
    {
        ["BR-DEC-09"] = d => HasTwoDecimals(d, $"{Totals}/cbc:LineExtensionAmount"),
        ["BR-DEC-12"] = d => HasTwoDecimals(d, $"{Totals}/cbc:TaxExclusiveAmount"),
        ["BR-DEC-13"] = d => HasTwoDecimals(d, "cac:TaxTotal/cbc:TaxAmount"),
        ["BR-DEC-14"] = d => HasTwoDecimals(d, $"{Totals}/cbc:TaxInclusiveAmount"),
        ["BR-DEC-17"] = d => HasTwoDecimals(d, $"{Totals}/cbc:PayableRoundingAmount"),
        ["BR-DEC-18"] = d => HasTwoDecimals(d, $"{Totals}/cbc:PayableAmount"),
        ["BR-DEC-19"] = d => HasTwoDecimals(d, $"{Subtotals}/cbc:TaxableAmount"),
        ["BR-DEC-20"] = d => HasTwoDecimals(d, $"{Subtotals}/cbc:TaxAmount"),
        ["BR-DEC-23"] = d => HasTwoDecimals(d, "*/cbc:LineExtensionAmount"),
    };

    private static Dictionary<string, Func<UblDocument, bool>> Peppol() => new(StringComparer.Ordinal)
    {
        ["PEPPOL-EN16931-R001"] = d => d.Has("cbc:ProfileID"),
        ["PEPPOL-EN16931-R002"] = d => d.All("cbc:Note").Count <= 1,
        ["PEPPOL-EN16931-R003"] = d => d.Text("cbc:BuyerReference") != "" || d.Text("cac:OrderReference/cbc:ID") != "",
        ["PEPPOL-EN16931-R004"] = d => d.Text("cbc:CustomizationID") == "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
        ["PEPPOL-EN16931-R007"] = d => d.Text("cbc:ProfileID").Split(':') is ["urn", "fdc", "peppol.eu", "2017", "poacc", "billing", [>= '0' and <= '9', >= '0' and <= '9'], "1.0"],
        ["PEPPOL-EN16931-R008"] = d => d.All("//*[not(*) and not(normalize-space())]").Count == 0,
        ["PEPPOL-EN16931-R010"] = d => d.Text($"{Buyer}/cbc:EndpointID") != "",
        ["PEPPOL-EN16931-R020"] = d => d.Text($"{Seller}/cbc:EndpointID") != "",
        ["PEPPOL-EN16931-R040"] = d => !d.Has("//cac:AllowanceCharge"),
        ["PEPPOL-EN16931-R046"] = d => !d.Has("//cac:Price/cac:AllowanceCharge"),
        ["PEPPOL-EN16931-R051"] = d => d.All("//*[@currencyID]").All(amount => amount.Attribute("currencyID")!.Value == d.Text("cbc:DocumentCurrencyCode")),
        ["PEPPOL-EN16931-R053"] = d => d.All("cac:TaxTotal[cac:TaxSubtotal]").Count == 1,
        ["PEPPOL-EN16931-R054"] = d => d.All("cac:TaxTotal[not(cac:TaxSubtotal)]").Count == (d.Has("cbc:TaxCurrencyCode") ? 1 : 0),
        ["PEPPOL-EN16931-R061"] = d => !d.Has($"{Means}[cbc:PaymentMeansCode='49' or cbc:PaymentMeansCode='59'][not(cac:PaymentMandate/cbc:ID)]"),
        ["PEPPOL-EN16931-R110"] = d => d.All("*/cac:InvoicePeriod/cbc:StartDate").All(day => string.CompareOrdinal(day.Value, d.Text("cac:InvoicePeriod/cbc:StartDate")) >= 0),
        ["PEPPOL-EN16931-R111"] = d => d.All("*/cac:InvoicePeriod/cbc:EndDate").All(day => string.CompareOrdinal(day.Value, d.Text("cac:InvoicePeriod/cbc:EndDate")) <= 0),
        ["PEPPOL-EN16931-R120"] = d => d.All(UblDocument.Lines).All(line => line.Number("cbc:LineExtensionAmount") * (line.Number("cac:Price/cbc:BaseQuantity") ?? 1)
            == line.Number(Quantity) * line.Number("cac:Price/cbc:PriceAmount")),
        ["PEPPOL-EN16931-R121"] = d => d.All("//cac:Price/cbc:BaseQuantity").All(quantity => quantity.Number(".") > 0),
        ["PEPPOL-EN16931-R130"] = d => d.All(UblDocument.Lines).All(line => line.All("cac:Price/cbc:BaseQuantity[@unitCode]").All(quantity =>
            quantity.Attribute("unitCode")!.Value == line.All(Quantity)[0].Attribute("unitCode")?.Value)),
        ["PEPPOL-EN16931-P0100"] = d => !d.Has("cbc:InvoiceTypeCode") || d.Text("cbc:InvoiceTypeCode") == "380",
        ["PEPPOL-EN16931-P0101"] = d => !d.Has("cbc:CreditNoteTypeCode") || d.Text("cbc:CreditNoteTypeCode") == "381",
        ["UBL-SR-44"] = d => d.All($"{Means}/cbc:PaymentID").DistinctBy(id => id.Value, StringComparer.Ordinal).Count() <= 1,
        ["UBL-SR-47"] = d => d.All($"{Means}/cbc:PaymentMeansCode").DistinctBy(code => code.Value, StringComparer.Ordinal).Count() <= 1,
        ["PEPPOL-COMMON-R041"] = d => d.All("//*[@schemeID='0192']").All(number => Core.OrganisationNumber.TryNormalise(number.Value, "NO", out var digits) && digits == number.Value),
        ["PEPPOL-COMMON-R049"] = d => d.All("//*[@schemeID='0007']").All(number => Core.OrganisationNumber.TryNormalise(number.Value, "SE", out var digits) && digits == number.Value),
    };

    private static bool OnLines(UblDocument d, string path) => d.All(UblDocument.Lines).All(line => line.Text(path) != "");

    private static bool IsInOrder(System.Xml.Linq.XElement period) =>
        string.CompareOrdinal(period.Text("cbc:StartDate"), period.Text("cbc:EndDate")) <= 0;

    private static bool HasTwoDecimals(UblDocument d, string path) =>
        d.All(path).All(amount => amount.Value.Split('.') is [_] or [_, { Length: <= 2 }]);

    private static decimal? VatOn(decimal? net, decimal percent) =>
        net is { } amount ? Math.Round(amount * percent / 100, 2, MidpointRounding.AwayFromZero) : null;
}
