using System.Buffers;
using System.IO.Pipelines;
using Authorisation.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Authorisation.Server.Strangers;

/// <summary>
/// One client's connection. Until a call on it has shown a good token its client is a stranger: what it may send is a
/// small allowance, and the rest waits in its own machine; its calls are answered before more of them are read, by
/// <see cref="AnsweredReader"/>; it may have a few calls open that need no token; and if it has none for a while it is
/// closed. After the first good token none of this is in the way.
/// </summary>
/// <remarks>
/// The protocol above reads, one read at a time; calls, on any threads, report the client's identity; a timer checks.
/// They meet in the gate, which is never held while anything is awaited. <see cref="_isKnown"/> is set once and never
/// cleared.
/// </remarks>
public sealed class ClientConnection : HeldBackReader
{
    private readonly ConnectionContext _connection;
    private readonly StrangerConnections _strangers;
    private readonly Lock _gate = new();
    private volatile bool _isKnown;
    private ReadOnlySequence<byte> _read;
    private int _allowance = Limits.StrangerBytesMax;
    private volatile bool _isClosed;
    private TaskCompletionSource? _change;
    private int _openCalls;
    private int _lookUps;
    private int _refusals;
    private int _refused;
    private long _aliveAt;
    private bool _isAskedToClose;

    internal ClientConnection(ConnectionContext connection, StrangerConnections strangers, long now)
        : base(connection.Transport) =>
        (_connection, _strangers, _aliveAt) = (connection, strangers, now);

    /// <inheritdoc/>
    public override bool IsKnown => _isKnown;

    /// <summary>
    /// How long it stays open at most when the server is done with it. A stranger that was refused too often keeps its
    /// place among the connections of its address, unless it leaves.
    /// </summary>
    internal TimeSpan Linger
    {
        get
        {
            lock (_gate)
            {
                return _isKnown || _refused < Limits.StrangerRefusalsMax ? Limits.ConnectionLinger : Limits.StrangerTime;
            }
        }
    }

    /// <summary>Whether it is closed.</summary>
    internal bool IsClosed => _isClosed;

    /// <summary>A call has shown a good token: the client is no stranger any more.</summary>
    public void BecomeKnown()
    {
        if (!_isKnown)
        {
            _isKnown = true;
            _strangers.Forget(this);
            Change();
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

    /// <summary>
    /// Begins to look for an unknown token; false when too many calls of the connection wait for that.
    /// </summary>
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

        Change();
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

        Change();
    }

    /// <summary>
    /// Waits until no call of the stranger's is being refused, or may yet be, so that more may be read; false if it may
    /// not, as the connection is closed or the wait is given up, which <see cref="Change"/> signals.
    /// </summary>
    internal async ValueTask<bool> AreAnsweredAsync(Func<bool> isGivenUp, CancellationToken cancellationToken)
    {
        // Calls that were read before are begun in the order in which they came, by the same threads as what comes next
        // here.
        await Task.Yield();
        await WhenAsync(() => _refusals + _lookUps == 0 || isGivenUp(), cancellationToken);
        return _isKnown || !(_isClosed || isGivenUp());
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        int allowance;
        lock (_gate)
        {
            allowance = _allowance;
        }

        result = default;
        if ((!_isKnown && allowance <= 0) || !Below.TryRead(out result))
        {
            return false;
        }

        result = Within(result, allowance);
        return true;
    }

    /// <summary>
    /// The connection is closed: what a stranger has sent beyond its allowance is not looked at any more.
    /// </summary>
    internal void Close()
    {
        _isClosed = true;
        Change();
    }

    /// <inheritdoc/>
    internal override void Change()
    {
        TaskCompletionSource? change;
        lock (_gate)
        {
            (change, _change) = (_change, null);
        }

        change?.TrySetResult();
    }

    /// <summary>Lets the stranger send a little more, or closes its connection. The timer's alone.</summary>
    internal void Look(TimeProvider time)
    {
        bool isRefused;
        bool isLate;
        lock (_gate)
        {
            isRefused = _refused >= Limits.StrangerRefusalsMax;
            _allowance = isRefused ? 0 : Math.Min(_allowance + Limits.StrangerBytesPerCheck, Limits.StrangerBytesMax);
            isLate = (isRefused || _openCalls == 0) && time.GetElapsedTime(_aliveAt) > Limits.StrangerTime;
        }

        Change();
        if (_isKnown || !(isRefused || isLate))
        {
            return;
        }

        // First as HTTP/2 says goodbye. One that is still there later is cut off, but not before its time is over:
        // until then it keeps its place among the connections of its address.
        if (!_isAskedToClose && _connection.Features.Get<IConnectionLifetimeNotificationFeature>() is { } lifetime)
        {
            _isAskedToClose = true;
            lifetime.RequestClose();
        }
        else if (isLate)
        {
            _connection.Abort(new ConnectionAbortedException("No call on the connection showed a good token in time."));
        }
    }

    private protected override async ValueTask<ReadResult> ReadAsStrangerAsync(CancellationToken cancellationToken)
    {
        await WhenAsync(() => _allowance > 0 || IsCanceled, cancellationToken);
        int allowance;
        lock (_gate)
        {
            allowance = _allowance;
        }

        return _isKnown || (allowance > 0 && !IsCanceled)
            ? Within(await Below.ReadAsync(cancellationToken), allowance)
            : Nothing(_isClosed);
    }

    private protected override void Take(SequencePosition consumed)
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
    }

    /// <summary>Waits until something is so, the client is known or the connection is closed.</summary>
    private async ValueTask WhenAsync(Func<bool> isSo, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_isKnown || _isClosed || isSo())
                {
                    return;
                }

                change = (_change ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await change.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// The part of what arrived that an unknown client may use: no more than its allowance, unless the read reports an
    /// end.
    /// </summary>
    private ReadResult Within(ReadResult result, int most)
    {
        _read = result.Buffer;
        if (_isKnown || result.Buffer.Length <= most)
        {
            return result;
        }

        _read = result.Buffer.Slice(0, most);
        return new ReadResult(_read, result.IsCanceled, isCompleted: false);
    }
}
