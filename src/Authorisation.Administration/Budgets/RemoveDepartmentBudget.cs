using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Budgets;

/// <summary>Takes the budget of a department away; where there is none nothing changes.</summary>
internal sealed class RemoveDepartmentBudget
{
    /// <exception cref="RefusedException">
    /// The department cannot be seen or changed, or its budget was changed by another.
    /// </exception>
    public async Task RunAsync(UnitOfWork work, Guid id, Request request)
    {
        var (_, scope) = await DepartmentRow.LockForChangeAsync(work, id);
        scope.RequireWide().Require(AdministratorRights.Credits);
        var before = await BudgetRow.OfDepartmentAsync(work.Db, id);
        request.RequireRevision(before?.Revision ?? 0);
        if (before is not null)
        {
            await BudgetWriter.RemoveAsync(work, before);
        }
    }
}
