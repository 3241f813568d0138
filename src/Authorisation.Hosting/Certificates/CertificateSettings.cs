using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Authorisation.Hosting.Settings;

namespace Authorisation.Hosting.Certificates;

/// <summary>
/// Where the certificate for TLS is: a PEM file with its key in another, or a PKCS #12 file with a password. The
/// server's own certificate comes first in a PEM file, and the intermediates after it are sent to clients.
/// </summary>
public sealed record CertificateSettings(string Path, string? KeyPath, string? Password)
{
    /// <summary>The names of these settings.</summary>
    internal static IReadOnlyList<string> Names { get; } =
        ["Listen:Certificate:Path", "Listen:Certificate:KeyPath", "Listen:Certificate:Password"];

    /// <summary>Refuses to listen in the clear anywhere but on loopback.</summary>
    /// <param name="certificate">The certificate; null for none.</param>
    /// <param name="address">Where the program listens.</param>
    /// <param name="program">What the message calls the program.</param>
    /// <exception cref="SettingException">There is no certificate, and the address is another.</exception>
    internal static void RequireBeyondLoopback(CertificateSettings? certificate, IPAddress address, string program)
    {
        if (certificate is null && !IPAddress.IsLoopback(address))
        {
            throw new SettingException(
                Names[0], $"is needed to listen on {address}: without TLS {program} listens on loopback only");
        }
    }

    private const string Name = "Listen:Certificate";

    /// <summary>Reads the settings; null where none is set.</summary>
    /// <exception cref="SettingException">A key or a password is set without a certificate.</exception>
    internal static CertificateSettings? Read(SettingReader settings)
    {
        var path = settings.Text($"{Name}:Path");
        var keyPath = settings.Text($"{Name}:KeyPath");
        var password = settings.Text($"{Name}:Password");
        if (path is null && (keyPath ?? password) is not null)
        {
            throw new SettingException($"{Name}:Path", "is missing beside KeyPath or Password");
        }

        return path is null ? null : new CertificateSettings(path, keyPath, password);
    }

    /// <summary>The present contents of the files, to see whether they have changed; a link is followed.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    internal CertificateFiles ReadFiles() => new(File.ReadAllBytes(Path), KeyPath is null ? null : File.ReadAllBytes(KeyPath));

    /// <summary>
    /// Makes what TLS presents of the files' contents: the certificate with its key, and the chain to its issuer.
    /// </summary>
    /// <exception cref="CryptographicException">They are no certificate and key, or do not belong together.</exception>
    internal SslStreamCertificateContext Load(CertificateFiles files)
    {
        var chain = new X509Certificate2Collection();
        X509Certificate2 own;
        if (files.Key is null)
        {
            chain = X509CertificateLoader.LoadPkcs12Collection(files.Certificate, Password);
            own = chain.FirstOrDefault(one => one.HasPrivateKey)
                ?? throw new CryptographicException("it has no certificate with a private key; a PEM file needs Listen:Certificate:KeyPath");
            chain.Remove(own);
        }
        else
        {
            var (text, key) = (CertificateFiles.Text(files.Certificate), CertificateFiles.Text(files.Key));
            chain.ImportFromPem(text);
            own = WithKey(text, key);
            chain.RemoveAt(0);
        }

        // Offline: what is sent is what the file has, and no start waits for an issuer's web server.
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    }

    private X509Certificate2 WithKey(string text, string key)
    {
        try
        {
            return Password is null
                ? X509Certificate2.CreateFromPem(text, key)
                : X509Certificate2.CreateFromEncryptedPem(text, key, Password);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException("its first certificate is not that of the key in Listen:Certificate:KeyPath", e);
        }
    }
}
