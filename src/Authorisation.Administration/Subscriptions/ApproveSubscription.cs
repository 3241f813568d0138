using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Subscriptions;

/// <summary>
/// Approves a subscription that was ordered: it begins on the 1st that it was ordered for, or on the next one when that
/// has begun meanwhile. The employee gets an SMS.
/// </summary>
internal sealed class ApproveSubscription(SubscriptionMessages messages)
{
    /// <returns>The subscription as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or decided on, was changed by another, or was decided on already.
    /// </exception>
    public async Task<SubscriptionRow> RunAsync(UnitOfWork work, Guid id, Request request)
    {
        var row = await SubscriptionRow.LockToDecideAsync(work, id);
        request.RequireRevision(row.Revision);
        SubscriptionDecision.RequirePending(row);
        var first = SubscriptionMonths.FirstWhenApproved(row.First, row.Current);
        await work.Db.ExecuteAsync(
            """
            update control.subscription
            set state = 2, decided_at = ledger_now(), first_month = @first, revision = revision + 1 where id = @Id;
            update control.subscription_product set from_month = @first where subscription_id = @Id
            """,
            new { row.Id, first = first.Number });
        var after = await SubscriptionDecision.AuditAsync(work, row, "subscription.approved");
        await messages.ApprovedAsync(work, await OperatorTerms.GetAsync(work.Db, row.OperatorId), after);
        return after;
    }
}
