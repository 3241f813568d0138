using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Organisations;

/// <summary>What is to change of an organisation.</summary>
/// <param name="Name">The registered name.</param>
/// <param name="OrganisationNumber">The number in the country's register, which only operator staff change.</param>
/// <param name="Contact">The contact person; replaced as a whole.</param>
/// <param name="BillingAddress">Where paper goes, which is never taken away; it is replaced as a whole.</param>
/// <param name="EInvoiceAddress">In an e-invoicing network; null for that of the organisation number.</param>
/// <param name="VatNumber">The VAT number; null for none.</param>
/// <param name="BillingReference">What invoices are marked with; null for the organisation number.</param>
/// <param name="CapMinor">
/// The most that a traveller's limits together may be, from 1 kr to the operator's cap; null for that one.
/// </param>
internal sealed record ChangeOrganisationRequest(
    Sent<string> Name,
    Sent<string> OrganisationNumber,
    Sent<ContactDetails> Contact,
    Sent<PostalAddress> BillingAddress,
    Sent<string> EInvoiceAddress,
    Sent<string> VatNumber,
    Sent<string> BillingReference,
    Sent<long?> CapMinor);

/// <summary>Changes the details of an organisation; departments that inherit its billing reference follow.</summary>
internal sealed class ChangeOrganisation
{
    /// <returns>The organisation as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or changed, a field is wrong, or another has changed it.
    /// </exception>
    public async Task<OrganisationRow> RunAsync(UnitOfWork work, Guid id, Request<ChangeOrganisationRequest> request)
    {
        var (row, scope) = await OrganisationRow.LockForChangeAsync(work, id);
        if (row.Status != OrganisationStatus.Customer)
        {
            scope.RequireStaff();
        }

        scope.RequireWide();
        var asked = request.Read();
        if (asked.OrganisationNumber.IsSent)
        {
            scope.RequireStaff();
        }

        var fields = new Fields();
        var changed = Check(fields, asked, row, await OperatorTerms.GetAsync(work.Db, row.OperatorId));
        fields.ThrowIfAny();
        request.RequireRevision(row.Revision);
        await work.Db.ExecuteAsync(
            """
            update organisation
            set name = @Name, organisation_number = @OrganisationNumber, vat_number = @VatNumber,
                contact_name = @ContactName, contact_email = @ContactEmail, contact_phone = @ContactPhone,
                billing_reference = @BillingReference,
                billing_address = @BillingAddress::jsonb, e_invoice_address = @EInvoiceAddress, cap_minor = @CapMinor,
                revision = revision + 1
            where id = @Id
            """,
            changed);
        if (changed.ReferenceInForce != row.ReferenceInForce)
        {
            await BillingDetails.RefreshAsync(work, changed);
        }

        await work.AuditAsync(
            "organisation.changed", "organisation:" + id, row.OperatorId, id,
            before: row.Audited(), after: changed.Audited());
        return changed with { Revision = row.Revision + 1 };
    }

    private static OrganisationRow Check(
        Fields fields, ChangeOrganisationRequest asked, OrganisationRow row, OperatorTerms terms)
    {
        var changed = row;
        if (asked.Name.IsSent)
        {
            changed = changed with { Name = fields.Required("name", asked.Name.Value, Limits.NameCharactersMax) };
        }

        if (asked.Contact.IsSent)
        {
            var contact = asked.Contact.Value;
            changed = changed with
            {
                ContactName = fields.Optional("contact.name", contact?.Name, Limits.NameCharactersMax),
                ContactEmail = fields.Email("contact.email", contact?.Email),
                ContactPhone = fields.Optional("contact.phone", contact?.Phone, ContactDetails.PhoneCharactersMax),
            };
        }

        changed = WithNumbers(fields, asked, WithBilling(fields, asked, changed), terms.Country);
        return asked.CapMinor.IsSent ? changed with { CapMinor = Cap(fields, asked.CapMinor.Value, terms) } : changed;
    }

    private static OrganisationRow WithBilling(Fields fields, ChangeOrganisationRequest asked, OrganisationRow row)
    {
        var changed = row;
        if (asked.BillingReference.IsSent)
        {
            changed = changed with
            {
                BillingReference = fields.Optional(
                    "billing_reference", asked.BillingReference.Value, Limits.BillingReferenceCharactersMax),
            };
        }

        if (asked.BillingAddress.IsSent)
        {
            // No e-invoice is without it, and departments without their own address have this one.
            if (asked.BillingAddress.Value is null)
            {
                fields.Add("billing_address", FieldCode.Required, "is required");
            }

            changed = changed with
            {
                BillingAddress = PostalAddress.Write(
                    PostalAddress.Check(fields, "billing_address", asked.BillingAddress.Value)),
            };
        }

        if (asked.EInvoiceAddress.IsSent)
        {
            var address = fields.ElectronicAddress("e_invoice_address", asked.EInvoiceAddress.Value);
            changed = changed with { EInvoiceAddress = address?.ToString() };
        }

        return changed;
    }

    // The VAT number has the organisation number in it: with another one it is wrong.
    private static OrganisationRow WithNumbers(
        Fields fields, ChangeOrganisationRequest asked, OrganisationRow row, string country)
    {
        var number = asked.OrganisationNumber.IsSent
            ? OrganisationNumbers.Number(fields, asked.OrganisationNumber.Value, country) : row.OrganisationNumber;
        var vatNumber = asked.VatNumber.Or(row.VatNumber);
        return row with
        {
            OrganisationNumber = number,
            VatNumber = asked.VatNumber.IsSent || number != row.OrganisationNumber
                ? OrganisationNumbers.VatNumber(fields, vatNumber, country, number ?? "") : vatNumber,
        };
    }

    private static long? Cap(Fields fields, long? capMinor, OperatorTerms terms)
    {
        var max = terms.CapMinor ?? Limits.CreditLimitMinorMax;
        if (capMinor is { } cap && (cap < Limits.CreditLimitMinorMin || cap > max))
        {
            fields.AddOutOfRange("cap_minor", Limits.CreditLimitMinorMin, max, ", or null for the operator's");
        }

        return capMinor;
    }
}
