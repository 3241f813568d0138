using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Imports;

/// <summary>
/// Gives a file to fill in, in the operator's language and with a department that the principal sees.
/// </summary>
internal sealed class GetImportTemplate
{
    /// <returns>The file, as CSV.</returns>
    /// <exception cref="RefusedException">The organisation cannot be seen.</exception>
    public async Task<string> RunAsync(UnitOfWork work, Guid organisationId)
    {
        var (organisation, scope) = await OrganisationRow.GetVisibleAsync(work, organisationId);
        var terms = await OperatorTerms.GetAsync(work.Db, organisation.OperatorId);
        var departments = await DepartmentRow.OpenAsync(work.Db, organisationId, scope);
        return ImportTemplate.Write(terms.Language, terms.Country, DepartmentRow.DefaultOf(departments)?.Name);
    }
}
