using Authorisation.Core;

namespace Authorisation.Billing.Invoices;

/// <summary>The words on invoices, in the operator's language: Swedish unless it is Norwegian or English.</summary>
internal static class InvoiceTexts
{
    /// <summary>What a row of the ledger is on an invoice.</summary>
    public static string Description(string language, OperationKind? kind) => kind switch
    {
        OperationKind.Capture => In(language, "Köp av reservation", "Kjøp av reservasjon", "Purchase that was held"),
        OperationKind.Void => In(language, "Makulerad biljett", "Makulert billett", "Voided ticket"),
        OperationKind.Refund => In(language, "Återköp", "Refusjon", "Refund"),
        OperationKind.Expiry => In(language, "Förfallen reservation", "Utløpt reservasjon", "Lapsed hold"),
        OperationKind.Advice => In(language, "Köp, rapporterat i efterhand", "Kjøp, rapportert i ettertid", "Purchase, reported afterwards"),
        OperationKind.Match => In(language, "Köp, tillfört i efterhand", "Kjøp, tilført i ettertid", "Purchase, assigned afterwards"),
        _ => In(language, "Köp", "Kjøp", "Purchase"),
    };

    /// <summary>What a line is that sums the rows of a card.</summary>
    public static string CardSum(string language) => In(language, "Resor med kort", "Reiser med kort", "Trips by card");

    public static string Vat(string language) => In(language, "Moms", "Merverdiavgift", "VAT");

    /// <summary>What was shown to pay with, for people; <see cref="InvoiceLine.Instrument"/> is for programs.</summary>
    public static string? Instrument(string language, string? instrument) =>
        instrument?.StartsWith(InvoiceLines.CardPrefix, StringComparison.Ordinal) == true
            ? In(language, "kort ", "kort ", "card ") + instrument[InvoiceLines.CardPrefix.Length..]
            : instrument;

    public static string Department(string language) => In(language, "Avdelning", "Avdeling", "Department");

    public static string Traveller(string language) => In(language, "Resenär", "Reisende", "Traveller");

    public static string PaidWith(string language) => In(language, "Betalsätt", "Betalingsmåte", "Paid with");

    public static string Time(string language) => In(language, "Tid", "Tid", "Time");

    public static string Purpose(string language) => In(language, "Ändamål", "Formål", "Purpose");

    public static string Product(string language) => In(language, "Produkt", "Produkt", "Product");

    /// <summary>The payment terms of an invoice that has none in words.</summary>
    public static string Terms(string language, int days) => In(language, $"{days} dagar netto", $"{days} dager netto", $"{days} days net");

    /// <summary>The payment terms of a credit note.</summary>
    public static string NotToBePaid(string language) =>
        In(language, "Kreditfaktura, ska inte betalas", "Kreditnota, skal ikke betales", "Credit note, not to be paid");

    /// <summary>Why a line outside the scope of VAT has none.</summary>
    public static string OutsideScope(string language) =>
        In(language, "Omfattas inte av mervärdesskatt", "Omfattes ikke av merverdiavgift", "Not subject to VAT");

    /// <summary>Picks by language.</summary>
    public static string In(string language, string swedish, string norwegian, string english) => language switch
    {
        "nb" => norwegian,
        "en" => english,
        _ => swedish,
    };
}
