using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Budgets;

/// <summary>Reads the budget of a department, for those who see the department.</summary>
internal sealed class GetDepartmentBudget
{
    /// <exception cref="RefusedException">The department cannot be seen, or has no budget of its own.</exception>
    public async Task<BudgetRow> RunAsync(UnitOfWork work, Guid id)
    {
        await DepartmentRow.GetVisibleAsync(work, id);
        return await BudgetRow.OfDepartmentAsync(work.Db, id)
            ?? throw new RefusedException(ProblemCode.NotFound, "The department has no budget of its own.");
    }
}
