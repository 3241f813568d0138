using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Organisations;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Organisations;

/// <summary>An application to become a customer.</summary>
/// <param name="Operator">The code of the operator, such as <c>jonkoping</c>.</param>
/// <param name="Name">The registered name.</param>
/// <param name="OrganisationNumber">The number in the country's register, with its check digit.</param>
/// <param name="Contact">The applicant: the first administrator if the application is approved.</param>
/// <param name="BillingAddress">Where paper invoices would go; printed on every invoice.</param>
/// <param name="EInvoiceAddress">
/// In an e-invoicing network, as <c>scheme:value</c> with the scheme 0007, 0060, 0088, 0192, 0208 or 9955; that of the
/// organisation number unless given.
/// </param>
/// <param name="VatNumber">The VAT number, such as SE556677889901 or NO974761076MVA.</param>
/// <param name="BillingReference">What invoices are marked with; the organisation number unless given.</param>
internal sealed record NewOrganisation(
    [Required, MaxLength(Limits.OperatorCodeCharactersMax)] string? Operator,
    [Required, MaxLength(Limits.NameCharactersMax)] string? Name,
    [Required, MaxLength(Limits.WrittenNumberCharactersMax)] string? OrganisationNumber,
    [Required] Applicant? Contact,
    [Required] PostalAddress? BillingAddress,
    [MaxLength(Limits.ElectronicAddressCharactersMax)] string? EInvoiceAddress,
    [MaxLength(Limits.WrittenNumberCharactersMax)] string? VatNumber,
    [MaxLength(Limits.BillingReferenceCharactersMax)] string? BillingReference);

/// <summary>The applicant for an organisation.</summary>
/// <param name="Name">The person's name.</param>
/// <param name="Email">The e-mail address that the decision is sent to.</param>
/// <param name="Phone">A telephone number, for questions.</param>
internal sealed record Applicant(
    [Required, MaxLength(Limits.NameCharactersMax)] string? Name,
    [Required, MaxLength(Limits.EmailCharactersMax)] string? Email,
    [MaxLength(Limits.PhoneCharactersMax)] string? Phone = null);

/// <summary>What is to be changed of an organisation; a field that is not sent stays.</summary>
/// <param name="Name">The registered name.</param>
/// <param name="OrganisationNumber">
/// The number in the country's register, with its check digit; only operator staff change it.
/// </param>
/// <param name="Contact">The contact person; replaced as a whole.</param>
/// <param name="BillingAddress">Where paper invoices would go; it is replaced as a whole.</param>
/// <param name="EInvoiceAddress">
/// In an e-invoicing network, as <c>scheme:value</c> with the scheme 0007, 0060, 0088, 0192, 0208 or 9955; null for
/// that of the organisation number.
/// </param>
/// <param name="VatNumber">The VAT number, such as SE556677889901 or NO974761076MVA; null for none.</param>
/// <param name="BillingReference">What invoices are marked with from now on; null for the organisation number.</param>
/// <param name="CapMinor">
/// The most that a traveller's limits together may be, in minor units; null for the operator's cap.
/// </param>
internal sealed record OrganisationChange(
    [MaxLength(Limits.NameCharactersMax)] string? Name,
    [MaxLength(Limits.WrittenNumberCharactersMax)] string? OrganisationNumber,
    Contact? Contact,
    PostalAddress? BillingAddress,
    [Clearable, MaxLength(Limits.ElectronicAddressCharactersMax)] string? EInvoiceAddress,
    [Clearable, MaxLength(Limits.WrittenNumberCharactersMax)] string? VatNumber,
    [Clearable, MaxLength(Limits.BillingReferenceCharactersMax)] string? BillingReference,
    [Clearable, Range(Limits.CreditLimitMinorMin, Limits.CreditLimitMinorMax)] long? CapMinor);

/// <summary>Why an application is refused.</summary>
/// <param name="Reason">The reason that the applicant reads.</param>
internal sealed record Refusal([MaxLength(Limits.ReasonCharactersMax)] string? Reason);
