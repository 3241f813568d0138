using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Billing.Payroll;

/// <summary>The deductions of a month.</summary>
/// <param name="Terms">The operator.</param>
/// <param name="Organisation">The employer.</param>
/// <param name="Month">The month.</param>
/// <param name="IsClosed">Nothing is added to it any more: what is put right is in a later one.</param>
/// <param name="Rows">The rows that were asked for, in the order of their ids.</param>
internal sealed record PayrollReport(
    OperatorTerms Terms, OrganisationRow Organisation, CreditMonth Month, bool IsClosed, IReadOnlyList<DeductionRow> Rows);

/// <summary>
/// What an employer takes from salaries in the payroll of a month, for its administrators with the right to reports. It is
/// closed with the month.
/// </summary>
internal sealed class GetPayrollDeductions
{
    /// <param name="work">The principal's.</param>
    /// <param name="organisationId">The employer.</param>
    /// <param name="asked">The month; the current one unless given.</param>
    /// <param name="after">The id that the rows begin after.</param>
    /// <param name="count">How many rows at most.</param>
    /// <exception cref="RefusedException">
    /// The organisation is not seen, the right to reports is missing, or the month has not begun.
    /// </exception>
    public async Task<PayrollReport> RunAsync(UnitOfWork work, Guid organisationId, CreditMonth? asked, Guid after, int count)
    {
        var (organisation, scope) = await OrganisationRow.GetVisibleCustomerAsync(work, organisationId);
        scope.Require(AdministratorRights.Reports);
        var terms = await OperatorTerms.GetAsync(work.Db, organisation.OperatorId);
        var current = CreditMonth.Of(await ControlDatabase.NowAsync(work.Db), terms.Zone);
        var month = asked ?? current;
        if (month > current)
        {
            throw Problems.Field("month", FieldCode.NotPossible, $"has not begun: it is {current}");
        }

        var firstOpen = await work.Db.QuerySingleAsync<int>(
            "select first_open_month from operator where id = @Id", new { terms.Id });
        var rows = await work.Db.QueryAsync<DeductionRow>(
            """
            -- Of a person who was erased, the name is the invoice's, and the number that of the erasure.
            select p.id, p.department_id, d.name as department, p.traveller_id,
                   case when t.erased_at is null then coalesce(nullif(t.name, ''), t.email)
                        else coalesce(b.traveller_name, '–') end as traveller,
                   case when t.erased_at is null then t.employee_number else p.employee_number end as employee_number,
                   p.source_kind, p.product, p.description, p.price_minor, p.deduction_minor, p.made_at
            from billing.payroll_deduction p
            join department d on d.id = p.department_id
            join traveller t on t.id = p.traveller_id
            left join billing.charge c on c.id = p.charge_id
            left join billing_snapshot b on b.id = c.billing_snapshot_id
            where p.organisation_id = @organisationId and p.month = @month and p.id > @after
              -- What was taken back in the same payroll never was in it.
              and not exists (select from billing.payroll_deduction r where r.reverses = p.id and r.month = p.month)
              and not exists (select from billing.payroll_deduction o where o.id = p.reverses and o.month = p.month)
              and (@departments::uuid[] is null or p.department_id = any(@departments))
            order by p.id limit @count
            """,
            new { organisationId, month = month.Number, after, count, departments = scope.ListedDepartments });
        return new PayrollReport(terms, organisation, month, month.Number < firstOpen, [.. rows]);
    }
}
