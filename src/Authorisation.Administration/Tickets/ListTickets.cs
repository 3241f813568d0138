using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Tickets;

/// <summary>Which tickets a list is narrowed to; null is no matter.</summary>
/// <param name="State">How they stand.</param>
/// <param name="TravellerId">The traveller that they are for.</param>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="Month">The month in which they were ordered.</param>
/// <param name="Bearer">The last four digits of the number of their card or mobile.</param>
internal sealed record TicketFilter(
    TicketState? State = null, Guid? TravellerId = null, Guid? DepartmentId = null, CreditMonth? Month = null, string? Bearer = null);

/// <summary>Lists the tickets of an organisation that the principal may see, or those for a traveller, the newest first.</summary>
internal sealed class ListTickets
{
    /// <exception cref="RefusedException">The organisation cannot be seen, or the principal lacks the right to purchases.</exception>
    public async Task<IReadOnlyList<TicketRow>> RunAsync(UnitOfWork work, Guid organisationId, TicketFilter filter, ListPage page)
    {
        var (_, scope) = await OrganisationRow.GetVisibleAsync(work, organisationId);
        scope.Require(AdministratorRights.Purchases);
        return await ReadAsync(work, organisationId, scope.ListedDepartments, filter, page);
    }

    /// <summary>Those that are for a traveller.</summary>
    /// <exception cref="RefusedException">The traveller cannot be seen, or the right to purchases lacks.</exception>
    public async Task<IReadOnlyList<TicketRow>> RunForAsync(UnitOfWork work, Guid travellerId, ListPage page)
    {
        var (traveller, scope) = await TravellerRow.GetVisibleOrRemovedAsync(work, travellerId);
        scope.RequirePurchasesOf(travellerId);
        return await ReadAsync(
            work, traveller.OrganisationId, scope.ListedDepartmentsOf(travellerId), new TicketFilter(TravellerId: travellerId), page);
    }

    private static async Task<IReadOnlyList<TicketRow>> ReadAsync(
        UnitOfWork work, Guid organisationId, Guid[]? departments, TicketFilter filter, ListPage page) =>
        [.. await work.Db.QueryAsync<TicketRow>(
            $"""
            select {TicketRow.Columns}
            -- The page first, and then what stands beside each of its rows.
            where t.id in (
              select t.id from control.ticket t
              where t.organisation_id = @organisationId and (@first or t.id < @After)
                and (@departments::uuid[] is null or t.department_id = any(@departments))
                and (@DepartmentId::uuid is null or t.department_id = @DepartmentId)
                and (@TravellerId::uuid is null or t.traveller_id = @TravellerId)
                and (@state::smallint is null or t.state = @state)
                and (@month::integer is null or t.month = @month)
                and (@Bearer::text is null or right(coalesce(t.card_number, t.mobile), 4) = @Bearer)
              order by t.id desc limit @Count)
            order by t.id desc
            """,
            new
            {
                organisationId,
                first = page.After == Guid.Empty,
                page.After,
                page.Count,
                departments,
                filter.DepartmentId,
                filter.TravellerId,
                state = (short?)filter.State,
                month = filter.Month?.Number,
                filter.Bearer,
            })];
}
