using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Terms;

/// <summary>The document that is accepted.</summary>
/// <param name="Kind"><c>privacy</c>, <c>travel</c> or <c>general</c>.</param>
/// <param name="Version">The version that was read; one that is in force, or that is coming.</param>
internal sealed record AcceptTermsRequest(string? Kind, string? Version);

/// <summary>
/// Accepts a document with terms: for an organisation, by an administrator of the whole; for a traveller, by that
/// traveller alone. Accepting it again changes nothing.
/// </summary>
internal sealed class AcceptTerms
{
    private const string Organisation = "organisation";
    private const string Traveller = "traveller";

    /// <summary>For an organisation.</summary>
    /// <exception cref="RefusedException">
    /// It cannot be seen, the principal is no administrator of the whole of it, or a field is wrong.
    /// </exception>
    public async Task RunForOrganisationAsync(UnitOfWork work, Guid id, Request<AcceptTermsRequest> request)
    {
        var (row, scope) = await OrganisationRow.GetVisibleCustomerAsync(work, id);
        if (scope.Member is not { IsOrganisationWide: true })
        {
            throw Problems.Forbidden("An administrator of the whole organisation accepts for it.");
        }

        var document = await AcceptedAsync(work, row.OperatorId, Organisation, request);
        await SaveAsync(work, document, id, travellerId: null, "organisation:" + id, id, departmentId: null);
    }

    /// <summary>For a traveller.</summary>
    /// <exception cref="RefusedException">It is not the principal, or a field is wrong.</exception>
    public async Task RunForTravellerAsync(UnitOfWork work, Guid id, Request<AcceptTermsRequest> request)
    {
        var (row, scope) = await TravellerRow.GetVisibleAsync(work, id);
        scope.RequireOwn(id);
        var document = await AcceptedAsync(work, row.OperatorId, Traveller, request);
        await SaveAsync(
            work, document, organisationId: null, id, "traveller:" + id, row.OrganisationId, row.DepartmentId);
    }

    private static async Task<TermsDocument> AcceptedAsync(
        UnitOfWork work, int operatorId, string by, Request<AcceptTermsRequest> request)
    {
        var asked = request.Read();
        var fields = new Fields();
        var kind = TermsDocument.OfKind(fields, "kind", asked.Kind);
        var version = TermsDocument.Versioned(fields, "version", asked.Version);
        fields.ThrowIfAny();
        var document = await TermsDocument.FindAsync(work.Db, operatorId, kind, version);
        if (document is null || !document.AcceptorWords.Contains(by, StringComparer.Ordinal))
        {
            fields.Add("version", FieldCode.NotFound, $"is no version of this kind that is the {by}'s to accept");
        }
        else if (!document.IsComing && !document.IsInForce)
        {
            fields.Add("version", FieldCode.NotPossible, "is not in force any more: read the terms again");
        }

        fields.ThrowIfAny();
        return document!;
    }

    private static async Task SaveAsync(
        UnitOfWork work, TermsDocument document, Guid? organisationId, Guid? travellerId, string subject, Guid at,
        Guid? departmentId)
    {
        if (await work.Db.ExecuteAsync(
            """
            insert into control.terms_acceptance (document_id, organisation_id, traveller_id, person_id)
            values (@Id, @organisationId, @travellerId, @PersonId)
            on conflict do nothing
            """,
            new { document.Id, organisationId, travellerId, work.Principal.PersonId }) == 1)
        {
            await work.AuditAsync(
                work.Principal.PersonId, work.Principal.Email, "terms.accepted", subject, document.OperatorId, at, departmentId,
                after: new { document.Kind, document.Version });
        }
    }
}
