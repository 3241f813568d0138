using Authorisation.Core;
using Authorisation.Provisioning;
using Dapper;

namespace Authorisation.Ledger.Tests.Budgets;

/// <summary>Budgets and charges of an operator, written as the control plane writes them.</summary>
internal static class BudgetScene
{
    /// <summary>Gives a budget to a department or, without one, to a billing reference.</summary>
    public static async Task<Guid> AddBudgetAsync(
        this TestOperator oper, long ceilingMinor, Guid? department, string? reference = null, bool declines = true)
    {
        var id = Guid.NewGuid();
        await oper.Ledger.ExecuteAsync(
            """
            insert into budget (id, organisation_id, department_id, billing_reference, ceiling_minor, mode, from_month)
            select @id, @OrganisationId, @department, @reference, @ceilingMinor, @mode,
              to_char(ledger_now() at time zone time_zone, 'YYYYMM')::integer
            from operator where id = @operatorId
            """,
            new { id, oper.OrganisationId, department, reference, ceilingMinor, mode = declines ? 2 : 1, operatorId = oper.Terms.Id });
        return id;
    }

    /// <summary>Gives a card to a new traveller of a department.</summary>
    public static async Task<Instrument> AddCardOfAsync(this TestOperator oper, Guid department, long limitMinor = 90_000_000)
    {
        var billingSnapshot = await oper.Ledger.Provisioner.AddTravellerAsync(department, "Bo", Guid.NewGuid() + "@example.org");
        var number = TestOperator.NewCardNumber();
        await oper.Ledger.Provisioner.AddCreditAsync(new NewCredit(oper.Terms.Id, billingSnapshot, number, limitMinor));
        return Instrument.Card(oper.Terms.Id, number);
    }

    /// <summary>What a month has spent of a budget.</summary>
    public static Task<long> SpentAsync(this TestOperator oper, Guid budget, int? month = null) => oper.Ledger.AskAsync<long>(
        "select coalesce(sum(spent_minor), 0)::bigint from budget_part where budget_id = @budget and (@month::integer is null or month = @month)",
        new { budget, month });

    /// <summary>
    /// What the rows of a month come to for departments or a billing reference, gone over one by one: what was bought,
    /// what operations made of it, what was charged.
    /// </summary>
    public static async Task<long> SumOfRowsAsync(
        this TestOperator oper, int month, IReadOnlyCollection<Guid> departments, string? reference = null)
    {
        await using var session = await oper.Ledger.Owner.OpenConnectionAsync();
        var rows = await session.QueryAsync<(long Minor, Guid Department, string Reference)>(
            """
            select r.minor, p.department_id, p.billing_reference
            from (
              select amount_minor as minor, billing_snapshot_id from authorisation where decision = 1 and credit_month = @month
              union all
              select spent_minor, billing_snapshot_id from operation where credit_month = @month
              union all
              select amount_minor, billing_snapshot_id from billing.charge where credit_month = @month) r
            join billing_snapshot p on p.id = r.billing_snapshot_id
            where p.organisation_id = @OrganisationId
            """,
            new { month, oper.OrganisationId });
        return rows.Where(row => departments.Contains(row.Department) || row.Reference == reference).Sum(row => row.Minor);
    }

    /// <summary>Charges something beside credit.</summary>
    public static Task ChargeAsync(this TestOperator oper, long billingSnapshot, long minor, int month, string kind = "ticket", Guid? reverses = null) =>
        oper.Ledger.ExecuteAsync(
            """
            insert into billing.charge (
              id, operator_id, billing_snapshot_id, source_kind, source_id, reverses, amount_minor, vat_basis_points, vat_category, credit_month,
              invoice_month, description)
            values (gen_random_uuid(), @Id, @billingSnapshot, @kind, gen_random_uuid()::text, @reverses, @minor, 600, 'S', @month, @month, 'Biljett')
            """,
            new { oper.Terms.Id, billingSnapshot, minor, month, kind, reverses });

    /// <summary>The month that it is.</summary>
    public static int MonthNow(this TestOperator oper) => CreditMonth.Of(DateTimeOffset.UtcNow, oper.Terms.TimeZone).Number;
}
