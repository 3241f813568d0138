using System.Net;
using System.Net.Sockets;

namespace Authorisation.Administration.Events;

/// <summary>
/// Where events may be sent. An address is typed by people and this host calls it, so it must not become a way to what
/// only this host reaches: without <c>Webhooks:AllowPrivateAddresses</c> it is HTTPS to a public address, whatever a name
/// leads to at the moment of the connection.
/// </summary>
/// <param name="allowsPrivate">Whether private addresses, this machine and HTTP are allowed.</param>
internal sealed class WebhookAddresses(bool allowsPrivate)
{
    /// <summary>What is wrong with an address; null when it can be sent to.</summary>
    public string? FaultOf(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http")
            || url.UserInfo.Length > 0 || url.Fragment.Length > 0 || url.Host.Length == 0)
        {
            return "must be an address such as https://tickets.example.com/events, without a user and a fragment";
        }

        if (allowsPrivate)
        {
            return null;
        }

        return url.Scheme != "https" ? "must begin with https://"
            : url.IsLoopback || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && !IsPublic(address))
                ? "must be a public address; the setting Webhooks:AllowPrivateAddresses of the control plane allows others"
                : null;
    }

    /// <summary>Connects to a receiver; to one of its public addresses unless others are allowed.</summary>
    /// <exception cref="HttpRequestException">None of its addresses may be connected to.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var found = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, stop);
        var allowed = allowsPrivate ? found : [.. found.Where(IsPublic)];
        if (allowed.Length == 0)
        {
            throw new HttpRequestException(
                HttpRequestError.ConnectionError, "Its name leads to no public address; see Webhooks:AllowPrivateAddresses.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether an address is one of the Internet's, and no network's own.</summary>
    internal static bool IsPublic(IPAddress address)
    {
        var ip = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(ip))
        {
            return false;
        }

        var bytes = ip.GetAddressBytes();
        return ip.AddressFamily == AddressFamily.InterNetwork
            ? !IsSpecial(bytes)
            // Global unicast, without what carries an IPv4 address (6to4, Teredo) or is for documents.
            : (bytes[0] & 0xE0) == 0x20 && bytes is not ([0x20, 0x02, ..] or [0x20, 0x01, 0x00, 0x00, ..] or [0x20, 0x01, 0x0D, 0xB8, ..]);
    }

    // Of RFC 6890: this network, private use, shared, loopback, link local, protocols, documents, benchmarks, multicast
    // and reserved.
    private static bool IsSpecial(byte[] ip) => ip[0] is 0 or 10 or 127 or >= 224
        || (ip[0] == 100 && (ip[1] & 0xC0) == 64)
        || (ip[0] == 169 && ip[1] == 254)
        || (ip[0] == 172 && (ip[1] & 0xF0) == 16)
        || (ip[0] == 192 && (ip[1] == 168 || (ip[1] == 0 && ip[2] is 0 or 2) || (ip[1] == 88 && ip[2] == 99)))
        || (ip[0] == 198 && ((ip[1] & 0xFE) == 18 || (ip[1] == 51 && ip[2] == 100)))
        || (ip[0] == 203 && ip[1] == 0 && ip[2] == 113);
}
