using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.StaffOffers;

/// <summary>Lists applications for staff offers, in the order in which they were made.</summary>
internal sealed class ListStaffApplications
{
    /// <summary>Those of an organisation, as far as the principal administers it with the right to purchases.</summary>
    /// <exception cref="RefusedException">The organisation cannot be seen, or the right lacks.</exception>
    public async Task<IReadOnlyList<StaffApplicationRow>> RunAsync(
        UnitOfWork work, Guid organisationId, StaffApplicationState? state, ListPage page)
    {
        var (_, scope) = await OrganisationRow.GetVisibleAsync(work, organisationId);
        scope.Require(AdministratorRights.Purchases);
        return [.. await work.Db.QueryAsync<StaffApplicationRow>(
            $"""
            select {StaffApplicationRow.Columns}
            where a.organisation_id = @organisationId and a.id > @After and (@state = 0 or a.state = @state)
              and (@departments::uuid[] is null or a.department_id = any(@departments))
            order by a.id limit @Count
            """,
            new { organisationId, state = (short?)state ?? 0, page.After, page.Count, departments = scope.ListedDepartments })];
    }

    /// <summary>Those of a traveller.</summary>
    /// <exception cref="RefusedException">The traveller cannot be seen, or the right to purchases lacks.</exception>
    public async Task<IReadOnlyList<StaffApplicationRow>> RunForAsync(UnitOfWork work, Guid travellerId, ListPage page)
    {
        var (_, scope) = await TravellerRow.GetVisibleOrRemovedAsync(work, travellerId);
        scope.RequirePurchasesOf(travellerId);
        return [.. await work.Db.QueryAsync<StaffApplicationRow>(
            $"""
            select {StaffApplicationRow.Columns}
            where a.traveller_id = @travellerId and a.id > @After
              and (@departments::uuid[] is null or a.department_id = any(@departments))
            order by a.id limit @Count
            """,
            new { travellerId, page.After, page.Count, departments = scope.ListedDepartmentsOf(travellerId) })];
    }
}
