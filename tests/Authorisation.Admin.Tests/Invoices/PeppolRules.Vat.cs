namespace Authorisation.Admin.Tests.Invoices;

/// <summary>The rules of each VAT category, and the national ones of sellers in Sweden and Norway.</summary>
internal static partial class PeppolRules
{
    private const string LineCategory = "cac:Item/cac:ClassifiedTaxCategory";

    private static Dictionary<string, Func<UblDocument, bool>> VatCategories() => new(StringComparer.Ordinal)
    {
        ["BR-S-01"] = d => OfLines(d, "S").Count == 0 || Breakdown(d, "S").Count >= 1,
        ["BR-Z-01"] = d => IsOneOrNone(d, "Z"),
        ["BR-E-01"] = d => IsOneOrNone(d, "E"),
        ["BR-O-01"] = d => IsOneOrNone(d, "O"),
        ["BR-S-02"] = d => OfLines(d, "S").Count == 0 || HasSellerNumber(d),
        ["BR-Z-02"] = d => OfLines(d, "Z").Count == 0 || HasSellerNumber(d),
        ["BR-E-02"] = d => OfLines(d, "E").Count == 0 || HasSellerNumber(d),
        ["BR-O-02"] = d => OfLines(d, "O").Count == 0 || !d.Has("//" + Vat),
        ["BR-S-05"] = d => OfLines(d, "S").All(line => line.Number($"{LineCategory}/cbc:Percent") > 0),
        ["BR-Z-05"] = d => OfLines(d, "Z").All(line => line.Number($"{LineCategory}/cbc:Percent") == 0),
        ["BR-E-05"] = d => OfLines(d, "E").All(line => line.Number($"{LineCategory}/cbc:Percent") == 0),
        ["BR-O-05"] = d => OfLines(d, "O").All(line => line.Number($"{LineCategory}/cbc:Percent") is null),
        ["BR-S-08"] = d => IsSumOfLines(d, "S"),
        ["BR-Z-08"] = d => IsSumOfLines(d, "Z"),
        ["BR-E-08"] = d => IsSumOfLines(d, "E"),
        ["BR-O-08"] = d => IsSumOfLines(d, "O"),
        ["BR-S-09"] = d => Breakdown(d, "S").All(tax => tax.Number("cbc:TaxAmount")
            == VatOn(tax.Number("cbc:TaxableAmount"), tax.Number("cac:TaxCategory/cbc:Percent") ?? 0)),
        ["BR-Z-09"] = d => Breakdown(d, "Z").All(tax => tax.Number("cbc:TaxAmount") == 0),
        ["BR-E-09"] = d => Breakdown(d, "E").All(tax => tax.Number("cbc:TaxAmount") == 0),
        ["BR-O-09"] = d => Breakdown(d, "O").All(tax => tax.Number("cbc:TaxAmount") == 0),
        ["BR-S-10"] = d => Breakdown(d, "S").All(tax => !HasReason(tax)),
        ["BR-Z-10"] = d => Breakdown(d, "Z").All(tax => !HasReason(tax)),
        ["BR-E-10"] = d => Breakdown(d, "E").All(tax => HasReason(tax)),
        ["BR-O-10"] = d => Breakdown(d, "O").All(tax => HasReason(tax)),
        ["BR-O-11"] = d => Breakdown(d, "O").Count == 0 || d.All(Subtotals).Count == 1,
        ["BR-O-12"] = d => Breakdown(d, "O").Count == 0 || OfLines(d, "O").Count == d.All(UblDocument.Lines).Count,
        ["BR-O-13"] = d => !d.Has("cac:AllowanceCharge[cbc:ChargeIndicator='false']"),
        ["BR-O-14"] = d => !d.Has("cac:AllowanceCharge[cbc:ChargeIndicator='true']"),
        ["PEPPOL-EN16931-P0105"] = d => d.All("//cac:TaxCategory[cbc:TaxExemptionReasonCode='VATEX-EU-O']").All(category => category.Text("cbc:ID") == "O"),
    };

    private static Dictionary<string, Func<UblDocument, bool>> Swedish() => new(StringComparer.Ordinal)
    {
        ["SE-R-001"] = d => SwedishVat(d).All(number => number.Length == 14),
        ["SE-R-002"] = d => SwedishVat(d).All(number => number[2..].All(char.IsAsciiDigit)),
        ["SE-R-003"] = d => SwedishNumbers(d).All(number => number.All(char.IsAsciiDigit)),
        ["SE-R-004"] = d => SwedishNumbers(d).All(number => number.Length == 10),
        ["SE-R-005"] = d => !IsSwedish(d) || d.All($"{Seller}/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID!='VAT']/cbc:CompanyID")
            .All(text => string.Equals(text.Value, "Godkänd för F-skatt", StringComparison.OrdinalIgnoreCase)),
        ["SE-R-006"] = d => !SwedishVat(d).Any() || d.All("//cac:TaxCategory[cbc:ID='S'] | //cac:ClassifiedTaxCategory[cbc:ID='S']")
            .All(category => category.Number("cbc:Percent") is 6 or 12 or 25),
        ["SE-R-007"] = d => Giro(d, "SE:PLUSGIRO").All(account => account.All(char.IsAsciiDigit)),
        ["SE-R-008"] = d => Giro(d, "SE:BANKGIRO").All(account => account.All(char.IsAsciiDigit)),
        ["SE-R-009"] = d => Giro(d, "SE:BANKGIRO").All(account => account.Length is 7 or 8),
        ["SE-R-010"] = d => Giro(d, "SE:PLUSGIRO").All(account => account.Length is >= 2 and <= 8),
        ["SE-R-011"] = d => !IsSwedish(d) || !d.Has($"{Means}[cbc:PaymentMeansCode='50' or cbc:PaymentMeansCode='56']"),
        ["SE-R-012"] = d => !IsSwedish(d) || !d.Has($"{Means}[cbc:PaymentMeansCode='31']"),
        ["SE-R-013"] = d => SwedishNumbers(d).All(number => Core.OrganisationNumber.TryNormalise(number, "SE", out _)),
    };

    private static Dictionary<string, Func<UblDocument, bool>> Norwegian() => new(StringComparer.Ordinal)
    {
        ["NO-R-001"] = d => d.All($"{Seller}/{Vat}").Select(number => number.Value).Where(number => number.StartsWith("NO", StringComparison.Ordinal))
            .All(number => number is ['N', 'O', .. { Length: 9 } digits, 'M', 'V', 'A'] && Core.OrganisationNumber.TryNormalise(digits, "NO", out _)),
        ["NO-R-002"] = d => Country(d) != "NO" || d.Text($"{Seller}/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='TAX']/cbc:CompanyID") == "Foretaksregisteret",
    };

    private static List<System.Xml.Linq.XElement> OfLines(UblDocument d, string category) =>
        [.. d.All(UblDocument.Lines).Where(line => line.Text($"{LineCategory}/cbc:ID") == category)];

    private static List<System.Xml.Linq.XElement> Breakdown(UblDocument d, string category) =>
        d.All($"{Subtotals}[cac:TaxCategory/cbc:ID='{category}']");

    private static bool IsOneOrNone(UblDocument d, string category) =>
        Breakdown(d, category).Count == (OfLines(d, category).Count > 0 ? 1 : 0);

    private static bool HasSellerNumber(UblDocument d) => d.Text($"{Seller}/{Vat}") != "";

    /// <summary>The taxable amount of each rate is the sum of that rate's lines, and every rate of lines has one.</summary>
    private static bool IsSumOfLines(UblDocument d, string category)
    {
        var ofLines = OfLines(d, category).GroupBy(line => line.Number($"{LineCategory}/cbc:Percent"))
            .Select(rate => (rate.Key, rate.Sum(line => line.Number("cbc:LineExtensionAmount"))));
        var ofTaxes = Breakdown(d, category)
            .Select(tax => (tax.Number("cac:TaxCategory/cbc:Percent"), tax.Number("cbc:TaxableAmount")));
        return ofLines.ToHashSet().SetEquals(ofTaxes);
    }

    private static bool HasReason(System.Xml.Linq.XElement tax) =>
        tax.Text("cac:TaxCategory/cbc:TaxExemptionReasonCode | cac:TaxCategory/cbc:TaxExemptionReason") != "";

    private static string Country(UblDocument d) => d.Text($"{Seller}/cac:PostalAddress/cac:Country/cbc:IdentificationCode");

    private static bool IsSwedish(UblDocument d) => Country(d) == "SE";

    private static IEnumerable<string> SwedishVat(UblDocument d) => IsSwedish(d)
        ? d.All($"{Seller}/{Vat}").Select(number => number.Value).Where(number => number.StartsWith("SE", StringComparison.Ordinal))
        : [];

    private static IEnumerable<string> SwedishNumbers(UblDocument d) =>
        IsSwedish(d) ? d.All($"{Seller}/cac:PartyLegalEntity/cbc:CompanyID").Select(number => number.Value) : [];

    private static IEnumerable<string> Giro(UblDocument d, string branch) => IsSwedish(d)
        ? d.All($"{Means}/cac:PayeeFinancialAccount[cac:FinancialInstitutionBranch/cbc:ID='{branch}']/cbc:ID").Select(account => account.Value)
        : [];
}
