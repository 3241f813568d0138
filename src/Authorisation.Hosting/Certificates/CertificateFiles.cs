using System.Text;

namespace Authorisation.Hosting.Certificates;

/// <summary>The contents of the files of a certificate, as they were read.</summary>
internal sealed record CertificateFiles(byte[] Certificate, byte[]? Key)
{
    public static string Text(byte[] pem) => Encoding.UTF8.GetString(pem);

    public bool AreSame(CertificateFiles? other) =>
        other is not null && Certificate.AsSpan().SequenceEqual(other.Certificate) && Key.AsSpan().SequenceEqual(other.Key);
}
