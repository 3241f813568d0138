using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Ledger.Access;
using Dapper;

namespace Authorisation.Administration.Subscriptions;

/// <summary>
/// Makes an organisation's order link, or a new one instead of it: the one before, and every session that was begun with
/// it, ends at once.
/// </summary>
internal sealed class RenewOrderLink(TextCipher cipher)
{
    /// <returns>The link in force.</returns>
    /// <exception cref="RefusedException">
    /// The organisation cannot be seen or changed, or it is not set yet how its subscriptions are ordered.
    /// </exception>
    public async Task<OrderLink> RunAsync(UnitOfWork work, Guid organisationId)
    {
        var (organisation, scope) = await OrganisationRow.LockCustomerForChangeAsync(work, organisationId);
        scope.RequireWide().Require(AdministratorRights.Purchases);
        if (await SubscriptionSettings.FindAsync(work.Db, organisationId) is null)
        {
            throw new RefusedException(
                ProblemCode.SubscriptionsNotSet,
                $"Set first how subscriptions are ordered: PUT /v1/organisations/{organisationId}/subscription-settings.");
        }

        var (id, token) = (Guid.CreateVersion7(), TokenHash.NewToken());
        await work.Db.ExecuteAsync(
            """
            update control.order_link set revoked_at = ledger_now() where organisation_id = @organisationId and revoked_at is null;
            insert into control.order_link (id, organisation_id, sha256, token) values (@id, @organisationId, @Sha256, @sealedToken)
            """,
            new { id, organisationId, token.Sha256, sealedToken = cipher.Encrypt(id, token.Token) });
        await work.AuditAsync(
            "order_link.renewed", "organisation:" + organisationId, organisation.OperatorId, organisationId, after: new { Id = id });
        return (await OrderLink.FindAsync(work.Db, cipher, organisationId))!;
    }
}
