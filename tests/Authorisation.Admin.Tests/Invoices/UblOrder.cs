using System.Xml.Linq;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>
/// The order of elements by the schemas of UBL 2.1, for the elements that Peppol allows; written down from the
/// specification, not from the code. What is not listed here may not stand in a document.
/// </summary>
internal static class UblOrder
{
    private static readonly Dictionary<string, string[]> Sequences = new(StringComparer.Ordinal)
    {
        ["Invoice"] = Words("""
            CustomizationID ProfileID ID IssueDate DueDate InvoiceTypeCode Note TaxPointDate DocumentCurrencyCode
            TaxCurrencyCode AccountingCost BuyerReference InvoicePeriod OrderReference BillingReference
            DespatchDocumentReference ReceiptDocumentReference OriginatorDocumentReference ContractDocumentReference
            AdditionalDocumentReference ProjectReference AccountingSupplierParty AccountingCustomerParty PayeeParty
            TaxRepresentativeParty Delivery PaymentMeans PaymentTerms AllowanceCharge TaxTotal LegalMonetaryTotal InvoiceLine
            """),
        // No due date, and the type before the note.
        ["CreditNote"] = Words("""
            CustomizationID ProfileID ID IssueDate TaxPointDate CreditNoteTypeCode Note DocumentCurrencyCode TaxCurrencyCode
            AccountingCost BuyerReference InvoicePeriod OrderReference BillingReference DespatchDocumentReference
            ReceiptDocumentReference ContractDocumentReference AdditionalDocumentReference OriginatorDocumentReference
            AccountingSupplierParty AccountingCustomerParty PayeeParty TaxRepresentativeParty Delivery PaymentMeans
            PaymentTerms AllowanceCharge TaxTotal LegalMonetaryTotal CreditNoteLine
            """),
        ["InvoicePeriod"] = Words("StartDate EndDate DescriptionCode"),
        ["BillingReference"] = Words("InvoiceDocumentReference"),
        ["InvoiceDocumentReference"] = Words("ID IssueDate"),
        ["AccountingSupplierParty"] = Words("Party"),
        ["AccountingCustomerParty"] = Words("Party"),
        ["Party"] = Words("EndpointID PartyIdentification PartyName PostalAddress PartyTaxScheme PartyLegalEntity Contact"),
        ["PartyName"] = Words("Name"),
        ["PostalAddress"] = Words("StreetName AdditionalStreetName CityName PostalZone CountrySubentity AddressLine Country"),
        ["Country"] = Words("IdentificationCode"),
        ["PartyTaxScheme"] = Words("CompanyID TaxScheme"),
        ["TaxScheme"] = Words("ID"),
        ["PartyLegalEntity"] = Words("RegistrationName CompanyID CompanyLegalForm"),
        ["Contact"] = Words("Name Telephone ElectronicMail"),
        ["PaymentMeans"] = Words("PaymentMeansCode PaymentID CardAccount PayeeFinancialAccount PaymentMandate"),
        ["PayeeFinancialAccount"] = Words("ID Name FinancialInstitutionBranch"),
        ["FinancialInstitutionBranch"] = Words("ID"),
        ["PaymentTerms"] = Words("Note"),
        ["TaxTotal"] = Words("TaxAmount TaxSubtotal"),
        ["TaxSubtotal"] = Words("TaxableAmount TaxAmount TaxCategory"),
        ["TaxCategory"] = Words("ID Percent TaxExemptionReasonCode TaxExemptionReason TaxScheme"),
        ["LegalMonetaryTotal"] = Words("""
            LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount AllowanceTotalAmount ChargeTotalAmount PrepaidAmount
            PayableRoundingAmount PayableAmount
            """),
        ["InvoiceLine"] = Words("""
            ID Note InvoicedQuantity LineExtensionAmount AccountingCost InvoicePeriod OrderLineReference DocumentReference
            AllowanceCharge Item Price
            """),
        ["CreditNoteLine"] = Words("""
            ID Note CreditedQuantity LineExtensionAmount AccountingCost InvoicePeriod OrderLineReference DocumentReference
            AllowanceCharge Item Price
            """),
        ["Item"] = Words("""
            Description Name BuyersItemIdentification SellersItemIdentification StandardItemIdentification OriginCountry
            CommodityClassification ClassifiedTaxCategory AdditionalItemProperty
            """),
        ["ClassifiedTaxCategory"] = Words("ID Percent TaxScheme"),
        ["AdditionalItemProperty"] = Words("Name Value"),
        ["Price"] = Words("PriceAmount BaseQuantity AllowanceCharge"),
    };

    /// <summary>Elements that may stand more than once.</summary>
    private static readonly string[] Repeated =
    [
        "BillingReference", "PartyTaxScheme", "PaymentMeans", "TaxSubtotal", "InvoiceLine", "CreditNoteLine",
        "AdditionalItemProperty",
    ];

    /// <summary>What does not stand where the schema wants it.</summary>
    public static IEnumerable<string> Faults(XElement root) => root.DescendantsAndSelf().Where(element => element.HasElements).SelectMany(FaultsIn);

    private static IEnumerable<string> FaultsIn(XElement parent)
    {
        var name = parent.Name.LocalName;
        if (!Sequences.TryGetValue(name, out var sequence))
        {
            yield return $"{name} is no element that has others";
            yield break;
        }

        var last = -1;
        foreach (var child in parent.Elements())
        {
            var at = Array.IndexOf(sequence, child.Name.LocalName);
            if (at < last || at < 0)
            {
                yield return $"{child.Name.LocalName} does not stand there in {name}";
            }
            else if (at == last && !Repeated.Contains(child.Name.LocalName, StringComparer.Ordinal))
            {
                yield return $"{child.Name.LocalName} stands twice in {name}";
            }

            var isGroup = Sequences.ContainsKey(child.Name.LocalName);
            if (child.Name.NamespaceName.EndsWith(isGroup ? "CommonAggregateComponents-2" : "CommonBasicComponents-2", StringComparison.Ordinal) is false)
            {
                yield return $"{child.Name} is of the wrong namespace";
            }

            last = Math.Max(last, at);
        }
    }

    private static string[] Words(string text) => text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
}
