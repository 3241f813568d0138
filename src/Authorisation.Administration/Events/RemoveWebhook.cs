using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Events;

/// <summary>Ends the sending of an operator's events; what happens from then on waits until there is an address again.</summary>
internal sealed class RemoveWebhook
{
    /// <exception cref="RefusedException">
    /// The principal is no staff of the operator, it has no webhook, or another changed it first.
    /// </exception>
    public async Task RunAsync(UnitOfWork work, string code, Request request)
    {
        var row = await WebhookRow.GetVisibleAsync(work, code, forChange: true);
        request.RequireRevision(row.Revision);
        await work.Db.ExecuteAsync("delete from control.webhook where operator_id = @OperatorId", row);
        await work.AuditAsync("webhook.removed", "operator:" + row.Operator, row.OperatorId, before: row.Audited());
    }
}
