using Authorisation.Admin.Api.Organisations;
using Authorisation.Administration.Organisations;
using Authorisation.Billing.Invoices;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Operator;

/// <summary>Who sells, as it stands on invoices.</summary>
/// <param name="Name">The registered name.</param>
/// <param name="OrganisationNumber">With its check digit.</param>
/// <param name="VatNumber">Required: no e-invoice with VAT is without it.</param>
/// <param name="Address">Where the seller is.</param>
/// <param name="ElectronicAddress">
/// In an e-invoicing network, as <c>scheme:value</c> with the scheme 0007, 0060, 0088, 0192, 0208 or 9955; unless given that of the
/// organisation number.
/// </param>
/// <param name="Contact">Who answers questions.</param>
/// <param name="HasFTax">A Swedish seller's: approved for F-tax.</param>
/// <param name="IsInForetaksregisteret">A Norwegian seller's: in the register of business enterprises.</param>
/// <param name="LegalForm">Other words that the law wants on invoices, such as the company's seat.</param>
internal sealed record SellerBody(
    string? Name,
    string? OrganisationNumber,
    string? VatNumber,
    PostalAddress? Address,
    string? ElectronicAddress,
    Contact? Contact,
    bool? HasFTax,
    bool? IsInForetaksregisteret,
    string? LegalForm);

/// <summary>Where to pay: at least one of them.</summary>
/// <param name="Bankgiro">In Sweden.</param>
/// <param name="Plusgiro">In Sweden.</param>
/// <param name="Iban">From anywhere.</param>
/// <param name="Bic">The bank of the IBAN.</param>
/// <param name="Account">In Norway: eleven digits.</param>
internal sealed record PaymentBody(string? Bankgiro, string? Plusgiro, string? Iban, string? Bic, string? Account);

/// <summary>A rate of VAT.</summary>
/// <param name="VatCategory"><c>S</c>, <c>Z</c> or <c>O</c>.</param>
/// <param name="VatBasisPoints">In hundredths of a percent; 0 with Z and O.</param>
internal sealed record VatRateBody(string? VatCategory, int? VatBasisPoints);

/// <summary>What an operator invoices with and how, as it is set and shown.</summary>
/// <param name="Seller">Who sells.</param>
/// <param name="Payment">Where to pay.</param>
/// <param name="PaymentDays">Days from the publication until the due date, 0 to 365; 30 unless given.</param>
/// <param name="NumberPrefix">What stands before each number; does not end with a digit.</param>
/// <param name="FirstNumber">The number of the first invoice, 1 to 999,999,999; can be sent until that is made.</param>
/// <param name="NextNumber">
/// The number of the next invoice: above the last one that was used, and at most 1,000,000 above it.
/// </param>
/// <param name="ItemisesCards">A line for each purchase on a card, or one with the sum of each card.</param>
/// <param name="ShowsPurchasesAtOnce">Whether administrators see purchases before the invoices of their month are published.</param>
/// <param name="VatRates">
/// The rates that purchases may have, the operator's own among them; unless given those of its country. A Swedish operator can
/// have 25, 12 and 6 %, as receivers refuse e-invoices with others. In force within a second of the answer.
/// </param>
/// <param name="ProductTexts">
/// What products are called on invoices that are made from now on, by the code that clients send; at most 200, of 120 characters.
/// A product without a text is called by its code.
/// </param>
internal sealed record InvoicingBody(
    SellerBody? Seller,
    PaymentBody? Payment,
    int? PaymentDays,
    string? NumberPrefix,
    long? FirstNumber,
    long? NextNumber,
    bool? ItemisesCards,
    bool? ShowsPurchasesAtOnce,
    IReadOnlyList<VatRateBody?>? VatRates,
    IReadOnlyDictionary<string, string?>? ProductTexts)
{
    /// <summary>What is in force, in the words that it can be sent back in.</summary>
    public static InvoicingBody Of(InvoicingRequest invoicing) => new(
        invoicing.Seller is { } seller
            ? new SellerBody(
                seller.Name,
                seller.OrganisationNumber,
                seller.VatNumber,
                seller.Address,
                seller.ElectronicAddress,
                seller.Contact is { } contact ? new Contact(contact.Name, contact.Email, contact.Phone) : null,
                seller.HasFTax,
                seller.IsInForetaksregisteret,
                seller.LegalForm)
            : null,
        invoicing.Payment is { } payment
            ? new PaymentBody(payment.Bankgiro, payment.Plusgiro, payment.Iban, payment.Bic, payment.Account) : null,
        invoicing.PaymentDays,
        invoicing.NumberPrefix,
        invoicing.FirstNumber,
        invoicing.NextNumber,
        invoicing.ItemisesCards,
        invoicing.ShowsPurchasesAtOnce,
        invoicing.VatRates is { } rates
            ? [.. rates.Select(rate => new VatRateBody(rate!.VatCategory, rate.VatBasisPoints))]
            : null,
        invoicing.ProductTexts);

    /// <summary>What is asked for.</summary>
    public InvoicingRequest ToRequest() => new(
        Seller is { } seller
            ? new SellerRequest(
                seller.Name,
                seller.OrganisationNumber,
                seller.VatNumber,
                seller.Address,
                seller.ElectronicAddress,
                seller.Contact is { } contact ? new PartyContact(contact.Name, contact.Phone, contact.Email) : null,
                seller.HasFTax,
                seller.IsInForetaksregisteret,
                seller.LegalForm)
            : null,
        Payment is { } payment
            ? new PaymentRequest(payment.Bankgiro, payment.Plusgiro, payment.Iban, payment.Bic, payment.Account) : null,
        PaymentDays,
        NumberPrefix,
        FirstNumber,
        NextNumber,
        ItemisesCards,
        ShowsPurchasesAtOnce,
        VatRates is { } rates
            ? [.. rates.Select(
                rate => rate is null ? null : new VatRateRequest(rate.VatCategory, rate.VatBasisPoints))] : null,
        ProductTexts);
}
