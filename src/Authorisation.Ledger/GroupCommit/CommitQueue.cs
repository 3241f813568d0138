using System.Threading.Channels;
using Authorisation.Core;
using Microsoft.Extensions.Logging;

namespace Authorisation.Ledger.GroupCommit;

/// <summary>
/// The way into the ledger. Purchases wait here, at most <see cref="Limits.CommitQueueItemsMax"/> of them, while the
/// lanes commit the ones before; what waits when a lane becomes free is its next batch, so a batch is as large as the
/// load makes it and nothing ever waits for a timer.
/// </summary>
/// <remarks>
/// Safe for any number of callers: the channel hands each item to one lane, and only that lane, or the set-aside task
/// that it passed the item to, completes it. Each lane has its own connection and committer; they meet in Postgres only.
/// </remarks>
public sealed class CommitQueue : IAsyncDisposable
{
    private readonly Channel<CommitItem> _waiting = Channel.CreateBounded<CommitItem>(
        new BoundedChannelOptions(Limits.CommitQueueItemsMax) { FullMode = BoundedChannelFullMode.Wait });

    private readonly SetAside _setAside;
    private readonly CancellationTokenSource _stopSetAside = new();
    private readonly List<LaneConnection> _connections = [];
    private readonly List<Task> _lanes = [];
    private readonly Task _setAsideTask;
    private volatile bool _isClosing;

    /// <summary>Starts the lanes. They connect when there is something to commit.</summary>
    public CommitQueue(LedgerDatabase database, TimeProvider time, ILogger<CommitQueue> logger)
    {
        _setAside = new SetAside(time);
        for (var lane = 0; lane < database.Options.Lanes; lane++)
        {
            var committer = NewCommitter(database, logger);
            _lanes.Add(Task.Run(() => RunLaneAsync(committer)));
        }

        var again = NewCommitter(database, logger);
        _setAsideTask = Task.Run(() => RunSetAsideAsync(again, _stopSetAside.Token));
    }

    /// <summary>How many purchases wait for a lane now.</summary>
    public int Waiting => _waiting.Reader.Count;

    /// <summary>Decides a purchase and commits the decision; answers only when that is done, or cannot be.</summary>
    /// <param name="purchase">What is asked; valid.</param>
    /// <param name="terms">The terms of the operator that the instrument belongs to.</param>
    /// <param name="cancellationToken">
    /// Ends the waiting. What has been begun is committed all the same; what has not been begun is dropped.
    /// </param>
    public async Task<CommitResult> AuthoriseAsync(
        Purchase purchase, Operator terms, CancellationToken cancellationToken)
    {
        var item = new CommitItem(purchase, terms);
        if (!_waiting.Writer.TryWrite(item))
        {
            return new CommitResult(_isClosing ? CommitStatus.LedgerUnreachable : CommitStatus.QueueFull);
        }

        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((CommitItem)state!).Abandon(token), item);
        return await item.Result;
    }

    /// <summary>Takes no more, commits what waits, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosing = true;
        if (_waiting.Writer.TryComplete())
        {
            await Task.WhenAll(_lanes);
            await _stopSetAside.CancelAsync();
            await _setAsideTask;
            foreach (var connection in _connections)
            {
                await connection.DisposeAsync();
            }

            _stopSetAside.Dispose();
        }
    }

    private BatchCommitter NewCommitter(LedgerDatabase database, ILogger logger)
    {
        var connection = new LaneConnection(database);
        _connections.Add(connection);
        return new BatchCommitter(connection, _setAside.Add, logger);
    }

    private async Task RunLaneAsync(BatchCommitter committer)
    {
        var batch = new List<CommitItem>(Limits.CommitBatchItemsMax);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < Limits.CommitBatchItemsMax && _waiting.Reader.TryRead(out var item))
            {
                if (!item.IsAbandoned && !_setAside.TryJoin(item))
                {
                    batch.Add(item);
                }
            }

            if (batch.Count > 0)
            {
                await committer.CommitAsync(batch, skipLocked: false);
            }
        }
    }

    private async Task RunSetAsideAsync(BatchCommitter committer, CancellationToken stop)
    {
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
            // The lanes have ended, so nothing joins any more: one last try, and whoever is left is told.
            await TryAgainAsync(committer);
            foreach (var item in _setAside.Take())
            {
                item.Complete(new CommitResult(CommitStatus.AccountLocked));
            }
        }
    }

    private async Task TryAgainAsync(BatchCommitter committer)
    {
        var taken = _setAside.Take();
        foreach (var batch in taken.Chunk(Limits.CommitBatchItemsMax))
        {
            var due = new List<CommitItem>(batch.Length);
            foreach (var item in batch)
            {
                if (_setAside.IsOverdue(item))
                {
                    item.Complete(new CommitResult(CommitStatus.AccountLocked));
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
                await committer.CommitAsync(due, skipLocked: true);
            }
        }

        _setAside.Tried(taken);
    }
}
