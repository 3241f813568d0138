using System.Collections.Concurrent;
using Authorisation.Core;
using Microsoft.AspNetCore.Connections;

namespace Authorisation.Server.Strangers;

/// <summary>
/// The connections that have not shown a good token: one timer looks at all of them, lets each send a little more, and
/// closes those that show none.
/// </summary>
/// <remarks>Safe to share: the connections are in a concurrent dictionary, and each has its own gate.</remarks>
public sealed class StrangerConnections : IDisposable
{
    private readonly ConcurrentDictionary<ClientConnection, bool> _strangers = new();
    private readonly TimeProvider _time;
    private readonly ITimer _watch;

    /// <summary>Begins to watch; there are no connections yet.</summary>
    public StrangerConnections(TimeProvider time)
    {
        _time = time;
        _watch = time.CreateTimer(
            static all => ((StrangerConnections)all!).Look(), this, Limits.StrangerCheckInterval, Limits.StrangerCheckInterval);
    }

    /// <summary>How many there are now.</summary>
    public int Count => _strangers.Count;

    /// <summary>The part of a connection that holds a stranger back, between the socket and everything else.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        var client = new ClientConnection(connection, this, _time.GetTimestamp());
        using var closed = connection.ConnectionClosed.UnsafeRegister(static one => ((ClientConnection)one!).Close(), client);
        _strangers[client] = true;
        connection.Features.Set(client);
        connection.Transport = client;
        try
        {
            await next(connection);
        }
        finally
        {
            Forget(client);
        }
    };

    /// <inheritdoc/>
    public void Dispose() => _watch.Dispose();

    internal void Forget(ClientConnection client) => _strangers.TryRemove(client, out _);

    private void Look()
    {
        foreach (var (client, _) in _strangers)
        {
            client.Look(_time);
        }
    }
}
