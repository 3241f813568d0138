namespace Grpc.Core;

/// <summary>Takes apart what <see cref="ChannelCredentials"/> are made of.</summary>
public abstract class ChannelCredentialsConfiguratorBase
{
    /// <summary>Takes credentials without transport security.</summary>
    /// <param name="state">Passed through.</param>
    public abstract void SetInsecureCredentials(object state);

    /// <summary>Takes TLS credentials.</summary>
    /// <param name="state">Passed through.</param>
    /// <param name="rootCertificates">The trusted roots, PEM, or null for the machine's.</param>
    /// <param name="keyCertificatePair">The client's certificate, or null.</param>
    /// <param name="verifyPeerCallback">Judges the server's certificate, or null.</param>
    public abstract void SetSslCredentials(
        object state,
        string? rootCertificates,
        KeyCertificatePair? keyCertificatePair,
        VerifyPeerCallback? verifyPeerCallback);

    /// <summary>Takes channel credentials joined with call credentials.</summary>
    /// <param name="state">Passed through.</param>
    /// <param name="channelCredentials">The channel's.</param>
    /// <param name="callCredentials">The calls'.</param>
    public abstract void SetCompositeCredentials(
        object state, ChannelCredentials channelCredentials, CallCredentials callCredentials);
}
