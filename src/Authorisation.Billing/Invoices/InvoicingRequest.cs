using Authorisation.Administration.Organisations;
using Authorisation.Core;

namespace Authorisation.Billing.Invoices;

/// <summary>The seller, as printed on invoices.</summary>
/// <param name="Name">The registered name.</param>
/// <param name="OrganisationNumber">With its check digit.</param>
/// <param name="VatNumber">Required: no e-invoice with VAT is without it.</param>
/// <param name="Address">Where the seller is.</param>
/// <param name="ElectronicAddress">In an e-invoicing network; unless given that of the organisation number.</param>
/// <param name="Contact">Answers questions about invoices.</param>
/// <param name="HasFTax">A Swedish seller's: approved for F-tax.</param>
/// <param name="IsInForetaksregisteret">A Norwegian seller's: in the register of business enterprises.</param>
/// <param name="LegalForm">Other words that the law wants on invoices, such as the company's seat.</param>
internal sealed record SellerRequest(
    string? Name = null,
    string? OrganisationNumber = null,
    string? VatNumber = null,
    PostalAddress? Address = null,
    string? ElectronicAddress = null,
    PartyContact? Contact = null,
    bool? HasFTax = null,
    bool? IsInForetaksregisteret = null,
    string? LegalForm = null);

/// <summary>Where to pay: at least one of them.</summary>
/// <param name="Bankgiro">In Sweden.</param>
/// <param name="Plusgiro">In Sweden.</param>
/// <param name="Iban">From anywhere.</param>
/// <param name="Bic">The bank of the IBAN.</param>
/// <param name="Account">In Norway: eleven digits.</param>
internal sealed record PaymentRequest(
    string? Bankgiro = null, string? Plusgiro = null, string? Iban = null, string? Bic = null, string? Account = null);

/// <summary>A rate of VAT that purchases may have.</summary>
/// <param name="VatCategory">A letter of <see cref="VatLetters"/>.</param>
/// <param name="VatBasisPoints">In hundredths of a percent; 0 with Z and O.</param>
internal sealed record VatRateRequest(string? VatCategory, int? VatBasisPoints);

/// <summary>
/// What an operator is to invoice with and how; what is in force is shown and audited in the same words.
/// </summary>
/// <param name="Seller">The seller.</param>
/// <param name="Payment">Where to pay.</param>
/// <param name="PaymentDays">Days from the publication until the due date, 0 to 365; 30 unless given.</param>
/// <param name="NumberPrefix">What stands before each number; does not end with a digit.</param>
/// <param name="FirstNumber">The number of the first invoice, 1 to 999,999,999; can be sent until that is made.</param>
/// <param name="NextNumber">
/// The number of the next invoice: above the last one used, and at most 1,000,000 above it.
/// </param>
/// <param name="ItemisesCards">A line for each purchase on a card, or one with the sum of each card.</param>
/// <param name="ShowsPurchasesAtOnce">
/// Whether administrators see purchases before the invoices of their month are published.
/// </param>
/// <param name="VatRates">The rates that purchases may have; unless given those of the operator's country.</param>
/// <param name="ProductTexts">
/// What products are called, by the code that clients send; at most 200, of 120 characters.
/// </param>
internal sealed record InvoicingRequest(
    SellerRequest? Seller,
    PaymentRequest? Payment,
    int? PaymentDays,
    string? NumberPrefix,
    long? FirstNumber,
    long? NextNumber,
    bool? ItemisesCards,
    bool? ShowsPurchasesAtOnce,
    IReadOnlyList<VatRateRequest?>? VatRates,
    IReadOnlyDictionary<string, string?>? ProductTexts)
{
    /// <summary>What is in force, in the words that it can be asked for in.</summary>
    public static InvoicingRequest Of(Invoicing invoicing, VatRates rates)
    {
        var (seller, payment) = (invoicing.Seller, invoicing.Payment);
        var isSwedish = seller.Country == "SE";
        return new InvoicingRequest(
            new SellerRequest(
                seller.Name,
                seller.OrganisationNumber,
                seller.VatNumber,
                seller.PostalAddress,
                seller.Endpoint?.ToString(),
                seller.Contact,
                isSwedish ? seller.IsApprovedForFTax : null,
                isSwedish ? null : seller.IsInForetaksregisteret,
                seller.LegalForm),
            new PaymentRequest(payment.Bankgiro, payment.Plusgiro, payment.Iban, payment.Bic, payment.NorwegianAccount),
            invoicing.PaymentDays,
            invoicing.NumberPrefix,
            FirstNumber: null,
            invoicing.NextNumber,
            invoicing.ItemisesCards,
            invoicing.ShowsPurchasesAtOnce,
            [.. rates.All.Select(rate => new VatRateRequest(VatLetters.Of(rate.Category), rate.BasisPoints))],
            invoicing.ProductTexts.All.ToDictionary(one => one.Key, one => (string?)one.Value, StringComparer.Ordinal));
    }
}

/// <summary>What an operator invoices with, as it is in force.</summary>
/// <param name="InForce">In the words that it can be asked for in.</param>
/// <param name="Revision">The version, which a change may name.</param>
internal sealed record InvoicingDetails(InvoicingRequest InForce, long Revision);
