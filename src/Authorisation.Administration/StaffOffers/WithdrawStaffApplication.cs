using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.StaffOffers;

/// <summary>Takes an application back before it is decided: the traveller, or an administrator.</summary>
internal sealed class WithdrawStaffApplication
{
    /// <returns>The application as it is now; one that was taken back stays so.</returns>
    /// <exception cref="RefusedException">It cannot be seen, was changed by another, or was decided.</exception>
    public async Task<StaffApplicationRow> RunAsync(UnitOfWork work, Guid id, Request request)
    {
        var row = await StaffApplicationRow.LockForChangeAsync(work, id);
        request.RequireRevision(row.Revision);
        if (row.State == StaffApplicationState.Withdrawn)
        {
            return row;
        }

        row.RequireApplied();
        await work.Db.ExecuteAsync(
            "update control.staff_application set state = 4, decided_at = ledger_now(), revision = revision + 1 where id = @id",
            new { id });
        return await row.AuditAsync(work, "staff_application.withdrawn");
    }
}
