using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Authorisation.Core;

namespace Authorisation.Administration.Messages;

/// <summary>
/// Sends SMS as a form by HTTP POST with basic authentication: sender, recipient, text, under the names that the
/// gateway gives them. That shape is shared by 46elks (<c>from, to, message</c>) and Twilio (<c>From, To, Body</c>).
/// </summary>
internal sealed class SmsGateway(SmsSettings settings, HttpClient http)
{
    public async Task SendAsync(Delivery delivery, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.User}:{settings.Password}")));
        // At least once: a gateway that heeds this recognises a repeated message.
        request.Headers.Add("Idempotency-Key", delivery.Id.ToString());
        request.Content = new FormUrlEncodedContent(
        [
            new(settings.SenderField, delivery.Sender),
            new(settings.RecipientField, delivery.Recipient),
            new(settings.TextField, delivery.Text),
        ]);
        using var answer = await SendAsync(request, stop);
        if (!answer.IsSuccessStatusCode)
        {
            var status = (int)answer.StatusCode;
            // Not followed: the form is not sent along, and the target would answer 200 to any GET.
            var hint = status is >= 300 and < 400 ? " It has moved: Sms:Url has to say where it is." : "";
            throw new DeliveryException(
                string.Create(CultureInfo.InvariantCulture, $"The gateway answered {status}.{hint}"), IsFinal(answer.StatusCode));
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken stop)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bounded.CancelAfter(Limits.MessageSendTimeout);
        try
        {
            // With the whole of its answer: one that breaks off may not have been taken.
            return await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, bounded.Token);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new DeliveryException("The gateway did not answer in time.", isFinal: false, e);
        }
        catch (HttpRequestException e)
        {
            throw new DeliveryException($"The gateway cannot be reached: {e.HttpRequestError}.", isFinal: false, e);
        }
    }

    // What the gateway finds wrong with the request it will find wrong again; a wrong password or Sms:Url can be put
    // right.
    private static bool IsFinal(HttpStatusCode status) =>
        status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity;
}
