using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// Ends a call when its time is up, whatever its handler does.
/// <para>
/// Two threads can touch the response: the call's own and the timer's. Everything the call does to it (headers, a
/// message, a flush's beginning, the end) happens inside <see cref="Gate"/> and after a look at
/// <see cref="HasEnded"/>; the timer sets <see cref="HasEnded"/> inside the gate, so that whoever comes first writes
/// the status and nothing is written after it. What the timer does then (writing its status, completing the response,
/// cancelling the handler, resetting the stream) runs outside the gate, and the call waits for <see cref="Settled"/> before
/// it lets go of the HttpContext, which the server reuses. The handler's trailers are the call's alone: it may be adding to
/// them at that moment, so the timer's status goes without them.
/// </para>
/// </summary>
internal sealed class CallDeadline : IDisposable
{
    // The longest period of a timer is 49 days; a longer deadline is armed again.
    private static readonly TimeSpan TimerPeriodMax = TimeSpan.FromDays(40);

    private readonly HttpServerCallContext _context;
    private readonly TimeSpan _timeout;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly Timer _timer;
    private CancellationTokenSource? _cancellation;
    private CancellationTokenRegistration _aborted;
    private TaskCompletionSource? _settled;

    public CallDeadline(HttpServerCallContext context, TimeSpan timeout)
    {
        _context = context;
        _timeout = timeout;
        var now = DateTime.UtcNow;
        Deadline = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
        _timer = new Timer(static state => ((CallDeadline)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Lock Gate { get; } = new();

    public DateTime Deadline { get; }

    /// <summary>Whether the status has been written; read and written inside the gate.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether it was the deadline that ended the call.</summary>
    public bool HasPassed => Volatile.Read(ref _settled) is not null;

    public CancellationToken Token
    {
        get
        {
            lock (Gate)
            {
                if (_cancellation is null)
                {
                    _cancellation = new CancellationTokenSource();
                    if (HasPassed)
                    {
                        _cancellation.Cancel();
                    }
                    else
                    {
                        _aborted = _context.Http.RequestAborted.UnsafeRegister(
                            static source => ((CancellationTokenSource)source!).Cancel(), _cancellation);
                    }
                }

                return _cancellation.Token;
            }
        }
    }

    /// <summary>Done when nothing touches the HttpContext any more.</summary>
    public Task Settled => _settled?.Task ?? Task.CompletedTask;

    public void Start() => Arm(_timeout);

    /// <summary>Writes the call's status unless the deadline has written its own.</summary>
    public void End(Status status)
    {
        lock (Gate)
        {
            if (!HasEnded)
            {
                HasEnded = true;
                _context.WriteStatus(status);
            }
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _aborted.Dispose();
        _cancellation?.Dispose();
    }

    private void Arm(TimeSpan remaining) =>
        _timer.Change(remaining < TimerPeriodMax ? remaining : TimerPeriodMax, Timeout.InfiniteTimeSpan);

    private void OnTimer()
    {
        var remaining = _timeout - TimeProvider.System.GetElapsedTime(_start);
        lock (Gate)
        {
            if (HasEnded)
            {
                return;
            }

            if (remaining > TimeSpan.Zero)
            {
                // Timers count whole milliseconds and may be early by a part of one.
                Arm(TimeSpan.FromMilliseconds(Math.Ceiling(remaining.TotalMilliseconds)));
                return;
            }

            HasEnded = true;
            Volatile.Write(ref _settled, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        _ = SettleAsync();
    }

    /// <summary>Ends the call at its deadline. Never throws: on the timer's thread that would end the process.</summary>
    private async Task SettleAsync()
    {
        try
        {
            _context.WriteDeadlineExceeded();
            ServerLog.DeadlinePassed(_context.Logger, _context.Method, _timeout);
            var completed = _context.Http.Response.CompleteAsync();
            CancellationTokenSource? cancellation;
            lock (Gate)
            {
                cancellation = _cancellation;
            }

            var cancelled = cancellation?.CancelAsync() ?? Task.CompletedTask;
            await completed;

            // The client may still be sending; NO_ERROR tells it that the answer stands.
            _context.Http.Features.Get<IHttpResetFeature>()?.Reset(errorCode: 0);
            await cancelled;
        }
        catch (Exception) when (_context.Http.RequestAborted.IsCancellationRequested)
        {
            // The client went away meanwhile: there is nobody to tell.
        }
        catch (Exception exception)
        {
            _context.Http.Abort();
            ServerLog.DeadlineFailed(_context.Logger, _context.Method, exception);
        }
        finally
        {
            _settled!.SetResult();
        }
    }
}
