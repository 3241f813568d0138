using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;

namespace Authorisation.Billing.MonthEnd;

/// <summary>Lists the nights' work of the operators that the principal is staff of, the newest first.</summary>
internal sealed class ListMonthEnds
{
    /// <param name="work">The principal's.</param>
    /// <param name="operatorCode">Of one operator; of all unless given.</param>
    /// <param name="page">Which part.</param>
    /// <exception cref="RefusedException">The principal is no staff, or not of the operator that was named.</exception>
    public async Task<IReadOnlyList<MonthEndRun>> RunAsync(UnitOfWork work, string? operatorCode, ListPage page) =>
        await MonthEndRun.ListAsync(
            work.Db, await StaffOperators.ListedAsync(work, operatorCode), page.After, page.Count);
}
