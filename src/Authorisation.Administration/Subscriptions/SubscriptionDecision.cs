using Authorisation.Administration.Access;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Subscriptions;

/// <summary>What changes of a subscription share.</summary>
internal static class SubscriptionDecision
{
    /// <summary>Refuses to decide on one that was decided on.</summary>
    /// <exception cref="RefusedException"><see cref="ProblemCode.DecidedAlready"/>.</exception>
    public static void RequirePending(SubscriptionRow row)
    {
        if (row.State != SubscriptionState.Pending)
        {
            throw new RefusedException(ProblemCode.DecidedAlready, $"The subscription is {Words.Of(row.Status)}: it was decided on already.");
        }
    }

    /// <summary>Refuses to change one of which nothing is to come.</summary>
    /// <exception cref="RefusedException"><see cref="ProblemCode.Ended"/>.</exception>
    public static void RequireLive(SubscriptionRow row)
    {
        if (!row.IsLive)
        {
            throw new RefusedException(ProblemCode.Ended, $"The subscription is {Words.Of(row.Status)}.");
        }
    }

    /// <summary>Adds a line about the change to the audit trail.</summary>
    /// <returns>The subscription as it is now.</returns>
    public static async Task<SubscriptionRow> AuditAsync(UnitOfWork work, SubscriptionRow before, string action)
    {
        var after = await SubscriptionRow.GetAsync(work.Db, before.Id);
        await work.AuditAsync(
            action, before.Subject, before.OperatorId, before.OrganisationId, before.DepartmentId, before.Audited(),
            after.Audited());
        return after;
    }
}
