using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Credits;

/// <summary>
/// Takes a credit away: its app loses its access, and the card or number is free to be given credit again.
/// </summary>
internal sealed class RevokeCredit
{
    /// <exception cref="RefusedException">It cannot be seen or changed, or was changed by another.</exception>
    public async Task RunAsync(UnitOfWork work, Guid id, Request request)
    {
        var (row, scope) = await AccountRow.LockForChangeAsync(work, id);
        scope.Require(AdministratorRights.Credits);
        request.RequireRevision(row.Revision);
        await ApplyAsync(work, row);
    }

    /// <summary>
    /// Takes a credit away: access ends at once. Its account stays, for the month that it may be given again in.
    /// </summary>
    public static async Task ApplyAsync(UnitOfWork work, AccountRow row)
    {
        await work.Db.ExecuteAsync(
            "update credit_account set removed_at = ledger_now(), activated_at = null, revision = revision + 1 where id = @Id",
            new { row.Id });
        await ActivationCodes.EndAccessAsync(work.Db, row.Id);
        await work.AuditAsync(
            "credit_account.revoked", "credit_account:" + row.Id, row.OperatorId, row.OrganisationId, row.DepartmentId,
            before: new { row.Kind, row.CardNumber, row.LimitMinor, row.DepartmentId, row.Status, row.TravellerId });
    }
}
