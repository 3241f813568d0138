using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Billing.Invoices;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Dapper;

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

/// <summary>What was spent in a month.</summary>
/// <param name="Terms">The operator.</param>
/// <param name="Month">The month.</param>
/// <param name="HiddenUntil">The operator's day from which the principal sees it; null when it is shown.</param>
/// <param name="Rows">The rows; none while it is hidden.</param>
internal sealed record SpendingReport(
    OperatorTerms Terms, CreditMonth Month, DateOnly? HiddenUntil, IReadOnlyList<SpendingRow> Rows);

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
    public async Task<SpendingReport> RunAsync(UnitOfWork work, SpendingFilter filter, Request<SpendingPage> page)
    {
        var (organisation, scope) = await OrganisationRow.GetVisibleAsync(work, filter.OrganisationId);
        scope.Require(AdministratorRights.Reports);
        var terms = await OperatorTerms.GetAsync(work.Db, organisation.OperatorId);
        var visibility = await PurchaseVisibility.ReadAsync(work.Db, terms.Id);
        var fields = new Fields();
        var (month, isClosed) = await MonthAsync(work, filter.Month, visibility, terms.Id, fields);
        var departments = await DepartmentsAsync(work, filter, scope, fields);
        fields.ThrowIfAny();
        var asked = page.Read();
        if (!scope.IsStaff && visibility.HiddenUntil(month) is { } day)
        {
            return new SpendingReport(terms, month, day, []);
        }

        var query = new SpendingQuery
        {
            OperatorId = terms.Id,
            OrganisationId = filter.OrganisationId,
            Month = month.Number,
            IsByTraveller = filter.IsByTraveller,
            Departments = departments,
            AfterDepartment = asked.AfterDepartment,
            AfterTraveller = asked.AfterTraveller,
            Count = asked.Count,
        };
        return new SpendingReport(
            terms, month, HiddenUntil: null, await Spending.ReadAsync(work.Db, query, isClosed, work.Stop));
    }

    /// <summary>
    /// The month that is asked for, and whether what it was closed with is all written: the statements of a month
    /// follow its closing some accounts at a time, and until the last one is written the month is summed from its rows,
    /// like an open one.
    /// </summary>
    private static async Task<(CreditMonth Month, bool IsClosed)> MonthAsync(
        UnitOfWork work, CreditMonth? asked, PurchaseVisibility visibility, int operatorId, Fields fields)
    {
        var month = asked ?? visibility.Current;
        if (month > visibility.Current)
        {
            fields.Add("month", FieldCode.NotPossible, $"has not begun: it is {visibility.Current}");
            return (visibility.Current, false);
        }

        if (!visibility.IsClosed(month)
            || await MonthEndRun.ClosingAsync(work.Db, operatorId, month) is { Step: MonthEndStep.Statements })
        {
            return (month, false);
        }

        // A month may have nothing but charges, which are on no account.
        var first = await work.Db.ExecuteScalarAsync<int?>(
            """
            select least(
              (select month from billing.statement where operator_id = @operatorId order by month limit 1),
              (select month from billing.unassigned_seal where operator_id = @operatorId order by month limit 1))
            """,
            new { operatorId });
        return first is { } number && month.Number >= number
            ? (month, true)
            : throw new RefusedException(
                ProblemCode.MonthNotKept,
                $"Nothing is kept of {month}: the first month is "
                + $"{(first is { } kept ? CreditMonth.FromNumber(kept) : visibility.FirstOpen)}.");
    }

    private static async Task<Guid[]?> DepartmentsAsync(
        UnitOfWork work, SpendingFilter filter, AccessScope scope, Fields fields)
    {
        if (filter.DepartmentId is not { } id)
        {
            return scope.ListedDepartments;
        }

        var department = await DepartmentRow.FindAsync(work.Db, id);
        if (department?.OrganisationId != filter.OrganisationId || !scope.Sees(id))
        {
            fields.Add("department_id", FieldCode.NotFound, "must be a department of the organisation");
        }

        return [id];
    }
}
