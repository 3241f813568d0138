using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Authorisation.Core;
using Authorisation.Hosting.Settings;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Authorisation.Hosting.Certificates;

/// <summary>
/// The certificate that a host presents, with its chain. Its files are looked at every
/// <see cref="Limits.CertificateCheckInterval"/>, and new ones hold for the connections that come after; open
/// connections stay. Files that cannot be used leave the last good ones in force.
/// </summary>
/// <remarks>
/// Safe to share: handshakes read <see cref="_current"/>, which is replaced whole; everything else belongs to the one
/// task that checks. The contents of the files are compared, not their times: a renewal may write in place, replace the
/// file, or move a link, as Kubernetes and certbot do.
/// </remarks>
public sealed partial class ServerCertificate : BackgroundService
{
    private readonly CertificateSettings _settings;
    private readonly RemoteCertificateValidationCallback? _clientCertificates;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile SslServerAuthenticationOptions _current;
    private CertificateFiles _taken;

    // The failure of the last check, and whether it has been logged: a check may fall between the two files of a
    // renewal, so a failure is logged when the next check fails in the same way.
    private string? _failure;
    private bool _isFailureTold;
    private DateTimeOffset _expiryTold;

    /// <summary>Loads the certificate.</summary>
    /// <param name="settings">Where it is.</param>
    /// <param name="clientCertificates">Says which client certificates may be shown; null to ask for none.</param>
    /// <param name="time">The clock that expiry is measured by.</param>
    /// <param name="logger">Logs which certificates are loaded, and which cannot be.</param>
    /// <exception cref="SettingException">It cannot be used.</exception>
    public ServerCertificate(
        CertificateSettings settings,
        RemoteCertificateValidationCallback? clientCertificates,
        TimeProvider time,
        ILogger<ServerCertificate> logger)
    {
        (_settings, _clientCertificates, _time, _logger) = (settings, clientCertificates, time, logger);
        try
        {
            _taken = settings.ReadFiles();
            _current = Present(settings.Load(_taken));
        }
        catch (Exception e) when (IsUnusable(e))
        {
            throw new SettingException("Listen:Certificate:Path", $"cannot be used: {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>The certificate that new connections are shown.</summary>
    public X509Certificate2 Current => _current.ServerCertificateContext!.TargetCertificate;

    /// <summary>Has an endpoint speak TLS with it.</summary>
    public void Use(ListenOptions listen) => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        OnConnection = _ => ValueTask.FromResult(_current),
    });

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Limits.CertificateCheckInterval);
        try
        {
            do
            {
                Look();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void Look()
    {
        try
        {
            var files = _settings.ReadFiles();
            if (!files.AreSame(_taken))
            {
                _current = Present(_settings.Load(files));
                _taken = files;
                _expiryTold = default;
                LogTaken(Current.Subject, Current.NotAfter.ToUniversalTime(), _settings.Path);
            }

            (_failure, _isFailureTold) = (null, false);
        }
        catch (Exception e) when (IsUnusable(e))
        {
            if (e.Message == _failure && !_isFailureTold)
            {
                _isFailureTold = true;
                LogUnusable(_settings.Path, e.Message, Current.NotAfter.ToUniversalTime());
            }

            (_failure, _isFailureTold) = (e.Message, _isFailureTold && e.Message == _failure);
        }

        TellExpiry(_time.GetUtcNow());
    }

    private void TellExpiry(DateTimeOffset now)
    {
        var notAfter = Current.NotAfter.ToUniversalTime();
        if (notAfter - now.UtcDateTime < Limits.CertificateExpiryTold && now - _expiryTold >= Limits.CertificateExpiryToldInterval)
        {
            _expiryTold = now;
            LogExpires(Current.Subject, notAfter, _settings.Path);
        }
    }

    // The options hold the cache of TLS sessions, so that there is one of them for each certificate.
    private SslServerAuthenticationOptions Present(SslStreamCertificateContext certificate) => new()
    {
        ServerCertificateContext = certificate,
        ClientCertificateRequired = _clientCertificates is not null,
        RemoteCertificateValidationCallback = _clientCertificates,
    };

    private static bool IsUnusable(Exception e) =>
        e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException;

    [LoggerMessage(4670, LogLevel.Information, "The certificate {Subject}, valid until {NotAfter:O}, was taken from {Path}")]
    private partial void LogTaken(string subject, DateTime notAfter, string path);

    [LoggerMessage(4671, LogLevel.Error, "The new certificate in {Path} cannot be used: {Reason}. The old one stays, until {NotAfter:O}")]
    private partial void LogUnusable(string path, string reason, DateTime notAfter);

    [LoggerMessage(4672, LogLevel.Warning, "The certificate {Subject} expires at {NotAfter:O}: renew {Path}")]
    private partial void LogExpires(string subject, DateTime notAfter, string path);
}
