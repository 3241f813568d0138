using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Events;

/// <summary>Where events are to be sent.</summary>
/// <param name="Url">The address that they are posted to.</param>
internal sealed record WebhookRequest(string? Url);

/// <summary>
/// Sets where an operator's events are sent; by its staff. The first time it makes the secret that signs them; with
/// another address the secret stays, and what waits is sent there.
/// </summary>
internal sealed class SetWebhook(TextCipher cipher, WebhookAddresses addresses)
{
    /// <returns>The webhook, and the secret if one was made, which is shown here only.</returns>
    /// <exception cref="RefusedException">
    /// The principal is no staff of the operator, another changed it first, or a field is wrong.
    /// </exception>
    public async Task<(WebhookRow Row, string? Secret)> RunAsync(UnitOfWork work, string code, Request<WebhookRequest> request)
    {
        var terms = await OperatorTerms.GetVisibleAsync(work, code);
        await work.Db.ExecuteAsync("select from operator where id = @Id for no key update", new { terms.Id });
        var before = await WebhookRow.FindAsync(work.Db, terms.Id, forChange: true);
        request.RequireRevision(before?.Revision ?? 0);
        var fields = new Fields();
        var url = fields.Required("url", request.Read().Url, Limits.WebhookAddressCharactersMax);
        if (fields.IsValid && addresses.FaultOf(url) is { } fault)
        {
            fields.Add("url", FieldCode.Malformed, fault);
        }

        fields.ThrowIfAny();
        var secret = before is null ? WebhookSignature.NewSecret() : null;
        var keyId = Guid.CreateVersion7();
        await work.Db.ExecuteAsync(
            secret is null
                ? """
                  update control.webhook
                  set url = @url, revision = revision + 1, failures = 0, away_until = null, last_error = null, last_failed_at = null
                  where operator_id = @Id;
                  update control.event set next_attempt_at = ledger_now() where operator_id = @Id and state = 1
                  """
                : "insert into control.webhook (operator_id, url, key_id, secret) values (@Id, @url, @keyId, @secret)",
            new { terms.Id, url, keyId, secret = secret is null ? null : cipher.Encrypt(keyId, secret) });
        var after = (await WebhookRow.FindAsync(work.Db, terms.Id))!;
        await work.AuditAsync(
            "webhook.set", "operator:" + terms.Code, terms.Id, before: before?.Audited(), after: after.Audited());
        return (after, secret);
    }
}
