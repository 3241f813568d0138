using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Authorisation.Testing;

namespace Authorisation.Server.Tests.Access;

/// <summary>Certificates that are their own issuers, made as they are needed.</summary>
internal static class Certificates
{
    /// <summary>A certificate with its key.</summary>
    public static X509Certificate2 Create(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    /// <summary>The SHA-256 that a token is bound to.</summary>
    public static byte[] Sha256(X509Certificate2 certificate) => certificate.GetCertHash(HashAlgorithmName.SHA256);

    /// <summary>Writes a certificate and its key as PEM files.</summary>
    public static async Task<(string Path, string KeyPath)> WriteAsync(X509Certificate2 certificate)
    {
        var directory = TestDirectory.NewPath("certificate");
        Directory.CreateDirectory(directory);
        var (path, keyPath) = (Path.Combine(directory, "server.pem"), Path.Combine(directory, "server.key"));
        await File.WriteAllTextAsync(path, certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        await File.WriteAllTextAsync(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (path, keyPath);
    }
}
