using System.Net;
using System.Net.Sockets;

namespace Authorisation.PrivateServers;

/// <summary>Finds ports on 127.0.0.1.</summary>
public static class Ports
{
    /// <summary>
    /// Whether nothing listens on the port now. It may be taken right after; the server that binds it must still handle
    /// that.
    /// </summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }

    /// <summary>The preferred port or the next free one above it.</summary>
    public static int NextFree(int preferred)
    {
        for (var port = preferred; port < preferred + Bounds.PortsTried && port <= IPEndPoint.MaxPort; port++)
        {
            if (IsFree(port))
            {
                return port;
            }
        }

        throw InUse(preferred, $"none of the {Bounds.PortsTried} ports from {preferred} is free");
    }

    /// <summary>
    /// The failure that a port is taken, with the process that listens there where that can be known.
    /// </summary>
    public static PrivateServerException InUse(int port, string? detail = null)
    {
        var owner = ProcessTable.ListenerOn(port);
        return new PrivateServerException(
            ServerFault.PortInUse,
            detail ?? $"port {port} is in use{(owner is null ? "" : $" by {owner}")}");
    }
}
