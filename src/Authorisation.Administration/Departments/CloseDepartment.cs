using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Departments;

/// <summary>
/// Closes a department for good. The first department of an organisation stays, and so does one in which something is.
/// </summary>
internal sealed class CloseDepartment
{
    /// <exception cref="RefusedException">
    /// It cannot be seen or changed, was changed by another, is closed or the first, or something is in it.
    /// </exception>
    public async Task RunAsync(UnitOfWork work, Guid id, Request request)
    {
        var (row, scope) = await DepartmentRow.LockForChangeAsync(work, id);
        scope.RequireWide();
        request.RequireRevision(row.Revision);
        row.RequireOpen();
        if (row.ParentId is null)
        {
            throw new RefusedException(ProblemCode.FirstDepartment, "The first department cannot be closed.");
        }

        var isInUse = await work.Db.ExecuteScalarAsync<bool>(
            """
            select exists (select from department where parent_id = @id and closed_at is null)
              or exists (select from traveller where department_id = @id and removed_at is null)
              or exists (
                select from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id
                where p.department_id = @id and a.removed_at is null)
              or exists (select from control.subscription_settings where department_id = @id)
              or exists (
                select from control.subscription s
                where s.department_id = @id and s.state in (1, 2) and (s.last_month is null or s.begun_month < s.last_month))
              or exists (
                select from control.staff_application
                where organisation_id = @OrganisationId and state = 1 and department_id = @id)
            """,
            new { id, row.OrganisationId });
        if (isInUse)
        {
            throw new RefusedException(
                ProblemCode.NotEmpty,
                "The department has departments below it, travellers, credits, subscriptions or applications that wait: "
                + "move, remove or decide them first.");
        }

        await work.Db.ExecuteAsync(
            "update department set closed_at = ledger_now(), revision = revision + 1 where id = @id", new { id });
        await work.AuditAsync("department.closed", "department:" + id, row.OperatorId, row.OrganisationId, id);
    }
}
