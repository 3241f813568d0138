using System.Globalization;
using System.Xml.Linq;
using Authorisation.Billing.Amounts;
using Authorisation.Billing.Invoices;

namespace Authorisation.Billing.Documents;

/// <summary>
/// Elements of UBL 2.1. What has no content is null, which System.Xml.Linq leaves out: Peppol allows no empty elements
/// (PEPPOL-EN16931-R008).
/// </summary>
internal static class Ubl
{
    public static readonly XNamespace Invoice = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";
    public static readonly XNamespace CreditNote = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2";
    public static readonly XNamespace Aggregate = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
    public static readonly XNamespace Basic = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

    /// <summary>An element of other elements; null when all of them are.</summary>
    public static XElement? Group(string name, params IEnumerable<object?> content)
    {
        var element = new XElement(Aggregate + name, content);
        return element.HasElements ? element : null;
    }

    /// <summary>
    /// An element of text as <see cref="PrintableText.Clean"/> leaves it; null when it leaves nothing.
    /// </summary>
    public static XElement? Text(string name, string? text, params IEnumerable<XAttribute> attributes)
    {
        var clean = PrintableText.Clean(text);
        return clean.Length == 0 ? null : new XElement(Basic + name, attributes, clean);
    }

    public static XElement Day(string name, DateOnly day) => new(Basic + name, Decimals.Day(day));

    public static XElement Amount(string name, long minor, string currency) =>
        new(Basic + name, new XAttribute("currencyID", PrintableText.Clean(currency)), Decimals.Amount(minor));

    /// <summary>A number of things; C62 is one, of UN/ECE recommendation 20.</summary>
    public static XElement Quantity(string name, long number) =>
        new(Basic + name, new XAttribute("unitCode", "C62"), number.ToString(CultureInfo.InvariantCulture));

    public static XAttribute Scheme(string scheme) => new("schemeID", PrintableText.Clean(scheme));
}
