using Authorisation.Administration.Organisations;

namespace Authorisation.Admin.Api.Organisations;

/// <summary>An application to become a customer.</summary>
internal sealed record NewOrganisation(
    string? Operator,
    string? Name,
    string? OrganisationNumber,
    Contact? Contact,
    PostalAddress? BillingAddress,
    string? EInvoiceAddress,
    string? VatNumber,
    string? BillingReference);

/// <summary>What is to be changed; a field that is not sent stays. Only operator staff change the organisation number.</summary>
internal sealed record OrganisationChange(
    string? Name,
    string? OrganisationNumber,
    Contact? Contact,
    PostalAddress? BillingAddress,
    string? EInvoiceAddress,
    string? VatNumber,
    string? BillingReference,
    long? CapMinor);

/// <summary>Why an application is refused; sent to the applicant.</summary>
internal sealed record Refusal(string? Reason);
