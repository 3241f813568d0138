using Authorisation.Administration.Access;
using Authorisation.Administration.Invitations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Administrators;

/// <summary>
/// Removes an administrator, whose invitations end, too. The last one of the whole organisation stays.
/// </summary>
internal sealed class RemoveAdministrator
{
    /// <exception cref="RefusedException">
    /// It cannot be seen or managed, was changed by another, or is the last of the whole organisation.
    /// </exception>
    public async Task RunAsync(UnitOfWork work, Guid id, Request request)
    {
        var (row, scope) = await AdministratorRow.LockForChangeAsync(work, id);
        row.RequireManagement(scope);
        request.RequireRevision(row.Revision);
        if (row.IsOrganisationWide)
        {
            await row.RequireAnotherAsync(work.Db);
        }

        await InvitationLinks.EndAsync(work.Db, Invited.Administrator(id));
        await work.Db.ExecuteAsync(
            "update control.administrator set removed_at = ledger_now(), revision = revision + 1 where id = @id",
            new { id });
        await work.AuditAsync(
            "administrator.removed", "administrator:" + id, row.OperatorId, row.OrganisationId, before: row.Audited());
    }
}
