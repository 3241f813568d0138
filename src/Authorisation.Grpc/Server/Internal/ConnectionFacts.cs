using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>What a connection tells about its client.</summary>
internal static class ConnectionFacts
{
    private const string SubjectAlternativeName = "x509_subject_alternative_name";
    private const string CommonName = "x509_common_name";

    private static readonly AuthContext Unauthenticated = new(null, []);

    public static string Peer(ConnectionInfo connection)
    {
        var address = connection.RemoteIpAddress;
        return address?.AddressFamily switch
        {
            null => "unknown",
            AddressFamily.InterNetwork => $"ipv4:{address}:{connection.RemotePort}",
            AddressFamily.InterNetworkV6 => $"ipv6:[{address}]:{connection.RemotePort}",
            _ => $"unknown:{address}:{connection.RemotePort}",
        };
    }

    public static AuthContext Authentication(ConnectionInfo connection)
    {
        var certificate = connection.ClientCertificate;
        if (certificate is null)
        {
            return Unauthenticated;
        }

        var properties = new Dictionary<string, List<AuthProperty>>(StringComparer.Ordinal);
        var identity = Add(properties, SubjectAlternativeName, certificate.GetNameInfo(X509NameType.DnsFromAlternativeName, false));
        identity = Add(properties, CommonName, certificate.GetNameInfo(X509NameType.SimpleName, false)) ?? identity;
        return new AuthContext(properties.ContainsKey(SubjectAlternativeName) ? SubjectAlternativeName : identity, properties);
    }

    private static string? Add(Dictionary<string, List<AuthProperty>> properties, string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        properties[name] = [AuthProperty.Create(name, Encoding.UTF8.GetBytes(value))];
        return name;
    }
}
