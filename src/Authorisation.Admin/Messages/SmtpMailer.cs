using System.Net;
using System.Net.Mail;
using System.Text;
using Authorisation.Core;

namespace Authorisation.Admin.Messages;

/// <summary>Sends e-mail over SMTP.</summary>
internal sealed class SmtpMailer(SmtpSettings settings)
{
    public async Task SendAsync(Delivery delivery, CancellationToken stop)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bounded.CancelAfter(Limits.MessageSendTimeout);
        using var client = new SmtpClient(settings.Host, settings.Port) { EnableSsl = settings.Tls };
        if (settings.User is { } user)
        {
            client.Credentials = new NetworkCredential(user, settings.Password);
        }

        try
        {
            using var message = MessageOf(delivery);
            if (!Ascii.IsValid(message.To[0].User))
            {
                // For these only: other servers on the way need not take what is sent in this format.
                client.DeliveryFormat = SmtpDeliveryFormat.International;
            }

            // Not cancelled but given up: the client waits for its server's answer even when it is told to stop.
            await client.SendMailAsync(message, bounded.Token).WaitAsync(bounded.Token);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new DeliveryException("The mail server did not answer in time.", isFinal: false, e);
        }
        catch (SmtpException e) when (
            client.DeliveryFormat == SmtpDeliveryFormat.International
            && e is { StatusCode: SmtpStatusCode.GeneralFailure, InnerException: null })
        {
            // The client itself refuses: the server did not offer what such an address needs.
            throw new DeliveryException(
                "The mail server takes no address with other letters than a to z before the @ (SMTPUTF8).", isFinal: true, e);
        }
        catch (SmtpException e)
        {
            throw new DeliveryException($"The mail server refused: {e.StatusCode}.", IsFinal(e.StatusCode), e);
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            throw new DeliveryException($"The mail was not taken: {e.GetType().Name}.", e is FormatException, e);
        }
    }

    private MailMessage MessageOf(Delivery delivery)
    {
        var message = new MailMessage(
            new MailAddress(settings.From, delivery.Sender, Encoding.UTF8), new MailAddress(delivery.Recipient))
        {
            Subject = delivery.Subject,
            SubjectEncoding = Encoding.UTF8,
            Body = delivery.Text,
            BodyEncoding = Encoding.UTF8,
        };
        message.Headers.Add("Message-ID", $"<{delivery.Id}@{settings.From.Split('@')[^1]}>");
        return message;
    }

    private static bool IsFinal(SmtpStatusCode status) => status is SmtpStatusCode.MailboxUnavailable
        or SmtpStatusCode.MailboxNameNotAllowed or SmtpStatusCode.UserNotLocalTryAlternatePath
        or SmtpStatusCode.SyntaxError or SmtpStatusCode.TransactionFailed;
}
