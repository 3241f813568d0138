using Authorisation.Administration.Access;
using Authorisation.Administration.Travellers;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.StaffOffers;

/// <summary>
/// Takes an application back before it is decided: the traveller, or an administrator. Those of a traveller who is removed
/// are taken back with the removal.
/// </summary>
internal sealed class WithdrawStaffApplication : IEndsWithTraveller
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
        return await ApplyAsync(work, row);
    }

    /// <inheritdoc/>
    public async Task EndAsync(UnitOfWork work, Guid travellerId)
    {
        foreach (var row in await work.Db.QueryAsync<StaffApplicationRow>(
            $"""
            select {StaffApplicationRow.Columns}
            where a.traveller_id = @travellerId and a.state = 1 order by a.id for no key update of a
            """,
            new { travellerId }))
        {
            await ApplyAsync(work, row);
        }
    }

    private static async Task<StaffApplicationRow> ApplyAsync(UnitOfWork work, StaffApplicationRow row)
    {
        await work.Db.ExecuteAsync(
            "update control.staff_application set state = 4, decided_at = ledger_now(), revision = revision + 1 where id = @Id",
            new { row.Id });
        return await row.AuditAsync(work, "staff_application.withdrawn");
    }
}
