using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>Finds the call credentials in a channel's, and refuses what does not fit its address.</summary>
internal sealed class ChannelCredentialsReader : ChannelCredentialsConfiguratorBase
{
    private CallCredentials? _callCredentials;
    private bool? _isSecure;

    public static CallCredentials? Read(ChannelCredentials? credentials, Uri address)
    {
        if (credentials is null)
        {
            return null;
        }

        var reader = new ChannelCredentialsReader();
        credentials.InternalPopulateConfiguration(reader, address);
        var isHttps = address.Scheme == Uri.UriSchemeHttps;
        if (reader._isSecure is { } isSecure && isSecure != isHttps)
        {
            throw new InvalidOperationException(
                $"Channel is configured with {(isSecure ? "secure" : "insecure")} channel credentials " +
                $"and can't use a HttpClient with a '{address.Scheme}' scheme.");
        }

        return reader._callCredentials;
    }

    public override void SetInsecureCredentials(object state) => _isSecure = false;

    public override void SetSslCredentials(
        object state,
        string? rootCertificates,
        KeyCertificatePair? keyCertificatePair,
        VerifyPeerCallback? verifyPeerCallback)
    {
        if (rootCertificates is not null || keyCertificatePair is not null || verifyPeerCallback is not null)
        {
            throw new InvalidOperationException(
                "SslCredentials with non-null arguments is not supported by GrpcChannel. Certificates are set on the HTTP handler.");
        }

        _isSecure = true;
    }

    public override void SetCompositeCredentials(
        object state, ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        channelCredentials.InternalPopulateConfiguration(this, state);
        _callCredentials = callCredentials;
    }
}
