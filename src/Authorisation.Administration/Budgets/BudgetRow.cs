using Authorisation.Administration.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Budgets;

/// <summary>A budget as the database has it, with what the month that it is has spent of it.</summary>
internal sealed record BudgetRow
{
    private const string Sql = """
        select b.id, b.organisation_id, g.operator_id, b.department_id, b.billing_reference, b.ceiling_minor, b.mode, b.revision,
          o.currency, m.number as month,
          coalesce((select sum(t.spent_minor) from budget_part t where t.budget_id = b.id and t.month = m.number), 0)::bigint
            as spent_minor
        from budget b
        join organisation g on g.id = b.organisation_id
        join operator o on o.id = g.operator_id
        cross join lateral (select to_char(ledger_now() at time zone o.time_zone, 'YYYYMM')::integer as number) m
        """;

    public required Guid Id { get; init; }

    public required Guid OrganisationId { get; init; }

    public required int OperatorId { get; init; }

    public Guid? DepartmentId { get; init; }

    public string? BillingReference { get; init; }

    public required long CeilingMinor { get; init; }

    public required BudgetMode Mode { get; init; }

    public required long Revision { get; init; }

    public required string Currency { get; init; }

    public required int Month { get; init; }

    public required long SpentMinor { get; init; }

    /// <summary>What remains of the ceiling; below 0 by what went beyond it.</summary>
    public long RemainingMinor => CeilingMinor - SpentMinor;

    /// <summary>How much of the ceiling is spent, in whole per cent, rounded down.</summary>
    public long SpentPerCent => (long)Math.Floor(SpentMinor * 100m / CeilingMinor);

    /// <summary>What the audit trail says of a budget before and after a change of it.</summary>
    public object Audited() => new { DepartmentId, BillingReference, CeilingMinor, Mode };

    /// <summary>The budget of a department.</summary>
    public static async Task<BudgetRow?> OfDepartmentAsync(NpgsqlConnection db, Guid departmentId) =>
        await db.QuerySingleOrDefaultAsync<BudgetRow>(Sql + " where b.department_id = @departmentId", new { departmentId });

    /// <summary>The budget of a billing reference.</summary>
    public static async Task<BudgetRow?> OfReferenceAsync(NpgsqlConnection db, Guid organisationId, string reference) =>
        await db.QuerySingleOrDefaultAsync<BudgetRow>(
            Sql + " where b.organisation_id = @organisationId and b.billing_reference = @reference",
            new { organisationId, reference });

    /// <summary>
    /// A page of an organisation's budgets, in the order of their ids, as far as the caller sees them: those of billing
    /// references are for those who administer all of it.
    /// </summary>
    public static async Task<IReadOnlyList<BudgetRow>> ListAsync(
        NpgsqlConnection db, Guid organisationId, AccessScope scope, Guid after, int count) =>
        [.. await db.QueryAsync<BudgetRow>(
            Sql + """
             where b.organisation_id = @organisationId and b.id > @after
               and (@departments::uuid[] is null or b.department_id = any (@departments))
             order by b.id limit @count
            """,
            new { organisationId, after, count, departments = scope.ListedDepartments })];
}
