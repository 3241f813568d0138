using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Events;

/// <summary>Why an event was not taken.</summary>
/// <param name="Message">For people.</param>
/// <param name="IsAway">The receiver could not be reached, or asks to be left alone: others would fare no better.</param>
/// <param name="Wait">How long it asks to be left alone.</param>
internal sealed record WebhookFailure(string Message, bool IsAway, TimeSpan? Wait = null);

/// <summary>
/// Sends an event to its receiver by HTTP POST, as <see href="https://www.standardwebhooks.com">Standard Webhooks</see>
/// says. Any answer of 2xx takes it; nothing else does, and no redirection is followed.
/// </summary>
/// <remarks>Safe for several tasks: it keeps nothing but the client, which is.</remarks>
internal sealed class WebhookSender(HttpClient http, TextCipher cipher, EventTiming timing, TimeProvider clock)
{
    /// <summary>Sends an event once.</summary>
    /// <returns>Why it was not taken; null when it was.</returns>
    public async Task<WebhookFailure?> SendAsync(LeasedEvent sent, CancellationToken stop)
    {
        string[] secrets;
        try
        {
            secrets = [cipher.Decrypt(sent.KeyId, sent.Secret), .. Before(sent)];
        }
        catch (CryptographicException)
        {
            return new WebhookFailure(
                "The secret was kept under another Activation:CodeKey than those that are set: make a new one.", IsAway: true);
        }

        using var request = RequestOf(sent, secrets, clock.GetUtcNow().ToUnixTimeSeconds());
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bounded.CancelAfter(timing.Timeout);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, bounded.Token);
            return answer.IsSuccessStatusCode ? null : await RefusedAsync(answer, bounded.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new WebhookFailure("The receiver did not answer in time.", IsAway: true);
        }
        catch (HttpRequestException e)
        {
            return new WebhookFailure($"The receiver cannot be reached: {e.HttpRequestError}. {e.Message}", IsAway: true);
        }
        catch (IOException e)
        {
            return new WebhookFailure($"The receiver broke off: {e.Message}", IsAway: true);
        }
    }

    /// <summary>What is sent: <c>{type, timestamp, subject, data}</c>, and the same at each try but for the time of its signature.</summary>
    internal static string BodyOf(LeasedEvent sent) => JsonSerializer.Serialize(
        new { sent.Type, Timestamp = sent.MadeAt, sent.Subject, Data = JsonElement.Parse(sent.Data) }, ApiJson.Options);

    // A secret before that cannot be read any more is one that a new one was made for.
    private IEnumerable<string> Before(LeasedEvent sent)
    {
        try
        {
            return sent.SecretBefore is { } before ? [cipher.Decrypt(sent.KeyId, before)] : [];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    private static HttpRequestMessage RequestOf(LeasedEvent sent, IEnumerable<string> secrets, long at)
    {
        var (id, body) = (sent.Id.ToString(), BodyOf(sent));
        var request = new HttpRequestMessage(HttpMethod.Post, sent.Url)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Of(id, at, body, secrets));
        request.Headers.UserAgent.ParseAdd("authorisation-webhooks/1");
        return request;
    }

    private async Task<WebhookFailure> RefusedAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        var status = (int)answer.StatusCode;
        var said = await BeginningAsync(answer, stop);
        var message = string.Create(
            CultureInfo.InvariantCulture, $"The receiver answered {status}{(said.Length == 0 ? "." : ": " + said)}");
        var wait = answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable ? WaitOf(answer) : null;
        return new WebhookFailure(message, IsAway: wait is not null || status is 502 or 503 or 504 or 429, wait);
    }

    private TimeSpan? WaitOf(HttpResponseMessage answer) =>
        (answer.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - clock.GetUtcNow() : null) is { } wait
        && wait > TimeSpan.Zero
            ? wait < Limits.WebhookRetryAfterMax ? wait : Limits.WebhookRetryAfterMax
            : null;

    private static async Task<string> BeginningAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        var bytes = new byte[Limits.WebhookAnswerCharactersMax];
        await using var body = await answer.Content.ReadAsStreamAsync(stop);
        var count = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, stop);
        var text = Encoding.UTF8.GetString(bytes, 0, count);
        return new string([.. text.Select(static c => char.IsControl(c) || c == '\uFFFD' ? ' ' : c)]).Trim();
    }
}
