using System.Xml.Linq;
using Authorisation.Billing.Invoices;

namespace Authorisation.Billing.Documents;

/// <summary>How a Peppol document is to be paid.</summary>
internal static class PeppolPayment
{
    // UNCL4461. Bankgiro and plusgiro are credit transfers too (SE-R-011), and all means must have one code
    // (UBL-SR-47): 58, for SEPA, would be for euros only.
    private const string CreditTransfer = "30";

    private const string BankgiroBranch = "SE:BANKGIRO";
    private const string PlusgiroBranch = "SE:PLUSGIRO";

    /// <summary>Each account that the operator has, with the invoice's number to pay under.</summary>
    public static IEnumerable<XElement?> Means(Invoice invoice)
    {
        var payment = invoice.Payment;
        return
        [
            To(Digits(payment.Bankgiro), BankgiroBranch),
            To(Digits(payment.Plusgiro), PlusgiroBranch),
            To(payment.Iban?.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant(), payment.Bic),
            To(Digits(payment.NorwegianAccount), branch: null),
        ];

        XElement? To(string? account, string? branch) => PrintableText.IsBlank(account)
            ? null
            : Ubl.Group(
                "PaymentMeans",
                Ubl.Text("PaymentMeansCode", CreditTransfer),
                Ubl.Text("PaymentID", invoice.Number),
                Ubl.Group(
                    "PayeeFinancialAccount",
                    Ubl.Text("ID", account),
                    Ubl.Group("FinancialInstitutionBranch", Ubl.Text("ID", branch))));
    }

    public static XElement? Terms(Invoice invoice, string language)
    {
        var text = invoice.Kind == InvoiceKind.CreditNote ? InvoiceTexts.NotToBePaid(language)
            : PrintableText.IsBlank(invoice.Payment.Text) ? InvoiceTexts.Terms(language, invoice.Payment.TermsDays)
            : invoice.Payment.Text;
        return Ubl.Group("PaymentTerms", Ubl.Text("Note", text));
    }

    /// <summary>The digits of an account, without the hyphens, dots and blanks that people write.</summary>
    public static string? Digits(string? account) => account?
        .Replace("-", "", StringComparison.Ordinal)
        .Replace(".", "", StringComparison.Ordinal)
        .Replace(" ", "", StringComparison.Ordinal);
}
