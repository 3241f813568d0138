using System.Collections.Concurrent;
using Authorisation.Core;
using Authorisation.Ledger.Shares;
using Authorisation.Server.Contract;

namespace Authorisation.Server.Streams;

/// <summary>
/// The streams of items that are open: one timer looks at all of them, and a server that stops ends all of them.
/// Operators and clients share how many there may be, and the streams of one client share how much they have on the
/// way.
/// </summary>
/// <remarks>
/// Safe to share: the streams are in a concurrent dictionary, and each has its own gate; the rooms of clients are
/// behind a lock, and a room exists for as long as its client has a stream.
/// </remarks>
public sealed class OpenStreams : IDisposable
{
    private readonly ConcurrentDictionary<IOpenStream, bool> _open = new();
    private readonly Room _places = new(Limits.StreamsOpenMax);
    private readonly Lock _gate = new();
    private readonly Dictionary<Sharer, ClientRoom> _rooms = [];
    private readonly ITimer _watch;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenRegistration _stop;
    private int _isLooking;

    /// <summary>Begins to watch; there are no streams yet.</summary>
    public OpenStreams(TimeProvider time, IHostApplicationLifetime lifetime)
    {
        _stopping = lifetime.ApplicationStopping;
        _stop = _stopping.UnsafeRegister(static streams => ((OpenStreams)streams!).StopAll(), this);
        _watch = time.CreateTimer(
            static streams => ((OpenStreams)streams!).Look(), this, Limits.StreamWatchInterval, Limits.StreamWatchInterval);
    }

    /// <summary>How many are open now.</summary>
    public int Count => _open.Count;

    /// <summary>Runs a stream until it ends.</summary>
    /// <param name="who">Whose it is.</param>
    /// <param name="open">Makes it, with the room that it shares with the client's other streams.</param>
    /// <exception cref="Grpc.Core.RpcException">
    /// How it ends, unless the client ended it in order; RESOURCE_EXHAUSTED when too many are open.
    /// </exception>
    internal async Task RunAsync(Sharer who, Func<ClientRoom, IOpenStream> open)
    {
        if (_places.Take(who) is not Full.No and var full)
        {
            throw Errors.ShareFull("TOO_MANY_STREAMS", full, "open streams");
        }

        try
        {
            await RunAsync(open(Join(who)));
        }
        finally
        {
            Leave(who);
            _places.Give(who);
        }
    }

    private async Task RunAsync(IOpenStream stream)
    {
        _open[stream] = true;
        try
        {
            if (_stopping.IsCancellationRequested)
            {
                // It may have joined too late to be among those that were stopped.
                stream.Stop(StreamErrors.Stopping(), Limits.StreamDrainTime);
            }

            await stream.RunAsync();
        }
        finally
        {
            _open.TryRemove(stream, out _);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _watch.Dispose();
    }

    private ClientRoom Join(Sharer who)
    {
        lock (_gate)
        {
            if (!_rooms.TryGetValue(who, out var room))
            {
                _rooms.Add(who, room = new ClientRoom(Limits.ClientItemsInFlightMax));
            }

            room.Streams++;
            return room;
        }
    }

    private void Leave(Sharer who)
    {
        lock (_gate)
        {
            if (--_rooms[who].Streams == 0)
            {
                _rooms.Remove(who);
            }
        }
    }

    private void StopAll()
    {
        foreach (var (stream, _) in _open)
        {
            stream.Stop(StreamErrors.Stopping(), Limits.StreamDrainTime);
        }
    }

    private void Look()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) != 0)
        {
            return;
        }

        foreach (var (stream, _) in _open)
        {
            stream.Look();
        }

        Volatile.Write(ref _isLooking, 0);
    }
}
