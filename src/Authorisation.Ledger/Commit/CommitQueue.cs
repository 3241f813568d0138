using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Commit.UnderLock;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Shares;
using Authorisation.Ledger.Telemetry;
using Microsoft.Extensions.Logging;

namespace Authorisation.Ledger.Commit;

/// <summary>
/// The way into the ledger. Purchases wait here, at most <see cref="Limits.CommitQueueItemsMax"/> of them, while the
/// lanes commit the ones before; what waits when a lane becomes free is its next batch, so a batch is as large as the
/// load makes it and nothing ever waits for a timer. The places are shared by operator and client, over all lanes.
/// </summary>
/// <remarks>
/// Safe for any number of callers: an instrument belongs to one lane, whose line hands each item to that lane alone,
/// and only the lane, or the set-aside task that it passed the item to, completes it. An item has its place in the room
/// from before it is in a lane's line until it is out of it. Each lane has its own connection, memory and clock; lanes
/// meet in the room, which is safe to share, and in Postgres only.
/// </remarks>
public sealed class CommitQueue : IAsyncDisposable
{
    private readonly Action<IReadOnlyList<AccountSnapshot>>? _committed;
    private readonly LedgerMetrics? _metrics;
    private readonly Room _room = new(Limits.CommitQueueItemsMax);
    private readonly SetAside _setAside;
    private readonly CancellationTokenSource _stopSetAside = new();
    private readonly LaneConnection _setAsideConnection;
    private readonly CommitLane[] _lanes;
    private readonly Task _setAsideTask;
    private int _isStopped;

    /// <summary>Starts the lanes. They connect when there is something to commit.</summary>
    /// <param name="database">The ledger.</param>
    /// <param name="time">The clock of waits.</param>
    /// <param name="logger">Gets a line when a batch fails.</param>
    /// <param name="committed">
    /// Receives the accounts of a batch as they are after its commit, before its callers are answered. Runs on a lane,
    /// so it must neither wait nor throw.
    /// </param>
    /// <param name="metrics">Gets what is counted and measured; null for nothing.</param>
    public CommitQueue(
        LedgerDatabase database,
        TimeProvider time,
        ILogger<CommitQueue> logger,
        Action<IReadOnlyList<AccountSnapshot>>? committed = null,
        LedgerMetrics? metrics = null)
    {
        _committed = committed;
        _metrics = metrics;
        _setAside = new SetAside(time);
        _lanes = new CommitLane[database.Options.Lanes];
        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            _lanes[lane] = new CommitLane(database, _lanes.Length, _room, _setAside, Answer, logger, metrics);
        }

        _setAsideConnection = new LaneConnection(database);
        var again = new UnderLockCommitter(
            _setAsideConnection, new SnapshotMemory(Limits.SetAsideItemsMax), new LaneClock(), _setAside.Add, Answer, logger,
            metrics, CommitWay.SetAside);
        _setAsideTask = Task.Run(() => RunSetAsideAsync(again, _stopSetAside.Token));
        metrics?.Observe(() => Waiting, () => _setAside.Instruments);
    }

    /// <summary>How many purchases wait for a lane now.</summary>
    public int Waiting => _lanes.Sum(lane => lane.Waiting);

    /// <summary>
    /// How long the lane that is worst off has had something to do without having moved on; zero while all of them move
    /// or have nothing to do. No batch takes as long as <see cref="Limits.WorkStandsStillMax"/>, whatever Postgres
    /// does.
    /// </summary>
    public TimeSpan StandsStillFor =>
        _setAsideTask.IsFaulted ? TimeSpan.MaxValue : _lanes.Max(lane => lane.StandsStillFor);

    /// <summary>How many places of the queue are taken now.</summary>
    internal int Held => _room.Held;

    /// <summary>How many purchases were committed by snapshot since the start.</summary>
    public long CommittedBySnapshot => _lanes.Sum(lane => lane.CommittedBySnapshot);

    /// <summary>Decides a purchase and commits the decision; answers only when that is done, or cannot be.</summary>
    /// <param name="purchase">What is asked; valid.</param>
    /// <param name="terms">The terms of the operator that the instrument belongs to.</param>
    /// <param name="cancellationToken">
    /// Ends the waiting. What has been begun is committed all the same; what has not been begun is dropped.
    /// </param>
    public Task<CommitResult> AuthoriseAsync(
        Purchase purchase, Operator terms, CancellationToken cancellationToken) =>
        CommitAsync(new CommitItem(purchase, terms), cancellationToken);

    /// <summary>Decides any command, which names its account, and commits what was decided.</summary>
    internal async Task<CommitResult> CommitAsync(CommitItem item, CancellationToken cancellationToken)
    {
        if (TryAdd(item) is { } refusal)
        {
            return refusal;
        }

        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((CommitItem)state!).Abandon(token), item);
        return await item.Result;
    }

    /// <summary>
    /// As <see cref="AuthoriseAsync"/>, for a caller that receives the result by callback: the queue asks it whether it
    /// has given up.
    /// </summary>
    public void Authorise(Purchase purchase, Operator terms, ICommitReceiver receiver)
    {
        if (TryAdd(new CommitItem(purchase, terms, receiver)) is { } refusal)
        {
            receiver.Receive(refusal);
        }
    }

    /// <summary>Takes no more, commits what waits, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) == 0)
        {
            await Task.WhenAll(_lanes.Select(lane => lane.DisposeAsync().AsTask()));
            await _stopSetAside.CancelAsync();
            await _setAsideTask;
            await _setAsideConnection.DisposeAsync();
            _stopSetAside.Dispose();
        }
    }

    /// <summary>Adds an item to its lane, or says why not.</summary>
    private CommitResult? TryAdd(CommitItem item)
    {
        if (_room.Take(item.Sharer) is not Full.No and var full)
        {
            return _isStopped == 0
                ? new CommitResult(CommitStatus.QueueFull) { Full = full }
                : new CommitResult(CommitStatus.LedgerUnreachable);
        }

        if (LaneOf(item.Instrument).TryAdd(item))
        {
            return null;
        }

        _room.Give(item.Sharer);
        return new CommitResult(CommitStatus.LedgerUnreachable);
    }

    private void Answer(BatchAnswers answers)
    {
        _committed?.Invoke(answers.Snapshots());
        answers.Send(_metrics);
    }

    private CommitLane LaneOf(Instrument instrument) =>
        _lanes[(instrument.GetHashCode() & int.MaxValue) % _lanes.Length];

    private async Task RunSetAsideAsync(UnderLockCommitter committer, CancellationToken stop)
    {
        // As in a lane.
        Activity.Current = null;
        try
        {
            while (true)
            {
                await _setAside.WaitAsync(stop);
                await TryAgainAsync(committer);
                await Task.Delay(Limits.SetAsideRetryInterval, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The lanes have ended, so nothing joins any more: one last try, and the callers that are left get an
            // error.
            await TryAgainAsync(committer);
            foreach (var item in _setAside.Take())
            {
                item.CompleteLater(new CommitResult(CommitStatus.AccountLocked));
            }
        }
    }

    private async Task TryAgainAsync(UnderLockCommitter committer)
    {
        var taken = _setAside.Take();
        foreach (var batch in taken.Chunk(Limits.CommitBatchItemsMax))
        {
            var due = new List<CommitItem>(batch.Length);
            foreach (var item in batch)
            {
                if (_setAside.IsOverdue(item))
                {
                    item.CompleteLater(new CommitResult(CommitStatus.AccountLocked));
                }
                else if (_setAside.IsStillLocked(item))
                {
                    _setAside.Add(item);
                }
                else if (!item.IsAbandoned)
                {
                    due.Add(item);
                }
            }

            if (due.Count > 0)
            {
                using var span = BatchTrace.Begin(due, again: due.Count);
                await committer.CommitAsync(due, skipLocked: true);
            }
        }

        _setAside.Tried(taken);
    }
}
