using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Subscriptions;

/// <summary>Takes an organisation's order link out of use, if it has one; what was ordered by it stays.</summary>
internal sealed class RevokeOrderLink
{
    /// <exception cref="RefusedException">The organisation cannot be seen or changed.</exception>
    public async Task RunAsync(UnitOfWork work, Guid organisationId)
    {
        var (organisation, scope) = await OrganisationRow.LockCustomerForChangeAsync(work, organisationId);
        scope.RequireWide().Require(AdministratorRights.Purchases);
        if (await work.Db.ExecuteAsync(
            "update control.order_link set revoked_at = ledger_now() where organisation_id = @organisationId and revoked_at is null",
            new { organisationId }) > 0)
        {
            await work.AuditAsync(
                "order_link.revoked", "organisation:" + organisationId, organisation.OperatorId, organisationId);
        }
    }
}
