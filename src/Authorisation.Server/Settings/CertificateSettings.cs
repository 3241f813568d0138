using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Authorisation.Server.Settings;

/// <summary>The server's TLS certificate: a PEM file with its key in another, or a PKCS #12 file with a password.</summary>
public sealed record CertificateSettings(string Path, string? KeyPath, string? Password)
{
    /// <summary>Loads the certificate with its key.</summary>
    /// <exception cref="SettingException">A file is missing or cannot be read.</exception>
    public X509Certificate2 Load()
    {
        try
        {
            if (KeyPath is null)
            {
                return X509CertificateLoader.LoadPkcs12FromFile(Path, Password);
            }

            return Password is null
                ? X509Certificate2.CreateFromPemFile(Path, KeyPath)
                : X509Certificate2.CreateFromEncryptedPemFile(Path, Password, KeyPath);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SettingException("Listen:Certificate:Path", $"cannot be used: {e.Message.TrimEnd('.')}");
        }
    }

    internal static CertificateSettings? Read(IConfigurationSection section)
    {
        var path = Text(section, "Path");
        if (path is null && (Text(section, "KeyPath") ?? Text(section, "Password")) is not null)
        {
            throw new SettingException("Listen:Certificate:Path", "is missing beside KeyPath or Password");
        }

        return path is null ? null : new CertificateSettings(path, Text(section, "KeyPath"), Text(section, "Password"));
    }

    private static string? Text(IConfigurationSection section, string name) =>
        section[name] is { Length: > 0 } value ? value : null;
}
