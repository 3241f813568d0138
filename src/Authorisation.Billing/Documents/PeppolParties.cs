using System.Xml.Linq;
using Authorisation.Billing.Invoices;

namespace Authorisation.Billing.Documents;

/// <summary>Seller and buyer in a Peppol document.</summary>
internal static class PeppolParties
{
    // What SE-R-005 and NO-R-002 want to read, letter by letter.
    private const string ApprovedForFTax = "Godkänd för F-skatt";
    private const string Foretaksregisteret = "Foretaksregisteret";

    public static XElement? Seller(Invoice invoice) => Ubl.Group(
        "AccountingSupplierParty",
        Of(invoice.Seller, hasVatNumber: !PeppolTaxes.IsOutsideScope(invoice), Registration(invoice.Seller), invoice.Seller.LegalForm));

    public static XElement? Buyer(Invoice invoice) => Ubl.Group(
        "AccountingCustomerParty",
        Of(invoice.Buyer, hasVatNumber: !PeppolTaxes.IsOutsideScope(invoice), registration: null, legalForm: null));

    /// <summary>A VAT number with the country in front, which Norwegian ones are often written without.</summary>
    public static string? VatNumber(Party party)
    {
        var number = party.VatNumber?.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        return number is not null && party.Country == "NO" && number.Length > 0 && char.IsAsciiDigit(number[0]) ? "NO" + number : number;
    }

    // EN 16931 has a seller's registration and legal form, and no buyer's.
    private static XElement? Of(Party party, bool hasVatNumber, string? registration, string? legalForm) => Ubl.Group(
        "Party",
        party.Endpoint is { } endpoint ? Ubl.Text("EndpointID", endpoint.Value, Ubl.Scheme(endpoint.Scheme)) : null,
        Ubl.Group("PartyName", Ubl.Text("Name", party.Name)),
        Address(party),
        TaxScheme(hasVatNumber ? VatNumber(party) : null, "VAT"),
        TaxScheme(registration, "TAX"),
        Ubl.Group(
            "PartyLegalEntity",
            Ubl.Text("RegistrationName", party.Name),
            party.Number is { } number ? Ubl.Text("CompanyID", number, Ubl.Scheme(party.NumberScheme!)) : null,
            Ubl.Text("CompanyLegalForm", legalForm)),
        Contact(party.Contact));

    private static XElement? Address(Party party) => Ubl.Group(
        "PostalAddress",
        Ubl.Text("StreetName", party.PostalAddress?.Street),
        Ubl.Text("CityName", party.PostalAddress?.City),
        Ubl.Text("PostalZone", party.PostalAddress?.PostalCode),
        Ubl.Group("Country", Ubl.Text("IdentificationCode", party.Country)));

    private static XElement? TaxScheme(string? number, string scheme) => PrintableText.IsBlank(number)
        ? null
        : Ubl.Group("PartyTaxScheme", Ubl.Text("CompanyID", number), Ubl.Group("TaxScheme", Ubl.Text("ID", scheme)));

    private static XElement? Contact(PartyContact? contact) => contact is null
        ? null
        : Ubl.Group(
            "Contact",
            Ubl.Text("Name", contact.Name),
            Ubl.Text("Telephone", contact.Phone),
            Ubl.Text("ElectronicMail", contact.Email));

    private static string? Registration(Party seller) => seller switch
    {
        { Country: "SE", IsApprovedForFTax: true } => ApprovedForFTax,
        { Country: "NO", IsInForetaksregisteret: true } => Foretaksregisteret,
        _ => null,
    };
}
