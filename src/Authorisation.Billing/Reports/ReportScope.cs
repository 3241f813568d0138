using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Billing.Invoices;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Billing.Reports;

/// <summary>What a report of a month may be about: the same for every report.</summary>
/// <param name="Terms">The operator.</param>
/// <param name="Month">The month.</param>
/// <param name="IsClosed">Whether the month is closed and its statements are all written.</param>
/// <param name="HiddenUntil">The operator's day from which the principal sees it; null when it is shown.</param>
/// <param name="Departments">The departments that are reported; null for all.</param>
internal sealed record ReportScope(
    OperatorTerms Terms, CreditMonth Month, bool IsClosed, DateOnly? HiddenUntil, Guid[]? Departments)
{
    /// <param name="work">The principal's.</param>
    /// <param name="organisationId">Of which organisation.</param>
    /// <param name="asked">Of which month; of the current one unless given.</param>
    /// <param name="departmentId">Of one department; of all that the principal sees unless given.</param>
    /// <exception cref="RefusedException">
    /// The organisation is not seen, the right to reports is missing, nothing is kept of the month, or a field is wrong.
    /// </exception>
    public static async Task<ReportScope> GetAsync(
        UnitOfWork work, Guid organisationId, CreditMonth? asked, Guid? departmentId)
    {
        var (organisation, scope) = await OrganisationRow.GetVisibleAsync(work, organisationId);
        scope.Require(AdministratorRights.Reports);
        var terms = await OperatorTerms.GetAsync(work.Db, organisation.OperatorId);
        var visibility = await PurchaseVisibility.ReadAsync(work.Db, terms.Id);
        var fields = new Fields();
        var (month, isClosed) = await MonthAsync(work, asked, visibility, terms.Id, fields);
        var departments = await DepartmentsAsync(work, organisationId, departmentId, scope, fields);
        fields.ThrowIfAny();
        return new ReportScope(terms, month, isClosed, scope.IsStaff ? null : visibility.HiddenUntil(month), departments);
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
        UnitOfWork work, Guid organisationId, Guid? departmentId, AccessScope scope, Fields fields)
    {
        if (departmentId is not { } id)
        {
            return scope.ListedDepartments;
        }

        var department = await DepartmentRow.FindAsync(work.Db, id);
        if (department?.OrganisationId != organisationId || !scope.Sees(id))
        {
            fields.Add("department_id", FieldCode.NotFound, "must be a department of the organisation");
        }

        return [id];
    }
}
