using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Authorisation.Testing.Tls;

/// <summary>A root that clients trust, an intermediate that it issued, and certificates that the intermediate issues.</summary>
public sealed class CertificateChain : IDisposable
{
    /// <summary>The name in every certificate that is issued, beside the loopback address.</summary>
    public const string Name = "authorisation.example";

    private readonly X509Certificate2 _root = Authority("Test root", null);
    private readonly X509Certificate2 _intermediate;

    /// <summary>Makes the root and the intermediate.</summary>
    public CertificateChain() => _intermediate = Authority("Test intermediate", _root);

    /// <summary>The root as PEM.</summary>
    public string RootPem => _root.ExportCertificatePem();

    /// <summary>Issues a certificate: itself and the intermediate as PEM, and its key as PEM.</summary>
    public (string Certificate, string Key, string SerialNumber) Issue(TimeSpan? validFor = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var from = DateTimeOffset.UtcNow.AddHours(-1);
        using var issued = request.Create(
            _intermediate, from, DateTimeOffset.UtcNow + (validFor ?? TimeSpan.FromDays(100)), RandomNumberGenerator.GetBytes(8));
        return (
            issued.ExportCertificatePem() + "\n" + _intermediate.ExportCertificatePem() + "\n",
            key.ExportPkcs8PrivateKeyPem(),
            issued.SerialNumber);
    }

    /// <summary>Connects as a client that trusts the root alone, and says which certificate it was shown.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The client does not trust what it was shown.</exception>
    public async Task<string> ConnectAsync(Uri server)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port).WaitAsync(Eventually.Bound);
        await using var tls = new SslStream(client.GetStream());
        var options = ClientOptions();
        options.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
        await tls.AuthenticateAsClientAsync(options).WaitAsync(Eventually.Bound);
        return ((X509Certificate2)tls.RemoteCertificate!).SerialNumber;
    }

    /// <summary>What a client that trusts the root alone asks of a server.</summary>
    public SslClientAuthenticationOptions ClientOptions() => new()
    {
        TargetHost = Name,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { _root },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _root.Dispose();
        _intermediate.Dispose();
    }

    private static X509Certificate2 Authority(string name, X509Certificate2? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(200));
        if (issuer is null)
        {
            return request.CreateSelfSigned(from, until);
        }

        // Not later than the issuer's, which was made a moment ago.
        using var issued = request.Create(issuer, from, new DateTimeOffset(issuer.NotAfter), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }
}
