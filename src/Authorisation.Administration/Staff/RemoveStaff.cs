using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Staff;

/// <summary>Removes a person from an operator's staff; the last one who can sign in stays.</summary>
internal sealed class RemoveStaff
{
    /// <exception cref="RefusedException">There is none to be seen, or it is the last one who can sign in.</exception>
    public async Task RunAsync(UnitOfWork work, Guid id)
    {
        var seen = await StaffRow.GetVisibleAsync(work, id);
        await StaffRow.LockAllAsync(work.Db, seen.OperatorId);
        var row = await StaffRow.FindAsync(work.Db, id) ?? throw Problems.NotFound();
        var others = await work.Db.ExecuteScalarAsync<bool>(
            """
            select exists (
              select from control.staff s join control.person p on p.id = s.person_id
              where s.operator_id = @OperatorId and s.id <> @Id and s.removed_at is null
                and p.password_hash is not null)
            """,
            row);
        if (!others)
        {
            throw new RefusedException(
                ProblemCode.LastStaff, "This is the last of the operator's staff who can sign in: add another first.");
        }

        await work.Db.ExecuteAsync(
            """
            update control.staff set removed_at = ledger_now() where id = @Id;
            -- A link to choose a first password was sent for this; nobody is to begin with it any more.
            update control.password_link l set ended_at = ledger_now()
            from control.person p
            where p.id = @PersonId and p.password_hash is null and l.person_id = p.id and l.used_at is null
              and l.ended_at is null
            """,
            row);
        await work.AuditAsync("staff.removed", "staff:" + id, row.OperatorId, before: row.Audited);
    }
}
