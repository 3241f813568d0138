using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Billing.Reports;

/// <summary>What travel is asked for.</summary>
/// <param name="OrganisationId">Of which organisation.</param>
/// <param name="Month">Of which month; the current one unless given.</param>
/// <param name="DepartmentId">Of one department; of all that the principal sees unless given.</param>
internal sealed record TravelFilter(Guid OrganisationId, CreditMonth? Month, Guid? DepartmentId);

/// <summary>Which rows of the report.</summary>
/// <param name="AfterDepartment">The department of the last row that was reported; the nil UUID at the beginning.</param>
/// <param name="AfterProduct">The product of that row.</param>
/// <param name="Count">How many rows at most.</param>
internal sealed record TravelPage(Guid AfterDepartment, string AfterProduct, int Count)
{
    /// <summary>All rows.</summary>
    public static TravelPage All { get; } = new(Guid.Empty, "", int.MaxValue);
}

/// <summary>
/// Counts an organisation's journeys and tickets of a month by department and product, as far as the principal
/// administers it.
/// </summary>
internal sealed class GetTravel
{
    /// <param name="work">The principal's.</param>
    /// <param name="filter">What is asked for.</param>
    /// <param name="page">Which rows. It is asked for before they are read.</param>
    /// <exception cref="RefusedException">As for <see cref="GetSpending"/>.</exception>
    public async Task<Report<TravelRow>> RunAsync(UnitOfWork work, TravelFilter filter, Request<TravelPage> page)
    {
        var scope = await ReportScope.GetAsync(work, filter.OrganisationId, filter.Month, filter.DepartmentId);
        var asked = page.Read();
        if (scope.HiddenUntil is { } day)
        {
            return new Report<TravelRow>(scope.Terms, scope.Month, day, []);
        }

        var query = new TravelQuery
        {
            OperatorId = scope.Terms.Id,
            OrganisationId = filter.OrganisationId,
            Month = scope.Month.Number,
            Language = scope.Terms.Language,
            Departments = scope.Departments,
            AfterDepartment = asked.AfterDepartment,
            AfterProduct = asked.AfterProduct,
            Count = asked.Count,
        };
        return new Report<TravelRow>(
            scope.Terms, scope.Month, HiddenUntil: null, await Travel.ReadAsync(work.Db, query, work.Stop));
    }
}
