using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Authorisation.Server.Calls;

/// <summary>Channels of this machine to the server on it.</summary>
internal static class OwnChannel
{
    /// <summary>A channel to where a server listens, directly, whatever proxy the environment names.</summary>
    /// <param name="address">Where; any of its addresses is asked by loopback.</param>
    public static GrpcChannel To(Uri address) => GrpcChannel.ForAddress(Reachable(address), new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = { RemoteCertificateValidationCallback = TrustOwn },
        },
        DisposeHttpClient = true,
    });

    private static Uri Reachable(Uri address)
    {
        var host = IPAddress.TryParse(address.DnsSafeHost, out var ip) switch
        {
            true when ip.Equals(IPAddress.Any) => IPAddress.Loopback.ToString(),
            true when ip.Equals(IPAddress.IPv6Any) => $"[{IPAddress.IPv6Loopback}]",
            _ => address.Host,
        };
        return new UriBuilder(address) { Host = host }.Uri;
    }

    // It asks this machine's own server, by an address that no certificate names.
    private static bool TrustOwn(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        !errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable);
}
