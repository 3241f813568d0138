using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Admin.Api.Organisations;

/// <summary>Applying to become a customer, which needs no session.</summary>
internal static class ApplyForOrganisation
{
    private static readonly TimeSpan MessageLifetime = TimeSpan.FromDays(7);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/organisations", ApplyAsync).WithName("apply_for_organisation").WithTags("organisations").Open()
            .Answers<OrganisationView>(
                StatusCodes.Status201Created, StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity,
                StatusCodes.Status429TooManyRequests);

    private static async Task<Reply> ApplyAsync(Call call, Outbox outbox, Body<NewOrganisation> body)
    {
        var fields = new Fields();
        var sent = body.Value;
        var terms = await OperatorTerms.FindAsync(call.Db, sent.Operator ?? "");
        if (terms is null)
        {
            fields.Add("operator", FieldCode.NotFound, "must be the code of an operator");
        }

        var row = Read(fields, sent, terms, await ControlDatabase.NowAsync(call.Db));
        fields.ThrowIfAny();
        var customer = await call.Db.QuerySingleOrDefaultAsync<Guid?>(
            "select id from organisation where operator_id = @OperatorId and organisation_number = @OrganisationNumber and status = 2",
            row);
        row = row with { AppliesTo = customer };
        await call.Db.ExecuteAsync(
            """
            insert into organisation
              (id, operator_id, name, status, applies_to, organisation_number, vat_number, contact_name, contact_email,
               contact_phone, billing_reference, billing_address, e_invoice_address, made_at)
            values
              (@Id, @OperatorId, @Name, 1, @AppliesTo, @OrganisationNumber, @VatNumber, @ContactName, @ContactEmail,
               @ContactPhone, @BillingReference, @BillingAddress::jsonb, @EInvoiceAddress, @MadeAt)
            """,
            row);
        // Anybody can apply with anybody's address: that one is told a few times only. Those who decide at a customer are told
        // afterwards, so that an application for a customer takes no longer than another one.
        var (received, text) = MessageTexts.Received(terms!);
        await outbox.TryAddAsync(call.Db, new NewMessage(
            terms!, MessageKind.ApplicationReceived, row.ContactEmail!, received, text, MessageLifetime));
        // Whether it is a customer already is not for everybody to know: the answer is the same.
        var view = OrganisationView.Of(row with { AppliesTo = null });
        await call.Work.AuditAsync(
            "organisation.applied", "organisation:" + row.Id, row.OperatorId, customer ?? row.Id, after: view);
        return Reply.Created("/v1/organisations/" + row.Id, view, row.Revision);
    }

    /// <summary>An organisation number that must be there.</summary>
    internal static string Number(Fields fields, string? text, string country)
    {
        if (!OrganisationNumber.TryNormalise(text, country, out var number))
        {
            fields.Add("organisation_number", FieldCode.Malformed, country == "NO"
                ? "must be nine digits, with the right check digit"
                : "must be ten digits, with the right check digit; a personal identity number cannot be used");
        }

        return number;
    }

    /// <summary>A VAT number that may be missing.</summary>
    internal static string? VatNumber(
        Fields fields, string? text, string country, string organisationNumber, string field = "vat_number")
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (!OrganisationNumber.TryNormaliseVat(text, country, organisationNumber, out var vatNumber))
        {
            fields.Add(field, FieldCode.Malformed, country == "NO"
                ? "must be the organisation number with MVA behind it"
                : "must be such as SE556677889901, with the right check digit");
        }

        return vatNumber;
    }

    private static OrganisationRow Read(Fields fields, NewOrganisation sent, OperatorTerms? terms, DateTimeOffset now)
    {
        var country = terms?.Country ?? "SE";
        // Without an operator it is not known whose numbers count.
        var number = Number(terms is null ? new Fields() : fields, sent.OrganisationNumber, country);
        if (sent.BillingAddress is null)
        {
            fields.Add("billing_address", FieldCode.Required, "is required");
        }

        return new OrganisationRow
        {
            Id = Guid.CreateVersion7(),
            OperatorId = terms?.Id ?? 0,
            Operator = terms?.Code ?? "",
            Name = fields.Required("name", sent.Name, Limits.NameCharactersMax),
            Status = OrganisationStatus.Applied,
            OrganisationNumber = number,
            VatNumber = VatNumber(fields, sent.VatNumber, country, number),
            ContactName = fields.Required("contact.name", sent.Contact?.Name, Limits.NameCharactersMax),
            ContactEmail = fields.Email("contact.email", sent.Contact?.Email),
            ContactPhone = fields.Optional("contact.phone", sent.Contact?.Phone, Limits.PhoneCharactersMax),
            BillingReference = fields.Optional("billing_reference", sent.BillingReference, Limits.BillingReferenceCharactersMax),
            BillingAddress = PostalAddress.Write(PostalAddress.Check(fields, "billing_address", sent.BillingAddress)),
            EInvoiceAddress = fields.ElectronicAddress("e_invoice_address", sent.EInvoiceAddress)?.ToString(),
            MadeAt = now.UtcDateTime,
            Revision = 1,
        };
    }
}
