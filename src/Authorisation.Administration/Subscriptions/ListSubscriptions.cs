using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Subscriptions;

/// <summary>Which subscriptions are asked for.</summary>
/// <param name="State">That were decided on so; all unless given.</param>
/// <param name="DepartmentId">That a department pays for; all unless given.</param>
internal sealed record SubscriptionFilter(SubscriptionState? State = null, Guid? DepartmentId = null);

/// <summary>
/// Lists the subscriptions of an organisation that the principal sees, or those of the telephone that somebody with the
/// order link has, in the order in which they were ordered.
/// </summary>
internal sealed class ListSubscriptions
{
    /// <exception cref="RefusedException">The organisation or department cannot be seen, or the right to purchases lacks.</exception>
    public async Task<IReadOnlyList<SubscriptionRow>> RunAsync(
        UnitOfWork work, Guid organisationId, SubscriptionFilter filter, ListPage page)
    {
        var (_, scope) = await OrganisationRow.GetVisibleAsync(work, organisationId);
        scope.Require(AdministratorRights.Purchases);
        if (filter.DepartmentId is { } department)
        {
            scope.RequireSight(department);
        }

        return [.. await work.Db.QueryAsync<SubscriptionRow>(
            $"""
            select {SubscriptionRow.Columns}
            where s.organisation_id = @organisationId and s.id > @After and (@state = 0 or s.state = @state)
              and (@department::uuid is null or s.department_id = @department)
              and (@departments::uuid[] is null or s.department_id = any(@departments))
            order by s.id limit @Count
            """,
            new
            {
                organisationId,
                page.After,
                page.Count,
                state = (short?)filter.State ?? 0,
                department = filter.DepartmentId,
                departments = scope.ListedDepartments,
            })];
    }

    /// <summary>Those of a traveller.</summary>
    /// <exception cref="RefusedException">The traveller cannot be seen, or the right to purchases lacks.</exception>
    public async Task<IReadOnlyList<SubscriptionRow>> RunForAsync(UnitOfWork work, Guid travellerId, ListPage page)
    {
        var (_, scope) = await TravellerRow.GetVisibleOrRemovedAsync(work, travellerId);
        scope.RequirePurchasesOf(travellerId);
        return [.. await work.Db.QueryAsync<SubscriptionRow>(
            $"""
            select {SubscriptionRow.Columns}
            where s.traveller_id = @travellerId and s.id > @After
              and (@departments::uuid[] is null or s.department_id = any(@departments))
            order by s.id limit @Count
            """,
            new { travellerId, page.After, page.Count, departments = scope.ListedDepartmentsOf(travellerId) })];
    }

    /// <summary>Those of the caller's own telephone.</summary>
    /// <exception cref="RefusedException">The link is not in force, or the caller has no session of it.</exception>
    public async Task<IReadOnlyList<SubscriptionRow>> RunAsync(UnitOfWork work, string token, ListPage page)
    {
        var (phone, organisation, _) = await OrderLink.OfSessionAsync(work, token);
        return [.. await work.Db.QueryAsync<SubscriptionRow>(
            $"""
            select {SubscriptionRow.Columns}
            where s.organisation_id = @Id and s.mobile = @Mobile and s.id > @After order by s.id limit @Count
            """,
            new { organisation.Id, phone.Mobile, page.After, page.Count })];
    }
}
