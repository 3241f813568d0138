using Authorisation.Billing.Amounts;
using Authorisation.Billing.Invoices;
using Authorisation.Core;

namespace Authorisation.Billing.Documents;

/// <summary>What keeps an invoice from being valid in Peppol, in words for the person who can correct it.</summary>
internal static class PeppolMissing
{
    private const int BankgiroDigitsMin = 7;
    private const int PlusgiroDigitsMin = 2;
    private const int GiroDigitsMax = 8;

    public static IReadOnlyList<string> Of(Invoice invoice) =>
    [
        .. Document(invoice),
        .. OfParty("seller", invoice.Seller),
        .. OfParty("buyer", invoice.Buyer),
        .. Vat(invoice),
        .. Payment(invoice),
    ];

    private static IEnumerable<string> Document(Invoice invoice)
    {
        if (PrintableText.IsBlank(invoice.Number))
        {
            yield return "The invoice has no number (BR-02).";
        }

        if (PrintableText.IsBlank(invoice.BillingReference))
        {
            yield return "The buyer's billing reference is missing (PEPPOL-EN16931-R003).";
        }

        if (invoice.Lines.Count == 0)
        {
            yield return "The invoice has no lines (BR-16).";
        }

        if (invoice.Lines.Any(line => PrintableText.IsBlank(line.Name)))
        {
            yield return "A line has no name (BR-25).";
        }
    }

    private static IEnumerable<string> OfParty(string who, Party party)
    {
        if (PrintableText.IsBlank(party.Name))
        {
            yield return $"The {who}'s name is missing ({(who == "seller" ? "BR-06" : "BR-07")}).";
        }

        if (party.NumberScheme is null)
        {
            yield return $"The {who}'s country must be SE or NO.";
        }
        else if (PrintableText.IsBlank(party.OrganisationNumber))
        {
            yield return $"The {who}'s organisation number is missing{(who == "seller" ? " (BR-CO-26)" : "")}.";
        }
        else if (party.Number is null)
        {
            yield return $"The {who}'s organisation number {party.OrganisationNumber} is wrong.";
        }

        if (party.Endpoint is not { } endpoint || PrintableText.IsBlank(endpoint.Value))
        {
            yield return $"The {who}'s electronic address is missing (PEPPOL-EN16931-{(who == "seller" ? "R020" : "R010")}).";
        }
        else if (!endpoint.IsRight)
        {
            yield return $"The {who}'s electronic address {endpoint} is wrong.";
        }

        var address = party.PostalAddress;
        if (PrintableText.IsBlank(address?.Street) || PrintableText.IsBlank(address?.PostalCode)
            || PrintableText.IsBlank(address?.City))
        {
            yield return $"The {who}'s postal address is missing or incomplete.";
        }

        if (!PrintableText.IsBlank(party.VatNumber) && !HasRightVatNumber(party))
        {
            yield return $"The {who}'s VAT number {party.VatNumber} is wrong.";
        }
    }

    private static IEnumerable<string> Vat(Invoice invoice)
    {
        if (PrintableText.IsBlank(invoice.Seller.VatNumber) && !PeppolTaxes.IsOutsideScope(invoice))
        {
            yield return "The seller's VAT number is missing (BR-S-02, BR-Z-02, BR-E-02).";
        }

        foreach (var tax in PeppolTaxes.Subtotals(invoice))
        {
            var isStandard = tax.Category == VatCategory.Standard;
            if (isStandard == (tax.BasisPoints == 0))
            {
                yield return $"A rate of {Decimals.Percent(tax.BasisPoints)} % does not go with VAT category "
                    + $"{VatLetters.Of(tax.Category)} (BR-S-05, BR-Z-05).";
            }
            else if (!new VatRate(tax.Category, tax.BasisPoints).IsExpressibleIn(invoice.Seller.Country))
            {
                yield return $"A rate of {Decimals.Percent(tax.BasisPoints)} % is none of Sweden's (SE-R-006).";
            }
        }
    }

    private static IEnumerable<string> Payment(Invoice invoice)
    {
        var (bankgiro, plusgiro) = (PeppolPayment.Digits(invoice.Payment.Bankgiro), PeppolPayment.Digits(invoice.Payment.Plusgiro));
        if (!string.IsNullOrEmpty(bankgiro) && !IsGiro(bankgiro, BankgiroDigitsMin))
        {
            yield return $"The bankgiro number {invoice.Payment.Bankgiro} must have 7 or 8 digits (SE-R-008, SE-R-009).";
        }

        if (!string.IsNullOrEmpty(plusgiro) && !IsGiro(plusgiro, PlusgiroDigitsMin))
        {
            yield return $"The plusgiro number {invoice.Payment.Plusgiro} must have 2 to 8 digits (SE-R-007, SE-R-010).";
        }

        if (invoice is { Kind: InvoiceKind.Invoice, TotalMinor: > 0 } && PeppolPayment.Means(invoice).All(means => means is null))
        {
            yield return "There is no bankgiro, plusgiro or bank account to pay to.";
        }
    }

    private static bool IsGiro(string digits, int digitsMin) =>
        digits.All(char.IsAsciiDigit) && digits.Length >= digitsMin && digits.Length <= GiroDigitsMax;

    // SE-R-001 and SE-R-002; NO-R-001.
    private static bool HasRightVatNumber(Party party)
    {
        var number = PeppolParties.VatNumber(party) ?? "";
        return party.Country == "NO"
            ? number is ['N', 'O', .. { Length: 9 } digits, 'M', 'V', 'A'] && OrganisationNumber.TryNormalise(digits, "NO", out _)
            : OrganisationNumber.TryNormaliseVat(number, party.Country, party.Number ?? "", out _);
    }
}
