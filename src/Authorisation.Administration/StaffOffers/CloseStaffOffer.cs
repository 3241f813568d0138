using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.StaffOffers;

/// <summary>Takes an offer back: nobody can apply for it any more. What waits can still be decided on.</summary>
internal sealed class CloseStaffOffer
{
    /// <exception cref="RefusedException">The offer cannot be seen or changed.</exception>
    public async Task RunAsync(UnitOfWork work, Guid id)
    {
        var (row, scope) = await StaffOfferRow.GetVisibleAsync(work, id);
        scope.RequireWide().Require(AdministratorRights.Purchases);
        await OrganisationRow.LockSharedAsync(work.Db, row.OrganisationId);
        if (await work.Db.ExecuteAsync(
            "update control.staff_offer set closed_at = ledger_now() where id = @id and closed_at is null", new { id }) > 0)
        {
            await work.AuditAsync(
                "staff_offer.closed", "staff_offer:" + id, row.OperatorId, row.OrganisationId, before: row.Audited());
        }
    }
}
