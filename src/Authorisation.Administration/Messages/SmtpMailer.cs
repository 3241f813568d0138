using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Authorisation.Core;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Authorisation.Administration.Messages;

/// <summary>
/// Sends e-mail over SMTP, each on its own connection, within <see cref="Limits.MessageSendTimeout"/>.
/// </summary>
internal sealed class SmtpMailer(SmtpSettings settings)
{
    /// <summary>Hands a message over to the mail server.</summary>
    /// <exception cref="DeliveryException">The server did not take it.</exception>
    /// <exception cref="OperationCanceledException">
    /// The host stops. The connection is closed, and the message may have been taken.
    /// </exception>
    public async Task SendAsync(Delivery delivery, CancellationToken stop)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bounded.CancelAfter(Limits.MessageSendTimeout);
        using var client = NewClient();
        try
        {
            using var message = MessageOf(delivery);
            await ConnectAsync(client, bounded.Token);
            await client.SendAsync(FormatFor(client, message), message, bounded.Token);
            // The message is taken by now: the client passes over what the server makes of this.
            await client.DisconnectAsync(quit: true, bounded.Token);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new DeliveryException("The mail server did not answer in time.", isFinal: false, e);
        }
        catch (Exception e) when (ReasonOf(e) is { } reason)
        {
            throw new DeliveryException(reason, IsFinal(e), e);
        }
    }

    private SmtpClient NewClient()
    {
        var client = new SmtpClient
        {
            // Lists of what was revoked are fetched from wherever a certificate says, where this host may have no way
            // to.
            CheckCertificateRevocation = false,
        };
        if (settings.Authorities is { } authorities)
        {
            client.ServerCertificateValidationCallback = (_, certificate, chain, errors) =>
                IsIssuedBy(authorities, certificate, chain, errors);
        }

        return client;
    }

    private async Task ConnectAsync(SmtpClient client, CancellationToken cancel)
    {
        try
        {
            await client.ConnectAsync(settings.Host, settings.Port, settings.Security, cancel);
        }
        catch (NotSupportedException e)
        {
            throw new DeliveryException(
                "The mail server offers no STARTTLS, which Smtp:Tls demands; it may take TLS at once, on port 465.", isFinal: false, e);
        }

        if (settings is not { User: { } user, Password: { } password })
        {
            return;
        }

        if (!client.Capabilities.HasFlag(SmtpCapabilities.Authentication))
        {
            throw new DeliveryException("The mail server asks for no user, and Smtp:User is set.", isFinal: false);
        }

        await client.AuthenticateAsync(user, password, cancel);
    }

    private static FormatOptions FormatFor(SmtpClient client, MimeMessage message)
    {
        if (Ascii.IsValid(message.To.Mailboxes.First().LocalPart))
        {
            return FormatOptions.Default;
        }

        // For these only: other servers on the way need not take what is sent in this format. RFC 6531: a server that
        // offers the one has the other.
        if (!client.Capabilities.HasFlag(SmtpCapabilities.UTF8 | SmtpCapabilities.EightBitMime))
        {
            throw new DeliveryException(
                "The mail server takes no address with other letters than a to z before the @ (SMTPUTF8).", isFinal: true);
        }

        var international = FormatOptions.Default.Clone();
        international.International = true;
        return international;
    }

    private MimeMessage MessageOf(Delivery delivery)
    {
        var body = new TextPart("plain");
        body.SetText(Encoding.UTF8, delivery.Text);
        body.ContentTransferEncoding = ContentEncoding.Base64;
        var message = new MimeMessage
        {
            Subject = delivery.Subject ?? "",
            MessageId = $"{delivery.Id}@{settings.From.Split('@')[^1]}",
            Body = body,
        };
        message.From.Add(new MailboxAddress(Encoding.UTF8, delivery.Sender, settings.From));
        message.To.Add(new MailboxAddress(Encoding.UTF8, null, delivery.Recipient));
        return message;
    }

    // Null for what is no failure of a delivery. Never the server's own words, which may repeat addresses.
    private static string? ReasonOf(Exception exception) => exception switch
    {
        SmtpCommandException e => $"The mail server refused: {e.StatusCode} ({(int)e.StatusCode}).",
        AuthenticationException => "The mail server refused Smtp:User and Smtp:Password.",
        SslHandshakeException => "The mail server's TLS or certificate is not trusted.",
        SocketException e => $"The mail server cannot be reached: {e.SocketErrorCode}.",
        SmtpProtocolException or IOException => "The mail server broke off.",
        FormatException => "The address cannot be written in an e-mail.",
        _ => null,
    };

    // What the server finds wrong with the mail it will find wrong again.
    private static bool IsFinal(Exception exception) => exception is FormatException or SmtpCommandException
    {
        StatusCode: SmtpStatusCode.MailboxUnavailable or SmtpStatusCode.MailboxNameNotAllowed
            or SmtpStatusCode.UserNotLocalTryAlternatePath or SmtpStatusCode.SyntaxError or SmtpStatusCode.TransactionFailed,
    };

    private static bool IsIssuedBy(
        X509Certificate2Collection authorities, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        // Another name than the host's, or no certificate.
        if (certificate is not X509Certificate2 own || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        return chain.Build(own);
    }
}
