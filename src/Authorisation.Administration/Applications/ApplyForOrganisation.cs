using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Applications;

/// <summary>An application to become a customer.</summary>
/// <param name="Operator">The operator's code.</param>
/// <param name="Name">The registered name.</param>
/// <param name="OrganisationNumber">The number in the country's register.</param>
/// <param name="Contact">The applicant: the first administrator if the application is approved.</param>
/// <param name="BillingAddress">Where paper goes.</param>
/// <param name="EInvoiceAddress">In an e-invoicing network; that of the organisation number unless given.</param>
/// <param name="VatNumber">The VAT number.</param>
/// <param name="BillingReference">What invoices are marked with; the organisation number unless given.</param>
internal sealed record ApplyForOrganisationRequest(
    string? Operator,
    string? Name,
    string? OrganisationNumber,
    ContactDetails? Contact,
    PostalAddress? BillingAddress,
    string? EInvoiceAddress,
    string? VatNumber,
    string? BillingReference);

/// <summary>
/// Applies to become a customer of an operator, which takes no session; or to administer a customer, where there is one
/// with the organisation number.
/// </summary>
internal sealed class ApplyForOrganisation(Outbox outbox)
{
    /// <returns>
    /// The application as the applicant may see it: whether there is such a customer is not for everybody to know.
    /// </returns>
    /// <exception cref="RefusedException">A field is wrong.</exception>
    public async Task<OrganisationRow> RunAsync(UnitOfWork work, Request<ApplyForOrganisationRequest> request)
    {
        var fields = new Fields();
        var asked = request.Read();
        var terms = await OperatorTerms.FindAsync(work.Db, asked.Operator ?? "");
        if (terms is null)
        {
            fields.Add("operator", FieldCode.NotFound, "must be the code of an operator");
        }

        var row = Check(fields, asked, terms, await ControlDatabase.NowAsync(work.Db));
        fields.ThrowIfAny();
        var customer = await work.Db.QuerySingleOrDefaultAsync<Guid?>(
            """
            select id from organisation
            where operator_id = @OperatorId and organisation_number = @OrganisationNumber and status = 2
            """,
            row);
        await work.Db.ExecuteAsync(
            """
            insert into organisation
              (id, operator_id, name, status, applies_to, organisation_number, vat_number, contact_name, contact_email,
               contact_phone, billing_reference, billing_address, e_invoice_address, made_at)
            values
              (@Id, @OperatorId, @Name, 1, @AppliesTo, @OrganisationNumber, @VatNumber, @ContactName, @ContactEmail,
               @ContactPhone, @BillingReference, @BillingAddress::jsonb, @EInvoiceAddress, @MadeAt)
            """,
            row with { AppliesTo = customer });
        // Anybody can apply with anybody's address: an address gets a few e-mails only. A customer's administrators get
        // theirs afterwards, so that an application for a customer takes no longer than another one.
        var (received, text) = MessageTexts.Received(terms!);
        await outbox.TryAddAsync(work.Db, new NewMessage(
            terms!, MessageKind.ApplicationReceived, row.ContactEmail!, received, text,
            ApplicationDecision.MessageLifetime));
        await work.AuditAsync(
            "organisation.applied", "organisation:" + row.Id, row.OperatorId, customer ?? row.Id, after: row.Audited());
        return row;
    }

    private static OrganisationRow Check(
        Fields fields, ApplyForOrganisationRequest asked, OperatorTerms? terms, DateTimeOffset now)
    {
        var country = terms?.Country ?? "SE";
        // Without an operator it is not known whose numbers count.
        var number = OrganisationNumbers.Number(
            terms is null ? new Fields() : fields, asked.OrganisationNumber, country);
        if (asked.BillingAddress is null)
        {
            fields.Add("billing_address", FieldCode.Required, "is required");
        }

        return new OrganisationRow
        {
            Id = Guid.CreateVersion7(),
            OperatorId = terms?.Id ?? 0,
            Operator = terms?.Code ?? "",
            Name = fields.Required("name", asked.Name, Limits.NameCharactersMax),
            Status = OrganisationStatus.Applied,
            OrganisationNumber = number,
            VatNumber = OrganisationNumbers.VatNumber(fields, asked.VatNumber, country, number),
            ContactName = fields.Required("contact.name", asked.Contact?.Name, Limits.NameCharactersMax),
            ContactEmail = fields.Email("contact.email", asked.Contact?.Email),
            ContactPhone = fields.Optional("contact.phone", asked.Contact?.Phone, ContactDetails.PhoneCharactersMax),
            BillingReference = fields.Optional(
                "billing_reference", asked.BillingReference, Limits.BillingReferenceCharactersMax),
            BillingAddress = PostalAddress.Write(PostalAddress.Check(fields, "billing_address", asked.BillingAddress)),
            EInvoiceAddress = fields.ElectronicAddress("e_invoice_address", asked.EInvoiceAddress)?.ToString(),
            MadeAt = now.UtcDateTime,
            Revision = 1,
        };
    }
}
