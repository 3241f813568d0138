using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Billing.Reports;

/// <summary>What spending is asked for.</summary>
/// <param name="OrganisationId">Of which organisation.</param>
/// <param name="Month">Of which month; the current one unless given.</param>
/// <param name="DepartmentId">Of one department; of all that the principal sees unless given.</param>
/// <param name="IsByTraveller">A row for each traveller of a department, or one for each department.</param>
internal sealed record SpendingFilter(Guid OrganisationId, CreditMonth? Month, Guid? DepartmentId, bool IsByTraveller);

/// <summary>Which rows of a report.</summary>
/// <param name="AfterDepartment">
/// The department of the last row that was reported; the nil UUID at the beginning.
/// </param>
/// <param name="AfterTraveller">The traveller of that row.</param>
/// <param name="Count">How many rows at most.</param>
internal sealed record SpendingPage(Guid AfterDepartment, Guid AfterTraveller, int Count)
{
    /// <summary>All rows.</summary>
    public static SpendingPage All { get; } = new(Guid.Empty, Guid.Empty, int.MaxValue);
}

/// <summary>Reports what an organisation spent in a month, as far as the principal administers it.</summary>
internal sealed class GetSpending
{
    /// <param name="work">The principal's.</param>
    /// <param name="filter">What is asked for.</param>
    /// <param name="page">Which rows. It is asked for before they are read.</param>
    /// <exception cref="RefusedException">
    /// The organisation is not seen, the right to reports is missing, nothing is kept of the month, or a field is
    /// wrong.
    /// </exception>
    public async Task<Report<SpendingRow>> RunAsync(UnitOfWork work, SpendingFilter filter, Request<SpendingPage> page)
    {
        var scope = await ReportScope.GetAsync(work, filter.OrganisationId, filter.Month, filter.DepartmentId);
        var asked = page.Read();
        var (terms, month) = (scope.Terms, scope.Month);
        if (scope.HiddenUntil is { } day)
        {
            return new Report<SpendingRow>(terms, month, day, []);
        }

        var query = new SpendingQuery
        {
            OperatorId = terms.Id,
            OrganisationId = filter.OrganisationId,
            Month = month.Number,
            IsByTraveller = filter.IsByTraveller,
            Departments = scope.Departments,
            AfterDepartment = asked.AfterDepartment,
            AfterTraveller = asked.AfterTraveller,
            Count = asked.Count,
        };
        return new Report<SpendingRow>(
            terms, month, HiddenUntil: null, await Spending.ReadAsync(work.Db, query, scope.IsClosed, work.Stop));
    }
}
