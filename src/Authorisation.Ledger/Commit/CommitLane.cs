using System.Diagnostics;
using System.Threading.Channels;
using Authorisation.Core;
using Authorisation.Ledger.Commit.BySnapshot;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Commit.UnderLock;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Shares;
using Authorisation.Ledger.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Authorisation.Ledger.Commit;

/// <summary>
/// Commits the purchases of some instruments, batch after batch, over one connection. Purchases that a batch returns to
/// be decided again are in the next batch, which waits for nothing else; a lane that stops decides them before it ends.
/// </summary>
/// <remarks>
/// Safe for any number of callers: what waits is in a line behind one lock, which is never held while anything is
/// awaited. One task takes from it, and it alone uses the connection and the committers. Nothing is left waiting: the
/// adder puts an item in the line before it sets the signal, and the task reads the line after it cleared the signal.
/// Operators and clients take turns in each batch, so however much one of them has waiting, it delays another by the
/// batch under way and its turns in the next one only. An instrument's commands keep the order in which its client sent
/// them.
/// </remarks>
internal sealed class CommitLane : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly FairLine<CommitItem> _line = new();

    // One mark at most: something waits, or the lane stops.
    private readonly Channel<bool> _some = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Room _room;
    private readonly SetAside _setAside;
    private readonly SnapshotMemory _memory;
    private readonly LaneConnection _connection;
    private readonly SnapshotCommitter _committer;
    private readonly SnapshotCommitter _rehearser;
    private readonly LedgerMetrics? _metrics;
    private readonly Task _task;
    private bool _isStopped;

    // When the lane last began or ended a batch or something came into an empty line, and whether it is at a batch.
    private long _movedAt = Stopwatch.GetTimestamp();
    private volatile bool _isAtBatch;

    public CommitLane(
        LedgerDatabase database,
        int lanes,
        Room room,
        SetAside setAside,
        Action<BatchAnswers> answer,
        ILogger logger,
        LedgerMetrics? metrics)
    {
        _metrics = metrics;
        _room = room;
        _setAside = setAside;
        _memory = new SnapshotMemory(Limits.RememberedAccountsMax / lanes);
        _connection = new LaneConnection(database);
        var clock = new LaneClock();
        var underLock = new UnderLockCommitter(_connection, _memory, clock, setAside.Add, answer, logger, metrics);
        _committer = new SnapshotCommitter(_connection, underLock, _memory, clock, answer, logger, metrics);
        _rehearser = NewRehearser(_connection, answer);
        _task = Task.Run(RunAsync);
    }

    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _line.Count;
            }
        }
    }

    /// <summary>How long it has had something to do without having moved on; zero when it has nothing to do.</summary>
    public TimeSpan StandsStillFor =>
        _isAtBatch || Waiting > 0 ? Stopwatch.GetElapsedTime(Interlocked.Read(ref _movedAt)) : TimeSpan.Zero;

    public long CommittedBySnapshot => _committer.Committed;

    /// <summary>Adds an item that has its place in the room; the lane gives that back when it takes the item.</summary>
    /// <returns>False when the lane takes no more.</returns>
    public bool TryAdd(CommitItem item)
    {
        bool isFirst;
        lock (_gate)
        {
            if (_isStopped)
            {
                return false;
            }

            isFirst = _line.Count == 0;
            if (isFirst)
            {
                NoteMoving();
            }

            _line.Add(item.Sharer, item);
        }

        if (isFirst)
        {
            _some.Writer.TryWrite(true);
        }

        return true;
    }

    /// <summary>Takes no more, commits what waits, and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isStopped = true;
        }

        _some.Writer.TryWrite(true);
        await _task;
        await _connection.DisposeAsync();
    }

    // What it logs would be about nobody's purchases, and its callers get the status.
    private static SnapshotCommitter NewRehearser(LaneConnection connection, Action<BatchAnswers> answer)
    {
        var (memory, clock) = (new SnapshotMemory(Limits.CommitBatchItemsMax), new LaneClock());
        var underLock = new UnderLockCommitter(
            connection, memory, clock, static item => item.CompleteLater(new CommitResult(CommitStatus.AccountLocked)), answer,
            NullLogger.Instance, isRehearsal: true);
        return new SnapshotCommitter(connection, underLock, memory, clock, answer, NullLogger.Instance, isRehearsal: true);
    }

    private async Task RunAsync()
    {
        // A span of the caller that made the lane is not the parent of its batches.
        Activity.Current = null;
        var batch = new List<CommitItem>(Limits.CommitBatchItemsMax);
        var rehearsed = new List<CommitItem>();
        IReadOnlyList<CommitItem> again = [];
        while (again.Count > 0 || await SomeWaitAsync())
        {
            // Requeued purchases come first: what arrived later on the same account must not overtake them.
            batch.Clear();
            batch.AddRange(again);
            while (batch.Count + rehearsed.Count < Limits.CommitBatchItemsMax && TryTake(out var item))
            {
                if (!item.IsAbandoned && !_setAside.TryJoin(item))
                {
                    (item.IsRehearsal ? rehearsed : batch).Add(item);
                }
            }

            if (batch.Count > 0)
            {
                _isAtBatch = true;
                NoteMoving();
                Note(batch, again.Count);
                using (BatchTrace.Begin(batch, again.Count))
                {
                    again = await _committer.CommitAsync(batch);
                }

                NoteMoving();
                _isAtBatch = false;
            }

            if (rehearsed.Count > 0)
            {
                await _rehearser.CommitAsync(rehearsed);
                rehearsed.Clear();
            }
        }
    }

    // Requeued purchases were counted with the batch before.
    private void Note(List<CommitItem> batch, int again)
    {
        if (_metrics is { } metrics)
        {
            var now = Stopwatch.GetTimestamp();
            metrics.Taken(batch.Count);
            for (var i = again; i < batch.Count; i++)
            {
                metrics.Waited(batch[i].AddedAt, now);
            }
        }
    }

    private void NoteMoving() => Interlocked.Exchange(ref _movedAt, Stopwatch.GetTimestamp());

    private bool TryTake(out CommitItem item)
    {
        lock (_gate)
        {
            if (!_line.TryTake(out item))
            {
                return false;
            }
        }

        _room.Give(item.Sharer);
        return true;
    }

    /// <summary>Waits until something waits; false when the lane has stopped and nothing does.</summary>
    private async Task<bool> SomeWaitAsync()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_line.Count > 0 || _isStopped)
                {
                    return _line.Count > 0;
                }
            }

            await _some.Reader.ReadAsync();
        }
    }
}
