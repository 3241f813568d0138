using Authorisation.Administration.Access;
using Authorisation.Administration.Work;

namespace Authorisation.Billing.MonthEnd;

/// <summary>A night's work, and what it found.</summary>
internal sealed record MonthEndDetails(MonthEndRun Run, IReadOnlyList<Finding> Findings);

/// <summary>Shows a night's work to staff of its operator.</summary>
internal sealed class GetMonthEnd
{
    /// <exception cref="RefusedException">
    /// The principal is no staff, or there is none of the principal's operators.
    /// </exception>
    public async Task<MonthEndDetails> RunAsync(UnitOfWork work, Guid id) =>
        new(await MonthEndRun.GetVisibleAsync(work, id), await Finding.OfAsync(work.Db, id));
}
