using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Tickets;

/// <summary>Lists the orders of an organisation that the principal may see, the newest first.</summary>
internal sealed class ListTicketOrders
{
    /// <param name="work">The unit of work.</param>
    /// <param name="organisationId">The organisation.</param>
    /// <param name="departmentId">Only those that this department pays; null for all.</param>
    /// <param name="page">Which part.</param>
    /// <exception cref="RefusedException">The organisation cannot be seen, or the principal lacks the right to purchases.</exception>
    public async Task<IReadOnlyList<TicketOrderRow>> RunAsync(
        UnitOfWork work, Guid organisationId, Guid? departmentId, ListPage page)
    {
        var (_, scope) = await OrganisationRow.GetVisibleAsync(work, organisationId);
        scope.Require(AdministratorRights.Purchases);
        return [.. await work.Db.QueryAsync<TicketOrderRow>(
            $"""
            select {TicketOrderRow.Columns}
            -- The page first, and then what stands beside each of its rows.
            where d.id in (
              select d.id from control.ticket_order d
              where d.organisation_id = @organisationId and (@first or d.id < @After)
                and (@departments::uuid[] is null or d.department_id = any(@departments))
                and (@departmentId::uuid is null or d.department_id = @departmentId)
              order by d.id desc limit @Count)
            order by d.id desc
            """,
            new
            {
                organisationId,
                first = page.After == Guid.Empty,
                page.After,
                page.Count,
                departments = scope.ListedDepartments,
                departmentId,
            })];
    }
}
