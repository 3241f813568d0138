using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.StaffOffers;

/// <summary>Lists what an employer offers: all of it to administrators, what can be applied for to travellers.</summary>
internal sealed class ListStaffOffers
{
    /// <exception cref="RefusedException">The organisation cannot be seen.</exception>
    public async Task<IReadOnlyList<StaffOfferRow>> RunAsync(UnitOfWork work, Guid organisationId, ListPage page)
    {
        await OrganisationRow.GetVisibleAsync(work, organisationId);
        return await ReadAsync(work, organisationId, isOpen: false, page);
    }

    /// <summary>Those that a traveller can apply for.</summary>
    /// <exception cref="RefusedException">The traveller cannot be seen.</exception>
    public async Task<IReadOnlyList<StaffOfferRow>> RunForAsync(UnitOfWork work, Guid travellerId, ListPage page)
    {
        var (traveller, _) = await TravellerRow.GetVisibleAsync(work, travellerId);
        return await ReadAsync(work, traveller.OrganisationId, isOpen: true, page);
    }

    private static async Task<IReadOnlyList<StaffOfferRow>> ReadAsync(
        UnitOfWork work, Guid organisationId, bool isOpen, ListPage page) =>
        [.. await work.Db.QueryAsync<StaffOfferRow>(
            $"""
            select {StaffOfferRow.Columns}
            where f.organisation_id = @organisationId and f.id > @After and (not @isOpen or f.closed_at is null)
            order by f.id limit @Count
            """,
            new { organisationId, isOpen, page.After, page.Count })];
}
