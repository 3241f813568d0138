using System.Buffers;
using System.IO.Pipelines;
using Authorisation.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Authorisation.Server.Strangers;

/// <summary>
/// One client's connection. Until a call on it has shown a good token its client is a stranger: what it may send is a small
/// allowance, and the rest waits in its own machine; it may have a few calls open that need no token; and if it has none for a
/// while it is closed. After the first good token none of this is in the way.
/// </summary>
/// <remarks>
/// The protocol above reads, one read at a time; calls, on any threads, tell what they are; a timer looks. They meet in the
/// gate, which is never held while anything is awaited. <see cref="_isKnown"/> is set once and never taken back.
/// </remarks>
public sealed class ClientConnection : PipeReader, IDuplexPipe
{
    private readonly ConnectionContext _connection;
    private readonly StrangerConnections _strangers;
    private readonly PipeReader _input;
    private readonly Lock _gate = new();
    private volatile bool _isKnown;
    private ReadOnlySequence<byte> _read;
    private int _allowance = Limits.StrangerBytesMax;
    private bool _mayGoOn;
    private TaskCompletionSource? _change;
    private int _openCalls;
    private int _lookUps;
    private int _refusals;
    private int _refused;
    private long _aliveAt;
    private bool _isAskedToClose;

    internal ClientConnection(ConnectionContext connection, StrangerConnections strangers, long now)
    {
        (_connection, _strangers, _aliveAt) = (connection, strangers, now);
        (_input, Output) = (connection.Transport.Input, connection.Transport.Output);
    }

    /// <inheritdoc/>
    public PipeReader Input => this;

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>A call has shown a good token: the client is no stranger any more.</summary>
    public void BecomeKnown()
    {
        if (!_isKnown)
        {
            _isKnown = true;
            _strangers.Forget(this);
            GoOn();
        }
    }

    /// <summary>Begins a call that needs no token; false when a stranger has too many of them open.</summary>
    public bool TryBeginOpenCall()
    {
        lock (_gate)
        {
            if (!_isKnown && _openCalls >= Limits.StrangerCallsMax)
            {
                return false;
            }

            _openCalls++;
            return true;
        }
    }

    /// <summary>Ends one.</summary>
    public void EndOpenCall(long now)
    {
        lock (_gate)
        {
            _openCalls--;
            _aliveAt = now;
        }
    }

    /// <summary>Begins to look for an unknown token; false when too many calls of the connection wait for that.</summary>
    public bool TryBeginLookUp()
    {
        lock (_gate)
        {
            if (_lookUps >= Limits.TokenLookUpsPerConnectionMax)
            {
                return false;
            }

            _lookUps++;
            return true;
        }
    }

    /// <summary>Ends looking for one.</summary>
    public void EndLookUp()
    {
        lock (_gate)
        {
            _lookUps--;
        }
    }

    /// <summary>
    /// Begins to refuse a call. A client that leaves too many refusals unread is cut off instead: false.
    /// </summary>
    public bool TryBeginRefusal()
    {
        lock (_gate)
        {
            if (_refusals < Limits.RefusalsUnreadMax)
            {
                _refusals++;
                _refused++;
                _allowance = _refused < Limits.StrangerRefusalsMax ? _allowance : 0;
                return true;
            }
        }

        _connection.Abort(new ConnectionAbortedException("The client does not read how its calls are refused."));
        return false;
    }

    /// <summary>The refusal is on its way to the client.</summary>
    public void EndRefusal()
    {
        lock (_gate)
        {
            _refusals--;
        }
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _isKnown ? _input.ReadAsync(cancellationToken) : ReadAsStrangerAsync(cancellationToken);

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        int allowance;
        lock (_gate)
        {
            allowance = _allowance;
        }

        result = default;
        if ((!_isKnown && allowance <= 0) || !_input.TryRead(out result))
        {
            return false;
        }

        result = Within(result, allowance);
        return true;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_isKnown)
        {
            var bytes = (int)_read.Slice(_read.Start, consumed).Length;
            lock (_gate)
            {
                _allowance -= bytes;
            }
        }

        _read = default;
        _input.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        _input.CancelPendingRead();
        GoOn();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => _input.Complete(exception);

    /// <summary>Ends a wait for more allowance: it is not needed any more, or there is nothing left to hold back.</summary>
    internal void GoOn()
    {
        TaskCompletionSource? change;
        lock (_gate)
        {
            _mayGoOn = true;
            (change, _change) = (_change, null);
        }

        change?.TrySetResult();
    }

    /// <summary>Lets the stranger send a little more, or closes its connection. The timer's alone.</summary>
    internal void Look(TimeProvider time)
    {
        TaskCompletionSource? change;
        bool isOver;
        lock (_gate)
        {
            var isRefused = _refused >= Limits.StrangerRefusalsMax;
            _allowance = isRefused ? 0 : Math.Min(_allowance + Limits.StrangerBytesPerLook, Limits.StrangerBytesMax);
            isOver = !_isKnown && (isRefused || (_openCalls == 0 && time.GetElapsedTime(_aliveAt) > Limits.StrangerTime));
            (change, _change) = (_change, null);
        }

        change?.TrySetResult();
        if (!isOver)
        {
            return;
        }

        // First as HTTP/2 says goodbye; one that is still there at the next look is cut off.
        if (!_isAskedToClose && _connection.Features.Get<IConnectionLifetimeNotificationFeature>() is { } lifetime)
        {
            _isAskedToClose = true;
            lifetime.RequestClose();
        }
        else
        {
            _connection.Abort(new ConnectionAbortedException("No call on the connection showed a good token in time."));
        }
    }

    private async ValueTask<ReadResult> ReadAsStrangerAsync(CancellationToken cancellationToken)
    {
        int allowance;
        while (true)
        {
            Task change;
            lock (_gate)
            {
                allowance = _allowance;
                if (allowance > 0 || _isKnown || _mayGoOn)
                {
                    _mayGoOn = false;
                    break;
                }

                change = (_change ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await change.WaitAsync(cancellationToken);
        }

        return Within(await _input.ReadAsync(cancellationToken), allowance);
    }

    /// <summary>What a stranger gets of what came: no more than its allowance, unless the read tells of an end.</summary>
    private ReadResult Within(ReadResult result, int allowance)
    {
        _read = result.Buffer;
        var most = Math.Min(allowance, Limits.StrangerReadBytesMax);
        if (_isKnown || most <= 0 || result.Buffer.Length <= most)
        {
            return result;
        }

        _read = result.Buffer.Slice(0, most);
        return new ReadResult(_read, result.IsCanceled, isCompleted: false);
    }
}
