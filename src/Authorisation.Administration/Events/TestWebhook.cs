using Authorisation.Administration.Access;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Events;

/// <summary>Puts out an event that says nothing, so that an engineer who sets up a receiver sees one come.</summary>
internal sealed class TestWebhook
{
    /// <summary>The type of such an event.</summary>
    public const string Type = "webhook.test";

    /// <exception cref="RefusedException">The principal is no staff of the operator, or it has no webhook.</exception>
    public async Task RunAsync(UnitOfWork work, string code)
    {
        var row = await WebhookRow.GetVisibleAsync(work, code);
        var subject = "test-" + Guid.CreateVersion7();
        await EventOutbox.AddAsync(work.Db, new NewEvent(row.OperatorId, Type, subject, new { row.Operator }));
        await work.AuditAsync("webhook.tested", "operator:" + row.Operator, row.OperatorId);
    }
}
