using Authorisation.Administration.Access;
using Dapper;

namespace Authorisation.Administration.Budgets;

/// <summary>
/// Writes budgets. A trigger counts what the month has spent already, with the organisation and its accounts locked:
/// whatever is bought on them before is counted, and whatever is bought afterwards asks for the budget.
/// </summary>
internal static class BudgetWriter
{
    /// <summary>Gives a budget to a department or a billing reference, or changes the one it has.</summary>
    public static Task WriteAsync(
        UnitOfWork work, BudgetRow? before, Guid organisationId, Guid? departmentId, string? reference,
        (long CeilingMinor, BudgetMode Mode) budget) => work.Db.ExecuteAsync(
        before is null
            ? """
              insert into budget (id, organisation_id, department_id, billing_reference, ceiling_minor, mode, from_month)
              select @newId, g.id, @departmentId, @reference, @ceiling, @mode,
                to_char(ledger_now() at time zone o.time_zone, 'YYYYMM')::integer
              from organisation g join operator o on o.id = g.operator_id where g.id = @organisationId
              """
            : "update budget set ceiling_minor = @ceiling, mode = @mode, revision = revision + 1 where id = @id",
        new
        {
            newId = Guid.CreateVersion7(),
            id = before?.Id,
            organisationId,
            departmentId,
            reference,
            ceiling = budget.CeilingMinor,
            mode = (short)budget.Mode,
        });

    /// <summary>Takes a budget away.</summary>
    public static async Task RemoveAsync(UnitOfWork work, BudgetRow before)
    {
        await work.Db.ExecuteAsync("delete from budget where id = @Id", new { before.Id });
        await work.AuditAsync(
            "budget.removed", "budget:" + before.Id, before.OperatorId, before.OrganisationId, before.DepartmentId, before.Audited());
    }

    /// <summary>Adds the change to the audit trail.</summary>
    public static Task AuditAsync(UnitOfWork work, BudgetRow? before, BudgetRow after) => work.AuditAsync(
        "budget.set", "budget:" + after.Id, after.OperatorId, after.OrganisationId, after.DepartmentId, before?.Audited(),
        after.Audited());
}
