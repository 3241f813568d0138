using System.ComponentModel.DataAnnotations;
using Authorisation.Administration.Organisations;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Organisations;

/// <summary>The contact person of an organisation.</summary>
/// <param name="Name">The person's name.</param>
/// <param name="Email">The person's e-mail address.</param>
/// <param name="Phone">The person's telephone number.</param>
internal sealed record Contact(
    [MaxLength(Limits.NameCharactersMax)] string? Name,
    [Required, MaxLength(Limits.EmailCharactersMax)] string? Email,
    [MaxLength(Limits.PhoneCharactersMax)] string? Phone = null)
{
    /// <summary>What an operation is asked for by a contact that was sent.</summary>
    public static ContactDetails? Details(Contact? sent) => sent is null ? null : new ContactDetails(
        sent.Name, sent.Email, sent.Phone);
}

/// <summary>An organisation: a customer, or one that applies to become one.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Operator">The code of the operator.</param>
/// <param name="Name">The registered name.</param>
/// <param name="Status">
/// applied, active, suspended, refused, or joined: an application of a person who became an administrator of a
/// customer.
/// </param>
/// <param name="OrganisationNumber">The number in the country's register.</param>
/// <param name="VatNumber">The VAT number.</param>
/// <param name="Contact">The contact person.</param>
/// <param name="BillingReference">What invoices are marked with; the organisation number where there is none.</param>
/// <param name="BillingAddress">Where paper invoices would go.</param>
/// <param name="EInvoiceAddress">In an e-invoicing network, as <c>scheme:value</c>.</param>
/// <param name="CapMinor">
/// The most that a traveller's limits together may be, in minor units; the operator's cap where there is none.
/// </param>
/// <param name="AppliesTo">The customer that an applicant wants to join.</param>
/// <param name="SuspendedAt">Since when every purchase is declined.</param>
/// <param name="MadeAt">When it was applied for.</param>
internal sealed record OrganisationView(
    Guid Id,
    string Operator,
    string Name,
    [AllowedValues("applied", "active", "suspended", "refused", "joined")] string Status,
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
