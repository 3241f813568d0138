using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Server.Calls;
using Authorisation.Server.Contract;
using Authorisation.Server.Decisions;
using Authorisation.Server.Telemetry;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Streams;

/// <summary>
/// One stream of purchases. It reads while fewer than <see cref="Limits.StreamItemsInFlightMax"/> are on the way, hands
/// what it read to the queue, and writes what is answered in whatever order that comes. An item is on the way until its
/// answer has been handed to a client that has room for it, so a client that does not read stops its own stream: the
/// server no longer reads it, and flow control holds the client back. The same happens when all streams of its client
/// together have too much on the way.
/// </summary>
/// <remarks>
/// <para>
/// Roles: the call reads, then waits for the rest (<see cref="RunAsync"/>); the ledger answers, on any threads
/// (<see cref="Answer"/>); one work item at a time writes (<see cref="WriteAnswersAsync"/>), and there is one while
/// there is something to write; a timer checks it (<see cref="Look"/>). They meet in the gate, which is never held
/// while anything is awaited.
/// </para>
/// <para>
/// How it ends. The client is done: what was read is answered, then OK. The token was ended: what is answered within
/// <see cref="Limits.StreamEndTime"/>, then UNAUTHENTICATED. The server stops, or bytes are no request: what was read
/// is answered, then the error. The client cancels or its deadline passes: at once, and what has not been begun is
/// dropped.
/// </para>
/// </remarks>
#pragma warning disable CA1001 // A source of cancellation without a timer has nothing to dispose of, and may be cancelled late.
internal sealed partial class PurchaseStream(
    IAsyncStreamReader<AuthoriseRequest> requests,
    IServerStreamWriter<AuthoriseStreamResponse> responses,
    ServerCallContext context,
    AuthoriseFlow flow,
    ClientRoom room,
    Func<Caller?> callerNow,
    StreamItems items,
    TimeProvider time,
    ILogger logger) : IOpenStream, IThreadPoolWorkItem
#pragma warning restore CA1001
{
    private static readonly WriteOptions MoreFollows = new(WriteFlags.BufferHint);
    private static readonly WriteOptions SendNow = new();

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopReading = new();
    private readonly List<StreamItem> _waiting = [];
    private List<StreamItem> _answered = [];
    private List<StreamItem> _written = [];

    // Read and not yet answered to the end; those that wait, those answered and those being written.
    private int _inFlight;
    private bool _isWriting;

    // When the write under way began, by the time provider's timestamp; 0 when none waits for the client.
    private long _writingSince;
    private bool _isCancelled;
    private bool _isReadToEnd;
    private bool _isAnyGivenUp;
    private bool _isOver;
    private RpcException? _end;

    // When what was taken must have been answered, by the time provider's timestamp; 0 for no such moment.
    private long _endBy;

    // The waiter for a change of the numbers above: only the call waits.
    private TaskCompletionSource? _change;

    /// <inheritdoc/>
    public async Task RunAsync()
    {
        using var registration = context.CancellationToken.UnsafeRegister(
            static stream => ((PurchaseStream)stream!).Cancel(), this);
        try
        {
            // At once, so that the client knows that it was let in.
            await context.WriteResponseHeadersAsync([]);
            await ReadAsync();
        }
        catch (OperationCanceledException) when (_stopReading.IsCancellationRequested)
        {
            // Why is known already.
        }
        catch (RpcException e)
        {
            Stop(e, Limits.StreamDrainTime);
        }
        catch
        {
            Cancel();
            await AllIsWrittenAsync();
            throw;
        }

        await AllIsWrittenAsync();
        if (_isCancelled)
        {
            throw new OperationCanceledException("The call was cancelled.", context.CancellationToken);
        }

        // A client that had ended the stream and has every answer need not know what else happened.
        if (_end is { } end && (!_isReadToEnd || _isAnyGivenUp))
        {
            throw end;
        }
    }

    /// <inheritdoc/>
    public void Stop(RpcException end, TimeSpan within)
    {
        TaskCompletionSource? change;
        lock (_gate)
        {
            if (_end is not null || _isOver)
            {
                return;
            }

            _end = end;
            _endBy = After(within);
            change = TakeChange();
        }

        change?.TrySetResult();
        _stopReading.Cancel();
    }

    /// <summary>Takes the result of an item that has just ended.</summary>
    public void Answer(StreamItem item, CommitResult result)
    {
        item.Result = result;
        room.Give(1);
        lock (_gate)
        {
            if (_isCancelled)
            {
                return;
            }

            var last = _waiting[^1];
            _waiting[item.Place] = last;
            last.Place = item.Place;
            _waiting.RemoveAt(_waiting.Count - 1);
            _answered.Add(item);
            if (_isWriting)
            {
                return;
            }

            _isWriting = true;
        }

        // Later and not here: more answers of the same batch are about to come, and go with it in one write.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc/>
    public void Look()
    {
        if (_end is null && callerNow() is null)
        {
            Stop(StreamErrors.TokenEnded(), Limits.StreamEndTime);
        }

        var now = time.GetTimestamp();
        List<StreamItem>? overdue = null;
        TaskCompletionSource? change = null;
        lock (_gate)
        {
            foreach (var item in _waiting)
            {
                if (time.GetElapsedTime(item.TakenAt, now) >= Limits.DecisionTimeout)
                {
                    (overdue ??= []).Add(item);
                }
            }

            var isLate = _endBy != 0 && now >= _endBy;
            if (isLate && !_isCancelled && _waiting.Count > 0)
            {
                Abandon();
                change = TakeChange();
            }
            else if (_isWriting && !_isOver && (isLate || IsStalled(now)))
            {
                // Inside the gate: the call cannot end meanwhile and its connection begin another in its place.
                context.GetHttpContext().Abort();
            }
        }

        change?.TrySetResult();
        overdue?.ForEach(item => item.Receive(flow.GivenUp));
    }

    /// <summary>
    /// Writes what is answered; called by the thread pool, once for each time that there is something.
    /// </summary>
    void IThreadPoolWorkItem.Execute() => _ = WriteAnswersAsync();

    private async Task WriteAnswersAsync()
    {
        try
        {
            while (TakeAnswered() is { } answered)
            {
                for (var i = 0; i < answered.Count; i++)
                {
                    var (item, answer) = (answered[i], StreamAnswers.Of(answered[i]));
                    if (item.Purchase is not null)
                    {
                        items.End(StreamItems.Purchase, item.Trace, item.TakenAt, answer.Error?.Code ?? 0);
                    }

                    responses.WriteOptions = i + 1 < answered.Count ? MoreFollows : SendNow;
                    await responses.WriteAsync(answer);
                }
            }
        }
        catch (Exception e)
        {
            if (e is not (OperationCanceledException or IOException) && !context.IsOver())
            {
                LogUnwritable(e);
            }

            Cancel();
            TakeAnswered();
        }
    }

    /// <summary>
    /// Counts off what was written, and takes what has been answered meanwhile; without that, writing is over.
    /// </summary>
    private List<StreamItem>? TakeAnswered()
    {
        TaskCompletionSource? change = null;
        try
        {
            lock (_gate)
            {
                if (_written.Count > 0)
                {
                    _inFlight -= _written.Count;
                    _written.Clear();
                }

                if (_answered.Count == 0 || _isCancelled)
                {
                    _isWriting = false;
                    _writingSince = 0;
                    change = TakeChange();
                    return null;
                }

                change = TakeChange();
                (_answered, _written) = (_written, _answered);
                _writingSince = time.GetTimestamp();
                return _written;
            }
        }
        finally
        {
            change?.TrySetResult();
        }
    }

    private void Cancel()
    {
        TaskCompletionSource? change;
        lock (_gate)
        {
            if (_isOver || _isCancelled)
            {
                return;
            }

            _isCancelled = true;
            _endBy = After(Limits.StreamEndTime);
            Abandon();
            change = TakeChange();
        }

        change?.TrySetResult();
        _stopReading.Cancel();
    }

    /// <summary>Gives up what waits. Inside the gate.</summary>
    private void Abandon()
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            // One that has just been answered is on its way here.
            if (_waiting[i].TryEnd())
            {
                _waiting[^1].Place = i;
                _waiting[i] = _waiting[^1];
                _waiting.RemoveAt(_waiting.Count - 1);
                _inFlight--;
                room.Give(1);
                _isAnyGivenUp = true;
            }
        }
    }

    private async Task AllIsWrittenAsync()
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (!_isWriting && (_inFlight == 0 || _isCancelled))
                {
                    _isOver = true;
                    return;
                }

                change = NextChange();
            }

            await change;
        }
    }

    private Task NextChange() =>
        (_change ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private TaskCompletionSource? TakeChange()
    {
        var change = _change;
        _change = null;
        return change;
    }

    private bool IsStalled(long now) =>
        _writingSince != 0 && time.GetElapsedTime(_writingSince, now) >= Limits.StreamStallTime;

    private long After(TimeSpan wait) => time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);

    [LoggerMessage(4402, LogLevel.Error, "Writing a stream response failed unexpectedly")]
    private partial void LogUnwritable(Exception exception);
}
