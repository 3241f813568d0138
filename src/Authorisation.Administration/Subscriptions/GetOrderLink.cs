using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Subscriptions;

/// <summary>Shows an organisation's order link to its organisation-wide administrators, who hand it out.</summary>
internal sealed class GetOrderLink(TextCipher cipher)
{
    /// <exception cref="RefusedException">The organisation cannot be seen, is not all the caller's, or has no link.</exception>
    public async Task<OrderLink> RunAsync(UnitOfWork work, Guid organisationId)
    {
        var (_, scope) = await OrganisationRow.GetVisibleCustomerAsync(work, organisationId);
        scope.RequireWide().Require(AdministratorRights.Purchases);
        return await OrderLink.FindAsync(work.Db, cipher, organisationId) ?? throw Problems.NotFound();
    }
}
