using System.Net.Security;
using Authorisation.Core;
using Authorisation.Hosting.Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Authorisation.Hosting.Connections;

/// <summary>What both planes listen with: bounds on connections, and the certificate if there is one.</summary>
internal static class ListenServices
{
    /// <summary>Adds <see cref="ConnectionBounds"/> and, with a certificate, <see cref="ServerCertificate"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connections">How many connections may be open.</param>
    /// <param name="certificate">The certificate; null for listening in the clear, on loopback.</param>
    /// <param name="clientCertificates">Judges the certificates of clients; null to ask for none.</param>
    public static IServiceCollection AddListening(
        this IServiceCollection services,
        ConnectionSettings connections,
        CertificateSettings? certificate,
        RemoteCertificateValidationCallback? clientCertificates = null)
    {
        services.Configure<SocketTransportOptions>(options => options.MaxReadBufferSize = Limits.TransportReadBytesMax);
        services.AddSingleton(connections);
        services.AddSingleton<ConnectionBounds>();
        if (certificate is not null)
        {
            services.AddSingleton(provider => new ServerCertificate(
                certificate,
                clientCertificates,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ServerCertificate>>()));
            services.AddHostedService(provider => provider.GetRequiredService<ServerCertificate>());
        }

        return services;
    }
}
