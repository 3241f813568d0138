using System.Collections.Concurrent;
using Authorisation.Core;

namespace Authorisation.Server.Streams;

/// <summary>
/// The streams of items that are open: one timer looks at all of them, and a server that stops ends all of them.
/// </summary>
/// <remarks>Safe to share: the streams are in a concurrent dictionary, and each has a gate of its own.</remarks>
public sealed class OpenStreams : IDisposable
{
    private readonly ConcurrentDictionary<IOpenStream, bool> _open = new();
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
    /// <exception cref="Grpc.Core.RpcException">How it ends, unless the client ended it in order.</exception>
    internal async Task RunAsync(IOpenStream stream)
    {
        _open[stream] = true;
        try
        {
            if (_stopping.IsCancellationRequested)
            {
                // It may have come too late to be among those that were told.
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
