using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Subscriptions;

/// <summary>Refuses a subscription that was ordered, with a reason that the employee gets by SMS.</summary>
internal sealed class RefuseSubscription(SubscriptionMessages messages)
{
    /// <returns>The subscription as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or decided on, was changed by another, was decided on already, or a field is wrong.
    /// </exception>
    public async Task<SubscriptionRow> RunAsync(UnitOfWork work, Guid id, Request<string?> request)
    {
        var row = await SubscriptionRow.LockToDecideAsync(work, id);
        request.RequireRevision(row.Revision);
        SubscriptionDecision.RequirePending(row);
        var fields = new Fields();
        var reason = fields.Required("reason", request.Read(), Limits.ReasonCharactersMax);
        fields.ThrowIfAny();
        await work.Db.ExecuteAsync(
            """
            update control.subscription
            set state = 3, decided_at = ledger_now(), refusal_reason = @reason, revision = revision + 1 where id = @Id
            """,
            new { row.Id, reason });
        var after = await SubscriptionDecision.AuditAsync(work, row, "subscription.refused");
        await messages.RefusedAsync(work, await OperatorTerms.GetAsync(work.Db, row.OperatorId), after);
        return after;
    }
}
