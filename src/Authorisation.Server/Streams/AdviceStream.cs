using System.Threading.Channels;
using Authorisation.Core;
using Authorisation.Hosting.Telemetry;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Server.Contract;
using Authorisation.Server.Decisions;
using Authorisation.Server.Following;
using Authorisation.Server.Telemetry;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Streams;

/// <summary>
/// One stream of what a device sold and voided out of reach; each item is answered for itself and in order. At most
/// <see cref="Limits.AdvicesInFlightMax"/> items are between reading and writing, so a client that does not read its
/// answers is not read from either.
/// </summary>
/// <remarks>
/// <para>
/// Roles: the call reads, then waits for the rest (<see cref="RunAsync"/>); one task writes, in order
/// (<see cref="WriteAsync"/>); each item is a separate task between them; a timer checks the stream
/// (<see cref="Look"/>). How it ends is set once, in the gate, which is never held while anything is awaited.
/// </para>
/// <para>
/// How it ends. The client is done: what was read is answered, then OK. The token was ended: what is answered within
/// <see cref="Limits.StreamEndTime"/>, then UNAUTHENTICATED. The server stops, or bytes are no advice: what was read is
/// answered, then the error. The client cancels or its deadline passes: at once, and what has not been begun is
/// dropped.
/// </para>
/// </remarks>
#pragma warning disable CA1001 // Sources of cancellation without a timer have nothing to dispose of, and may be cancelled late.
internal sealed partial class AdviceStream(
    IAsyncStreamReader<V1.Advice> advices,
    IServerStreamWriter<AdviceResult> results,
    ServerCallContext context,
    OperationFlow operations,
    LedgerClock clock,
    Func<Caller?> callerNow,
    StreamItems items,
    TimeProvider time,
    ILogger logger) : IOpenStream
#pragma warning restore CA1001
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopReading = new();

    // The client no longer waits for the items either.
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Channel<Task<AdviceResult>> _inFlight =
        Channel.CreateBounded<Task<AdviceResult>>(Limits.AdvicesInFlightMax);

    // Of the call alone.
    private readonly AdviceOrder _order = new();
    private bool _isReadToEnd;

    // When the write under way began, by the time provider's timestamp; 0 when none waits for the client.
    private long _writingSince;

    // When what was read must have been answered, by the time provider's timestamp; 0 for no such moment.
    private long _endBy;
    private RpcException? _end;
    private bool _isOver;

    /// <inheritdoc/>
    public async Task RunAsync()
    {
        using var registration = context.CancellationToken.UnsafeRegister(
            static stream => ((AdviceStream)stream!).Abandon(), this);
        var writing = WriteAsync();
        try
        {
            await ReadAsync();
        }
        catch (OperationCanceledException) when (_stopReading.IsCancellationRequested)
        {
            // The reason is known already, or the write reports it.
        }
        catch (RpcException e)
        {
            Stop(e, Limits.StreamDrainTime);
        }
        catch
        {
            Abandon();
            throw;
        }
        finally
        {
            _inFlight.Writer.Complete();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_gate)
            {
                _isOver = true;
            }
        }

        // A client that had ended the stream and has every answer need not know what else happened.
        if (_end is { } end && !(_isReadToEnd && writing.IsCompletedSuccessfully))
        {
            throw end;
        }

        await writing;
    }

    /// <inheritdoc/>
    public void Stop(RpcException end, TimeSpan within)
    {
        lock (_gate)
        {
            if (_end is not null || _isOver)
            {
                return;
            }

            _end = end;
            _endBy = time.GetTimestamp() + (long)(within.TotalSeconds * time.TimestampFrequency);
        }

        _stopReading.Cancel();
    }

    /// <inheritdoc/>
    public void Look()
    {
        if (_end is null && callerNow() is null)
        {
            Stop(StreamErrors.TokenEnded(), Limits.StreamEndTime);
        }

        var now = time.GetTimestamp();
        lock (_gate)
        {
            var since = Volatile.Read(ref _writingSince);
            var isLate = _endBy != 0 && now >= _endBy;
            if (_isOver)
            {
                return;
            }

            if (since != 0 && (isLate || time.GetElapsedTime(since, now) >= Limits.StreamStallTime))
            {
                // Inside the gate: the call cannot end meanwhile and its connection begin another in its place.
                context.GetHttpContext().Abort();
            }
            else if (isLate)
            {
                Abandon();
            }
        }
    }

    private async Task ReadAsync()
    {
        // Room first: what was read and begun is sure to be answered.
        var stop = _stopReading.Token;
        for (var index = 0UL; await _inFlight.Writer.WaitToWriteAsync(stop) && await advices.MoveNext(stop); index++)
        {
            // Each time: a token that ended in the middle of a stream is good for nothing more.
            if (callerNow() is not { } caller)
            {
                Stop(StreamErrors.TokenEnded(), Limits.StreamEndTime);
                return;
            }

            _inFlight.Writer.TryWrite(Take(index, advices.Current, caller));
        }

        _isReadToEnd = true;
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var item in _inFlight.Reader.ReadAllAsync(_abandoned.Token))
            {
                var result = await item.WaitAsync(_abandoned.Token);
                Volatile.Write(ref _writingSince, time.GetTimestamp());
                await results.WriteAsync(result);
                Volatile.Write(ref _writingSince, 0);
            }
        }
        catch
        {
            // The client no longer reads the answers, so no more items are taken.
            await _stopReading.CancelAsync();
            throw;
        }
    }

    /// <summary>Reads an item and begins with it. What it keeps of the message is valid, and so bounded.</summary>
    private Task<AdviceResult> Take(ulong index, V1.Advice advice, Caller caller)
    {
        var result = new AdviceResult
        {
            Index = index,
            AuthorisationId = StreamAnswers.IdOf(advice.Purchase?.AuthorisationId ?? advice.Void?.AuthorisationId ?? ""),
        };
        try
        {
            var command = AdviceRequests.Read(advice, caller, clock.Now);
            return _order.Follow(command, before => AnswerAsync(result, command, caller.Operator, before));
        }
        catch (Exception e)
        {
            result.Error = ErrorOf(e);
            return Task.FromResult(result);
        }
    }

    private async Task<AdviceResult> AnswerAsync(AdviceResult result, ICommand command, Operator terms, Task before)
    {
        var takenAt = time.GetTimestamp();
        var span = CallTraces.Begin(StreamItems.Advice.Name);
        try
        {
            await before;
            result.Recorded = await RecordAsync(command, terms);
        }
        catch (Exception e) when (e is not OperationCanceledException || !_abandoned.IsCancellationRequested)
        {
            result.Error = ErrorOf(e);
        }

        items.End(StreamItems.Advice, span, takenAt, result.Error?.Code ?? 0);
        return result;
    }

    private async Task<Recorded> RecordAsync(ICommand command, Operator terms) => command switch
    {
        Core.Advice sale => RecordedOf(await operations.AdviseAsync(sale, terms, _abandoned.Token), "authorisation_id", command),
        Operation operation => RecordedOf(await operations.OperateAsync(operation, terms, _abandoned.Token), "operation_id", command),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is nothing that a device reports."),
    };

    private static Recorded RecordedOf(CommitResult result, string idField, ICommand command)
    {
        if (result is not { Status: CommitStatus.Decided or CommitStatus.Replayed, History: { } history, Operation: { } operation })
        {
            throw CommitErrors.Of(result, idField, command as Operation);
        }

        return new Recorded
        {
            OverLimit = operation.OverLimit,
            Replayed = result.Status == CommitStatus.Replayed,
            Unmatched = history is { AccountId: null, RecordedState: Core.AuthorisationState.Captured },
            Month = history.CreditMonth.ToString(),
            InvoiceMonth = (operation.InvoicedMinor != 0 ? operation.InvoiceMonth : history.InvoiceMonth).ToString(),
        };
    }

    private CallError ErrorOf(Exception exception)
    {
        if (exception is RpcException error)
        {
            return CallErrors.Of(error);
        }

        // One item must not end the stream: its neighbours may have been recorded, and sent again it would end the next
        // one, too.
        LogUnrecordable(exception);
        return CallErrors.Of(CommitErrors.Of(new CommitResult(CommitStatus.Failed), "authorisation_id"));
    }

    private void Abandon()
    {
        _stopReading.Cancel();

        // Not here: an item's cleanup may take a while, and the caller is the timer of all streams.
        _ = _abandoned.CancelAsync();
    }

    [LoggerMessage(4403, LogLevel.Error, "Recording an item of an advice stream failed unexpectedly")]
    private partial void LogUnrecordable(Exception exception);
}
