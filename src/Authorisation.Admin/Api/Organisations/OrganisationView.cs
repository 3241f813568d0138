using Authorisation.Administration.Organisations;

namespace Authorisation.Admin.Api.Organisations;

/// <summary>Whom to ask at an organisation.</summary>
internal sealed record Contact(string? Name, string? Email, string? Phone = null)
{
    /// <summary>What an operation is asked for by a contact that was sent.</summary>
    public static ContactDetails? Details(Contact? sent) => sent is null ? null : new ContactDetails(
        sent.Name, sent.Email, sent.Phone);
}

/// <summary>An organisation as the API shows it.</summary>
internal sealed record OrganisationView(
    Guid Id,
    string Operator,
    string Name,
    string Status,
    string? OrganisationNumber,
    string? VatNumber,
    Contact? Contact,
    string? BillingReference,
    PostalAddress? BillingAddress,
    string? EInvoiceAddress,
    long? CapMinor,
    Guid? AppliesTo,
    DateTime? SuspendedAt,
    DateTime MadeAt)
{
    public static OrganisationView Of(OrganisationRow row) => new(
        row.Id,
        row.Operator,
        row.Name,
        row.StatusName,
        row.OrganisationNumber,
        row.VatNumber,
        row.ContactEmail is null ? null : new Contact(row.ContactName, row.ContactEmail, row.ContactPhone),
        row.BillingReference,
        PostalAddress.Read(row.BillingAddress),
        row.EInvoiceAddress,
        row.CapMinor,
        row.AppliesTo,
        row.SuspendedAt,
        row.MadeAt);
}
