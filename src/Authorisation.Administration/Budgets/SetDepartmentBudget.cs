using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Budgets;

/// <summary>
/// Sets the monthly budget of a department and those below it. It binds the department's own administrators, so it is for
/// those who administer all of the organisation and have the right to credits.
/// </summary>
internal sealed class SetDepartmentBudget
{
    /// <returns>The budget as it is now.</returns>
    /// <exception cref="RefusedException">
    /// The department cannot be seen or changed or is closed, the budget was changed by another, or a field is wrong.
    /// </exception>
    public async Task<BudgetRow> RunAsync(UnitOfWork work, Guid id, Request<BudgetRequest> request)
    {
        var (department, scope) = await DepartmentRow.LockForChangeAsync(work, id);
        scope.RequireWide().Require(AdministratorRights.Credits);
        var before = await BudgetRow.OfDepartmentAsync(work.Db, id);
        request.RequireRevision(before?.Revision ?? 0);
        department.RequireOpen();
        var fields = new Fields();
        var budget = request.Read().Check(fields);
        fields.ThrowIfAny();
        await BudgetWriter.WriteAsync(work, before, department.OrganisationId, id, reference: null, budget);
        var after = (await BudgetRow.OfDepartmentAsync(work.Db, id))!;
        await BudgetWriter.AuditAsync(work, before, after);
        return after;
    }
}
