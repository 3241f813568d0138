using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Subscriptions;

/// <summary>Shows how an organisation's subscriptions are ordered, approved and paid for, to its administrators.</summary>
internal sealed class GetSubscriptionSettings
{
    /// <exception cref="RefusedException">The organisation cannot be seen, or has no settings yet.</exception>
    public async Task<SubscriptionSettings> RunAsync(UnitOfWork work, Guid organisationId)
    {
        await OrganisationRow.GetVisibleCustomerAsync(work, organisationId);
        return await SubscriptionSettings.FindAsync(work.Db, organisationId) ?? throw Problems.NotFound();
    }
}
