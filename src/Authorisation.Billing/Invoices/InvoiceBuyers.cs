using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.Invoices;

/// <summary>The buyers of some organisations' invoices, as they are at the moment.</summary>
internal sealed class InvoiceBuyers
{
    private readonly string _country;
    private readonly IReadOnlyDictionary<Guid, OrganisationRow> _organisations;
    private readonly IReadOnlyDictionary<(Guid Organisation, string Reference), Details> _own;

    private InvoiceBuyers(
        string country,
        IReadOnlyDictionary<Guid, OrganisationRow> organisations,
        IReadOnlyDictionary<(Guid Organisation, string Reference), Details> own) =>
        (_country, _organisations, _own) = (country, organisations, own);

    /// <summary>Reads what the organisations and their departments are.</summary>
    public static async Task<InvoiceBuyers> ReadAsync(NpgsqlConnection db, OperatorTerms terms, Guid[] ids)
    {
        var organisations = await db.QueryAsync<OrganisationRow>(
            $"select {OrganisationRow.Columns} where g.id = any(@ids)", new { ids });
        // If several departments have their own details under one reference, the oldest open one counts.
        var own = await db.QueryAsync<Details>(
            """
            select distinct on (organisation_id, billing_reference)
                   organisation_id, billing_reference, billing_address::text as billing_address, e_invoice_address
            from department
            where organisation_id = any(@ids) and not inherits_billing
            order by organisation_id, billing_reference, closed_at is not null, id
            """,
            new { ids });
        return new InvoiceBuyers(
            terms.Country,
            organisations.ToDictionary(row => row.Id),
            own.ToDictionary(row => (row.OrganisationId, row.BillingReference)));
    }

    /// <summary>
    /// Who pays under a reference: the organisation, where the department whose own billing details have the reference
    /// wants it.
    /// </summary>
    public Party Of(Guid organisationId, string reference)
    {
        var organisation = _organisations[organisationId];
        var own = _own.GetValueOrDefault((organisationId, reference));
        return new Party
        {
            Name = organisation.Name,
            OrganisationNumber = organisation.OrganisationNumber,
            VatNumber = organisation.VatNumber,
            Country = _country,
            ElectronicAddress = ElectronicAddress.Read(own?.EInvoiceAddress ?? organisation.EInvoiceAddress),
            PostalAddress = PostalAddress.Read(own?.BillingAddress ?? organisation.BillingAddress),
            Contact = organisation.ContactEmail is null
                ? null
                : new PartyContact(organisation.ContactName, organisation.ContactPhone, organisation.ContactEmail),
        };
    }

    private sealed record Details
    {
        public required Guid OrganisationId { get; init; }

        public required string BillingReference { get; init; }

        public string? BillingAddress { get; init; }

        public string? EInvoiceAddress { get; init; }
    }
}
