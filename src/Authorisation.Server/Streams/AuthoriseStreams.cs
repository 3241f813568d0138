using System.Collections.Concurrent;
using Authorisation.Core;
using Authorisation.Server.Access;
using Authorisation.Server.Authorise;
using Authorisation.Server.Services;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Streams;

/// <summary>
/// The streams of purchases that are open: each is a <see cref="PurchaseStream"/>; one timer looks at all of them, and a
/// server that stops ends all of them.
/// </summary>
/// <remarks>Safe to share: the streams are in a concurrent dictionary, and each has a gate of its own.</remarks>
public sealed class AuthoriseStreams : IDisposable
{
    private readonly ConcurrentDictionary<PurchaseStream, bool> _open = new();
    private readonly CallerResolver _callers;
    private readonly AuthoriseFlow _flow;
    private readonly TimeProvider _time;
    private readonly ILogger<AuthoriseStreams> _logger;
    private readonly ITimer _watch;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenRegistration _stop;
    private int _isLooking;

    /// <summary>Begins to watch; there are no streams yet.</summary>
    public AuthoriseStreams(
        CallerResolver callers,
        AuthoriseFlow flow,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        ILogger<AuthoriseStreams> logger)
    {
        _callers = callers;
        _flow = flow;
        _time = time;
        _logger = logger;
        _stopping = lifetime.ApplicationStopping;
        _stop = _stopping.UnsafeRegister(static streams => ((AuthoriseStreams)streams!).StopAll(), this);
        _watch = time.CreateTimer(
            static streams => ((AuthoriseStreams)streams!).Look(), this, Limits.StreamWatchInterval, Limits.StreamWatchInterval);
    }

    /// <summary>How many are open now.</summary>
    public int Count => _open.Count;

    /// <summary>Answers a stream until it ends.</summary>
    /// <exception cref="RpcException">How the stream ends, unless the client ended it in order.</exception>
    public async Task RunAsync(
        IAsyncStreamReader<AuthoriseRequest> requests,
        IServerStreamWriter<AuthoriseStreamResponse> responses,
        ServerCallContext context)
    {
        var token = CallerResolver.TokenOf(context);
        var caller = await _callers.ResolveAsync(context);
        var stream = new PurchaseStream(
            requests, responses, context, _flow, () => _callers.Again(token, caller), _time, _logger);
        _open[stream] = true;
        try
        {
            if (_stopping.IsCancellationRequested)
            {
                // It may have come too late to be among those that were told.
                stream.Stop(Stopping(), Limits.StreamDrainTime);
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

    private static RpcException Stopping() => Errors.Unavailable(
        "STOPPING", "The server stops. Open the stream again, on another one, and send again what has no answer.");

    private void StopAll()
    {
        foreach (var (stream, _) in _open)
        {
            stream.Stop(Stopping(), Limits.StreamDrainTime);
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
