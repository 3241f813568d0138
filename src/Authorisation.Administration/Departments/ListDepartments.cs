using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Departments;

/// <summary>
/// Lists the open departments of an organisation that the principal may see, in the order of their ids.
/// </summary>
internal sealed class ListDepartments
{
    /// <exception cref="RefusedException">The organisation cannot be seen.</exception>
    public async Task<IReadOnlyList<DepartmentDetails>> RunAsync(UnitOfWork work, Guid organisationId, ListPage page)
    {
        var (organisation, scope) = await OrganisationRow.GetVisibleAsync(work, organisationId);
        var all = await DepartmentRow.AllOfAsync(work.Db, organisationId);
        return [.. all.Values
            .Where(row => row.Id.CompareTo(page.After) > 0 && row.ClosedAt is null && scope.Sees(row.Id))
            .OrderBy(row => row.Id).Take(page.Count)
            .Select(row => DepartmentDetails.Of(row, all, organisation))];
    }
}
