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
        return await ImportProgress.FindAsync(work.Db, organisationId, id) is { } import
            && (scope.IsWide || import.PersonId == work.Principal.PersonId)
                ? import
                : throw Problems.NotFound();
    }
}
