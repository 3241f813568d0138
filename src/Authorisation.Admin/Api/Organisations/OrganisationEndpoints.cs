using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Organisations;

/// <summary>Organisations: the list, one of them, and changing one.</summary>
internal static class OrganisationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/organisations", ListAsync).WithName("list_organisations").WithTags("organisations")
            .Answers<Page<OrganisationView>>(StatusCodes.Status200OK);
        routes.MapGet("/v1/organisations/{id:guid}", GetAsync).WithName("get_organisation").WithTags("organisations")
            .Answers<OrganisationView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPatch("/v1/organisations/{id:guid}", ChangeAsync).WithName("change_organisation").WithTags("organisations")
            .Answers<OrganisationView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Reply> ListAsync(
        Call call,
        [AsParameters] PageQuery page,
        [FromQuery, AllowedValues("applied", "active", "suspended", "refused", "joined")] string? status,
        [FromQuery] string? q)
    {
        var condition = status switch
        {
            "applied" => "g.status = 1",
            "active" => "g.status = 2 and g.suspended_at is null",
            "suspended" => "g.status = 2 and g.suspended_at is not null",
            "refused" => "g.status = 3",
            "joined" => "g.status = 4",
            _ => "true",
        };
        var rows = (await call.Db.QueryAsync<OrganisationRow>(
            $"""
            select {OrganisationRow.Columns}
            where g.id > @after and {condition}
              and (g.operator_id = any(@staffOf) or g.id = any(@mine) or g.applies_to = any(@decided))
              and (@q::text is null or g.name ilike '%' || @q || '%' or g.organisation_number = @q)
            order by g.id limit @count
            """,
            new
            {
                after = page.AfterId,
                count = page.Size + 1,
                q = string.IsNullOrWhiteSpace(q) ? null : Like(q.Trim()),
                staffOf = call.Principal.StaffOf.ToArray(),
                mine = call.Principal.Memberships.Keys.ToArray(),
                decided = call.Principal.Memberships.Values
                    .Where(one => one.IsOrganisationWide && one.Rights.HasFlag(AdministratorRights.Administrators))
                    .Select(one => one.OrganisationId).ToArray(),
            })).ToList();
        return Reply.Ok(Page<OrganisationView>.Of(rows, page.Size, OrganisationView.Of, row => row.Id));
    }

    private static async Task<Reply> GetAsync(Call call, Guid id)
    {
        var (row, _) = await OrganisationRow.GetVisibleAsync(call.Work, id);
        return Reply.Ok(OrganisationView.Of(row), row.Revision);
    }

    private static async Task<Reply> ChangeAsync(Call call, Guid id, Body<OrganisationChange> body)
    {
        var (row, scope) = await OrganisationRow.LockForChangeAsync(call.Work, id);
        if (row.Status != OrganisationStatus.Customer)
        {
            scope.RequireStaff();
        }

        scope.RequireWide();
        if (body.Has("organisation_number"))
        {
            scope.RequireStaff();
        }

        var terms = await OperatorTerms.GetAsync(call.Db, row.OperatorId);
        var changed = Apply(body, row, terms);
        call.RequireMatch(row.Revision);
        await call.Db.ExecuteAsync(
            """
            update organisation
            set name = @Name, organisation_number = @OrganisationNumber, vat_number = @VatNumber, contact_name = @ContactName, contact_email = @ContactEmail,
                contact_phone = @ContactPhone, billing_reference = @BillingReference,
                billing_address = @BillingAddress::jsonb, e_invoice_address = @EInvoiceAddress, cap_minor = @CapMinor,
                revision = revision + 1
            where id = @Id
            """,
            changed);
        if (changed.ReferenceInForce != row.ReferenceInForce)
        {
            await BillingDetails.RefreshAsync(call.Work, changed);
        }

        await call.Work.AuditAsync(
            "organisation.changed", "organisation:" + id, row.OperatorId, id,
            before: OrganisationView.Of(row), after: OrganisationView.Of(changed));
        return Reply.Ok(OrganisationView.Of(changed), row.Revision + 1);
    }

    private static OrganisationRow Apply(Body<OrganisationChange> body, OrganisationRow row, OperatorTerms terms)
    {
        var fields = new Fields();
        var sent = body.Value;
        var changed = row;
        if (body.Has("name"))
        {
            changed = changed with { Name = fields.Required("name", sent.Name, Limits.NameCharactersMax) };
        }

        if (body.Has("contact"))
        {
            changed = changed with
            {
                ContactName = fields.Optional("contact.name", sent.Contact?.Name, Limits.NameCharactersMax),
                ContactEmail = fields.Email("contact.email", sent.Contact?.Email),
                ContactPhone = fields.Optional("contact.phone", sent.Contact?.Phone, Limits.PhoneCharactersMax),
            };
        }

        if (body.Has("billing_reference"))
        {
            changed = changed with
            {
                BillingReference = fields.Optional("billing_reference", sent.BillingReference, Limits.BillingReferenceCharactersMax),
            };
        }

        if (body.Has("billing_address"))
        {
            // No e-invoice is without it, and departments without an address of their own have this one.
            if (sent.BillingAddress is null)
            {
                fields.Add("billing_address", FieldCode.Required, "is required");
            }

            changed = changed with
            {
                BillingAddress = PostalAddress.Write(PostalAddress.Check(fields, "billing_address", sent.BillingAddress)),
            };
        }

        if (body.Has("e_invoice_address"))
        {
            changed = changed with
            {
                EInvoiceAddress = fields.ElectronicAddress("e_invoice_address", sent.EInvoiceAddress)?.ToString(),
            };
        }

        changed = WithNumbers(fields, body, changed, terms.Country);

        if (body.Has("cap_minor"))
        {
            changed = changed with { CapMinor = Cap(fields, sent.CapMinor, terms) };
        }

        fields.ThrowIfAny();
        return changed;
    }

    /// <summary>The organisation number and the VAT number, which has it in it: with another one it is wrong.</summary>
    private static OrganisationRow WithNumbers(Fields fields, Body<OrganisationChange> body, OrganisationRow row, string country)
    {
        var number = body.Has("organisation_number")
            ? ApplyForOrganisation.Number(fields, body.Value.OrganisationNumber, country) : row.OrganisationNumber;
        var vatNumber = body.Has("vat_number") ? body.Value.VatNumber : row.VatNumber;
        return row with
        {
            OrganisationNumber = number,
            VatNumber = body.Has("vat_number") || number != row.OrganisationNumber
                ? ApplyForOrganisation.VatNumber(fields, vatNumber, country, number ?? "") : vatNumber,
        };
    }

    private static long? Cap(Fields fields, long? capMinor, OperatorTerms terms)
    {
        var most = terms.CapMinor ?? Limits.CreditLimitMinorMax;
        if (capMinor is { } cap && (cap < Limits.CreditLimitMinorMin || cap > most))
        {
            fields.AddOutOfRange("cap_minor", Limits.CreditLimitMinorMin, most, ", or null for the operator's");
        }

        return capMinor;
    }

    /// <summary>Takes from what was searched for the meaning that some characters have in a pattern.</summary>
    internal static string Like(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);
}
