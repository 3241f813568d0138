using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Events;

/// <summary>
/// Makes a new secret for an operator's webhook. The one before signs beside it for a day, so that the receiver can take
/// the new one up without losing an event.
/// </summary>
internal sealed class RenewWebhookSecret(TextCipher cipher)
{
    /// <returns>The webhook and the secret, which is shown here only.</returns>
    /// <exception cref="RefusedException">The principal is no staff of the operator, or it has no webhook.</exception>
    public async Task<(WebhookRow Row, string Secret)> RunAsync(UnitOfWork work, string code)
    {
        var row = await WebhookRow.GetVisibleAsync(work, code, forChange: true);
        var secret = WebhookSignature.NewSecret();
        await work.Db.ExecuteAsync(
            """
            update control.webhook
            set secret_before = secret, before_until = ledger_now() + @overlap, secret = @secret, revision = revision + 1
            where operator_id = @OperatorId
            """,
            new { row.OperatorId, overlap = Limits.WebhookSecretOverlap, secret = cipher.Encrypt(row.KeyId, secret) });
        await work.AuditAsync("webhook.secret_renewed", "operator:" + row.Operator, row.OperatorId);
        return ((await WebhookRow.FindAsync(work.Db, row.OperatorId))!, secret);
    }
}
