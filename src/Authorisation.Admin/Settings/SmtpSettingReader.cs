using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Authorisation.Administration.Messages;
using Authorisation.Core;
using Authorisation.Hosting.Settings;
using MailKit.Security;

namespace Authorisation.Admin.Settings;

/// <summary>Reads how the mail server is reached.</summary>
internal static class SmtpSettingReader
{
    private const int SubmissionPort = 587;
    private const int TlsPort = 465;

    /// <summary>Reads the settings; null where no host is set.</summary>
    /// <exception cref="SettingException">One is wrong, or missing beside the others.</exception>
    public static SmtpSettings? Read(SettingReader settings)
    {
        if (settings.Text("Smtp:Host") is not { } host)
        {
            return null;
        }

        var port = settings.Integer("Smtp:Port", SubmissionPort, 1, IPEndPoint.MaxPort);
        var user = settings.Text("Smtp:User");
        var from = settings.Required("Smtp:From");
        return EmailAddress.TryNormalise(from, out var sender)
            ? new SmtpSettings(
                host,
                port,
                ReadSecurity(settings, port),
                user,
                user is null ? settings.Text("Smtp:Password") : settings.Required("Smtp:Password"),
                sender,
                ReadAuthorities(settings))
            : throw new SettingException("Smtp:From", $"is \"{from}\"; it takes an e-mail address");
    }

    private static SecureSocketOptions ReadSecurity(SettingReader settings, int port) =>
        settings.Text("Smtp:Tls")?.ToLowerInvariant() switch
        {
            null or "true" => port == TlsPort ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls,
            "starttls" => SecureSocketOptions.StartTls,
            "implicit" => SecureSocketOptions.SslOnConnect,
            "false" => SecureSocketOptions.None,
            var other => throw new SettingException("Smtp:Tls", $"is \"{other}\"; it takes true, starttls, implicit or false"),
        };

    private static X509Certificate2Collection? ReadAuthorities(SettingReader settings)
    {
        if (settings.Text("Smtp:CertificateAuthorities") is not { } path)
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingException("Smtp:CertificateAuthorities", $"names {path}, which cannot be read: {e.Message}");
        }

        return authorities.Count > 0
            ? authorities
            : throw new SettingException("Smtp:CertificateAuthorities", $"names {path}, which has no certificate in PEM");
    }
}
