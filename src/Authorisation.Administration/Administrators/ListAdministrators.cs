using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Administrators;

/// <summary>
/// Lists the administrators of an organisation that the principal may see, in the order of their ids.
/// </summary>
internal sealed class ListAdministrators
{
    /// <exception cref="RefusedException">The organisation cannot be seen.</exception>
    public async Task<IReadOnlyList<AdministratorRow>> RunAsync(UnitOfWork work, Guid organisationId, ListPage page)
    {
        var (_, scope) = await OrganisationRow.GetVisibleAsync(work, organisationId);
        return [.. (await AdministratorRow.ListAsync(work.Db, organisationId, page.After))
            .Where(row => row.IsSeenBy(scope)).Take(page.Count)];
    }
}
