using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Budgets;

/// <summary>Lists an organisation's budgets, with what this month has spent of each, in the order of their ids.</summary>
internal sealed class ListBudgets
{
    /// <exception cref="RefusedException">The organisation cannot be seen, or is no customer.</exception>
    public async Task<IReadOnlyList<BudgetRow>> RunAsync(UnitOfWork work, Guid organisationId, ListPage page)
    {
        var (_, scope) = await OrganisationRow.GetVisibleCustomerAsync(work, organisationId);
        return await BudgetRow.ListAsync(work.Db, organisationId, scope, page.After, page.Count);
    }
}
