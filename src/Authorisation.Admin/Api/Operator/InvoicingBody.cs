using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Organisations;
using Authorisation.Billing.Invoices;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Operator;

/// <summary>The seller, as printed on invoices.</summary>
/// <param name="Name">The registered name.</param>
/// <param name="OrganisationNumber">With its check digit.</param>
/// <param name="VatNumber">Required: no e-invoice with VAT is without it.</param>
/// <param name="Address">Where the seller is.</param>
/// <param name="ElectronicAddress">
/// In an e-invoicing network, as <c>scheme:value</c> with the scheme 0007, 0060, 0088, 0192, 0208 or 9955; unless given
/// that of the organisation number.
/// </param>
/// <param name="Contact">The contact person.</param>
/// <param name="HasFTax">A Swedish seller's: approved for F-tax.</param>
/// <param name="IsInForetaksregisteret">A Norwegian seller's: in the register of business enterprises.</param>
/// <param name="LegalForm">Other words that the law wants on invoices, such as the company's seat.</param>
internal sealed record SellerBody(
    [Required, MaxLength(Limits.NameCharactersMax)] string? Name,
    [Required, MaxLength(Limits.WrittenNumberCharactersMax)] string? OrganisationNumber,
    [Required, MaxLength(Limits.WrittenNumberCharactersMax)] string? VatNumber,
    [Required] PostalAddress? Address,
    [MaxLength(Limits.ElectronicAddressCharactersMax)] string? ElectronicAddress,
    SellerContact? Contact,
    bool? HasFTax,
    bool? IsInForetaksregisteret,
    [MaxLength(Limits.NameCharactersMax)] string? LegalForm);

/// <summary>The contact person for invoices.</summary>
/// <param name="Name">A person or a department.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Phone">The telephone number.</param>
internal sealed record SellerContact(
    [MaxLength(Limits.NameCharactersMax)] string? Name,
    [MaxLength(Limits.EmailCharactersMax)] string? Email,
    [MaxLength(Limits.PhoneCharactersMax)] string? Phone);

/// <summary>Where to pay: at least one of them.</summary>
/// <param name="Bankgiro">In Sweden.</param>
/// <param name="Plusgiro">In Sweden.</param>
/// <param name="Iban">From anywhere.</param>
/// <param name="Bic">The bank of the IBAN.</param>
/// <param name="Account">In Norway: eleven digits.</param>
internal sealed record PaymentBody(
    [MaxLength(Limits.WrittenNumberCharactersMax)] string? Bankgiro,
    [MaxLength(Limits.WrittenNumberCharactersMax)] string? Plusgiro,
    [MaxLength(Limits.WrittenNumberCharactersMax)] string? Iban,
    [MaxLength(Limits.WrittenNumberCharactersMax)] string? Bic,
    [MaxLength(Limits.WrittenNumberCharactersMax)] string? Account);

/// <summary>A rate of VAT.</summary>
/// <param name="VatCategory"><c>S</c>, <c>Z</c> or <c>O</c>.</param>
/// <param name="VatBasisPoints">In hundredths of a percent; 0 with Z and O.</param>
internal sealed record VatRateBody(
    [Required, AllowedValues("S", "Z", "O")] string? VatCategory,
    [Required, Range(0, Limits.VatBasisPointsMax)] int? VatBasisPoints);

/// <summary>What an operator is to invoice with and how: what is not sent is as if it had never been set.</summary>
/// <param name="Seller">The seller.</param>
/// <param name="Payment">
/// Where to pay: at least one of bankgiro, plusgiro and iban in Sweden, of account and iban in Norway.
/// </param>
/// <param name="PaymentDays">Days from the publication until the due date; 30 unless given.</param>
/// <param name="NumberPrefix">
/// What stands before each number: letters, digits and hyphens, with no digit at its end.
/// </param>
/// <param name="FirstNumber">The number of the first invoice; can be sent until that is made.</param>
/// <param name="NextNumber">
/// The number of the next invoice: above the last one that was used, and at most 1,000,000 above it; as it is unless
/// given.
/// </param>
/// <param name="ItemisesCards">
/// A line for each purchase on a card, or one with the sum of each card; true unless given.
/// </param>
/// <param name="ShowsPurchasesAtOnce">
/// Whether administrators see purchases before the invoices of their month are published; true unless given.
/// </param>
/// <param name="VatRates">
/// The rates that purchases may have, the operator's own among them; unless given those of its country. A Swedish
/// operator can have 25, 12 and 6 %, as receivers refuse e-invoices with others. In force within a second of the
/// answer.
/// </param>
/// <param name="ProductTexts">
/// What products are called on invoices that are made from now on, by the code that clients send, which has at most 64
/// characters. A product without a text is called by its code.
/// </param>
internal sealed record InvoicingBody(
    [Required] SellerBody? Seller,
    [Required] PaymentBody? Payment,
    [Range(0, Limits.PaymentDaysMax)] int? PaymentDays,
    [MaxLength(Limits.InvoicePrefixCharactersMax), RegularExpression(InvoicingBody.PrefixPattern)] string? NumberPrefix,
    [Range(1, Limits.InvoiceNumberFirstMax)] long? FirstNumber,
    [Range(1, Limits.InvoiceNumberMax)] long? NextNumber,
    bool? ItemisesCards,
    bool? ShowsPurchasesAtOnce,
    IReadOnlyList<VatRateBody?>? VatRates,
    [MaxLength(Limits.ProductTextsMax), MaxTextLength(Limits.NameCharactersMax)] IReadOnlyDictionary<string, string?>? ProductTexts)
{
    /// <summary>What a prefix may be, as a regular expression.</summary>
    public const string PrefixPattern = "^([A-Za-z0-9-]*[A-Za-z-])?$";

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

/// <summary>What an operator invoices with and how, in the words that it can be sent back in.</summary>
/// <param name="Seller">The seller.</param>
/// <param name="Payment">Where to pay.</param>
/// <param name="PaymentDays">Days from the publication until the due date.</param>
/// <param name="NumberPrefix">What stands before each number; may be empty.</param>
/// <param name="NextNumber">The number of the next invoice.</param>
/// <param name="ItemisesCards">A line for each purchase on a card, or one with the sum of each card.</param>
/// <param name="ShowsPurchasesAtOnce">
/// Whether administrators see purchases before the invoices of their month are published.
/// </param>
/// <param name="VatRates">The rates that purchases may have.</param>
/// <param name="ProductTexts">What products are called on invoices, by their codes.</param>
internal sealed record InvoicingView(
    SellerBody Seller,
    PaymentBody Payment,
    int PaymentDays,
    string NumberPrefix,
    long NextNumber,
    bool ItemisesCards,
    bool ShowsPurchasesAtOnce,
    IReadOnlyList<VatRateBody> VatRates,
    IReadOnlyDictionary<string, string> ProductTexts)
{
    /// <summary>What is in force.</summary>
    public static InvoicingView Of(InvoicingRequest inForce)
    {
        var (seller, payment) = (inForce.Seller!, inForce.Payment!);
        return new InvoicingView(
            new SellerBody(
                seller.Name,
                seller.OrganisationNumber,
                seller.VatNumber,
                seller.Address,
                seller.ElectronicAddress,
                seller.Contact is { } contact ? new SellerContact(contact.Name, contact.Email, contact.Phone) : null,
                seller.HasFTax,
                seller.IsInForetaksregisteret,
                seller.LegalForm),
            new PaymentBody(payment.Bankgiro, payment.Plusgiro, payment.Iban, payment.Bic, payment.Account),
            inForce.PaymentDays!.Value,
            inForce.NumberPrefix!,
            inForce.NextNumber!.Value,
            inForce.ItemisesCards!.Value,
            inForce.ShowsPurchasesAtOnce!.Value,
            [.. inForce.VatRates!.Select(rate => new VatRateBody(rate!.VatCategory, rate.VatBasisPoints))],
            inForce.ProductTexts!.ToDictionary(text => text.Key, text => text.Value!, StringComparer.Ordinal));
    }
}
