using System.Net;
using System.Net.Sockets;

namespace Authorisation.Hosting.Connections;

/// <summary>The key that connections from an address are counted by.</summary>
public static class RemoteAddress
{
    private const int NetworkBytes = 8;

    /// <summary>
    /// An IPv4 address as it is; of an IPv6 address its network of 64 bits, since a client that has one address there
    /// has all of them.
    /// </summary>
    public static IPAddress KeyOf(IPAddress? address)
    {
        if (address is null)
        {
            return IPAddress.None;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }
}
