using Authorisation.Core;
using Authorisation.Server.Contract;
using Grpc.Core;

namespace Authorisation.Server.Cards;

/// <summary>
/// Says when a stream must end though its client would have it go on: its token was ended, the server stops, or the
/// client takes nothing of what it was sent.
/// </summary>
/// <remarks>
/// Its loop runs beside the call. They share the end, which is set once, and the moment since which something is being
/// sent, one number.
/// </remarks>
internal sealed class WatchGuard : IAsyncDisposable
{
    private readonly Func<Task> _check;
    private readonly ServerCallContext _context;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenSource _over;
    private readonly Task<RpcException?> _end;
    private long _sendingSince;

    /// <summary>Begins to look.</summary>
    /// <param name="check">Throws when the caller may not go on.</param>
    /// <param name="context">The call.</param>
    /// <param name="time">The clock of waits.</param>
    /// <param name="stopping">The server stops.</param>
    public WatchGuard(Func<Task> check, ServerCallContext context, TimeProvider time, CancellationToken stopping)
    {
        (_check, _context, _time, _stopping) = (check, context, time, stopping);
        _over = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        _end = WatchAsync();
    }

    /// <summary>The error of a watcher that takes changes slower than they come.</summary>
    public static RpcException TooSlow() => Errors.ResourceExhausted(
        "WATCHER_TOO_SLOW", "Changes came faster than they were taken; resume after the last version seen.");

    /// <summary>Waits for something to happen.</summary>
    /// <exception cref="RpcException">The stream must end.</exception>
    public async Task WaitAsync(Task something)
    {
        if (!something.IsCompleted && await Task.WhenAny(something, _end) == _end && await _end is { } error)
        {
            Abandon(something);
            throw error;
        }

        await something.WaitAsync(_context.CancellationToken);
    }

    /// <summary>Waits until what is being sent was taken into the stream.</summary>
    /// <exception cref="RpcException">The stream must end.</exception>
    public async Task SendAsync(Task sending)
    {
        if (sending.IsCompletedSuccessfully)
        {
            return;
        }

        Volatile.Write(ref _sendingSince, _time.GetTimestamp());
        if (await Task.WhenAny(sending, _end) == _end && await _end is { } error)
        {
            await FarewellAsync(sending);
            throw error;
        }

        await sending;
        Volatile.Write(ref _sendingSince, 0);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _end;
        _over.Dispose();
    }

    /// <summary>
    /// What is being sent cannot be taken back: the error follows it when the client goes on. A server that stops does
    /// not wait for that.
    /// </summary>
    private async Task FarewellAsync(Task sending)
    {
        Abandon(sending);
        if (_stopping.IsCancellationRequested
            && await Task.WhenAny(sending, Task.Delay(Limits.WatcherFarewell, _time)) != sending)
        {
            _context.GetHttpContext().Abort();
        }
    }

    /// <summary>No caller waits for it any more, so its failure need not be reported.</summary>
    private static void Abandon(Task task) => _ = task.ContinueWith(
        static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private async Task<RpcException?> WatchAsync()
    {
        using var timer = new PeriodicTimer(Limits.WatcherCheckInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token))
            {
                await _check();
                var since = Volatile.Read(ref _sendingSince);
                if (since != 0 && _time.GetElapsedTime(since) > Limits.WatcherStallMax)
                {
                    return TooSlow();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The call ends, or the server does.
        }
        catch (RpcException e)
        {
            return e;
        }

        return _stopping.IsCancellationRequested
            ? Errors.Unavailable("STOPPING", "The server stops; resume after the last version seen, at any server.")
            : null;
    }
}
