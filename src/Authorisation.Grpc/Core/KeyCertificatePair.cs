namespace Grpc.Core;

/// <summary>A certificate chain and its private key, as PEM.</summary>
public sealed class KeyCertificatePair
{
    /// <summary>Creates a pair.</summary>
    /// <param name="certificateChain">The certificate chain, PEM.</param>
    /// <param name="privateKey">The private key, PEM.</param>
    public KeyCertificatePair(string certificateChain, string privateKey)
    {
        ArgumentNullException.ThrowIfNull(certificateChain);
        ArgumentNullException.ThrowIfNull(privateKey);
        CertificateChain = certificateChain;
        PrivateKey = privateKey;
    }

    /// <summary>The certificate chain, PEM.</summary>
    public string CertificateChain { get; }

    /// <summary>The private key, PEM.</summary>
    public string PrivateKey { get; }
}
