using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Imports;

/// <summary>
/// Shows how far an import has come: to the importer, and to administrators of the whole organisation.
/// </summary>
internal sealed class GetImport
{
    /// <exception cref="RefusedException">The organisation or the import cannot be seen.</exception>
    public async Task<ImportProgress> RunAsync(UnitOfWork work, Guid organisationId, Guid id)
    {
        var (_, scope) = await OrganisationRow.GetVisibleAsync(work, organisationId);
        return await FindVisibleAsync(work, scope, organisationId, id);
    }

    /// <summary>The travellers that a whole list does not have.</summary>
    /// <exception cref="RefusedException">The organisation or the import cannot be seen.</exception>
    public async Task<IReadOnlyList<MissingTraveller>> MissingAsync(UnitOfWork work, Guid organisationId, Guid id, ListPage page)
    {
        await RunAsync(work, organisationId, id);
        return await MissingTravellers.ListAsync(work.Db, id, page);
    }

    /// <summary>The import, for a principal with a scope at its organisation.</summary>
    public static async Task<ImportProgress> FindVisibleAsync(
        UnitOfWork work, AccessScope scope, Guid organisationId, Guid id) =>
        await ImportProgress.FindAsync(work.Db, organisationId, id) is { } import
        && (scope.IsWide || import.PersonId == work.Principal.PersonId)
            ? import
            : throw Problems.NotFound();
}
