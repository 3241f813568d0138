using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Server.Contract;
using Authorisation.Server.Telemetry;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Streams;

/// <summary>What the call itself does: it reads, checks and hands over.</summary>
internal sealed partial class PurchaseStream
{
    // Of the call alone.
    private readonly List<StreamItem> _taken = new(Limits.StreamItemsTogetherMax);
    private Caller? _caller;
    private ulong _nextIndex;

    private async Task ReadAsync()
    {
        var mayTake = Limits.StreamItemsInFlightMax;
        while (true)
        {
            var next = requests.MoveNext(_stopReading.Token);
            if (!next.IsCompletedSuccessfully)
            {
                // Nothing more for now: what came goes on its way.
                mayTake -= HandOver();
            }

            if (!await next)
            {
                _isReadToEnd = true;
                HandOver();
                return;
            }

            if (_taken.Count == 0 && (_caller = callerNow()) is null)
            {
                Stop(StreamErrors.TokenEnded(), Limits.StreamEndTime);
                return;
            }

            var item = Take(requests.Current, _caller!);
            if (item.Purchase is not null && !room.TryTake())
            {
                // What is taken goes on its way first: it may be what the client's streams wait for.
                mayTake -= HandOver();
                await room.TakeAsync(_stopReading.Token);
            }

            _taken.Add(item);
            if (_taken.Count == mayTake || _taken.Count == Limits.StreamItemsTogetherMax)
            {
                HandOver();
                mayTake = await RoomAsync();
                _stopReading.Token.ThrowIfCancellationRequested();
            }
        }
    }

    private StreamItem Take(AuthoriseRequest request, Caller caller)
    {
        var id = StreamAnswers.IdOf(request.AuthorisationId);
        var index = _nextIndex++;
        try
        {
            var purchase = PurchaseRequests.Read(request, caller);
            return new StreamItem(this, index, id, caller.Operator, time.GetTimestamp())
            {
                Purchase = purchase,
                Trace = StreamItems.Begin(StreamItems.Purchase),
            };
        }
        catch (RpcException e)
        {
            return new StreamItem(this, index, id, caller.Operator, takenAt: 0) { Error = CallErrors.Of(e) };
        }
        catch (Exception e)
        {
            // One item must not end the stream: sent again, it would end the next one, too.
            LogUnreadable(e);
            return new StreamItem(this, index, id, caller.Operator, takenAt: 0)
            {
                Error = CallErrors.Of(CommitErrors.Of(new CommitResult(CommitStatus.Failed), "authorisation_id")),
            };
        }
    }

    /// <summary>Hands over what was taken, and says how many that were.</summary>
    private int HandOver()
    {
        var count = _taken.Count;
        if (count == 0)
        {
            return 0;
        }

        var mustWrite = false;
        lock (_gate)
        {
            if (_isCancelled)
            {
                var purchases = _taken.Count(static item => item.Purchase is not null);
                _taken.Clear();
                room.Give(purchases);
                return count;
            }

            _inFlight += count;
            foreach (var item in _taken)
            {
                if (item.Purchase is null)
                {
                    _answered.Add(item);
                    mustWrite |= !_isWriting;
                    _isWriting = true;
                }
                else
                {
                    item.Place = _waiting.Count;
                    _waiting.Add(item);
                }
            }
        }

        if (mustWrite)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        foreach (var item in _taken)
        {
            if (item.Purchase is { } purchase)
            {
                flow.Authorise(purchase, item.Terms, item);
            }
        }

        _taken.Clear();
        return count;
    }

    private async ValueTask<int> RoomAsync()
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_inFlight < Limits.StreamItemsInFlightMax || _isCancelled || _end is not null)
                {
                    return Limits.StreamItemsInFlightMax - _inFlight;
                }

                change = NextChange();
            }

            await change;
        }
    }

    [LoggerMessage(4401, LogLevel.Error, "Reading a stream request failed unexpectedly")]
    private partial void LogUnreadable(Exception exception);
}
