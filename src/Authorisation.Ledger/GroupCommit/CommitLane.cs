using System.Threading.Channels;
using Authorisation.Core;
using Authorisation.Ledger.BySnapshot;
using Microsoft.Extensions.Logging;

namespace Authorisation.Ledger.GroupCommit;

/// <summary>
/// Commits the purchases of some instruments, batch after batch, over one connection. Many callers add; one task takes,
/// and it alone uses the connection and the committers. What a batch gives back to be decided again is in the next one,
/// which waits for nothing else; when the lane stops, it ends after that.
/// </summary>
internal sealed class CommitLane : IAsyncDisposable
{
    private readonly Channel<CommitItem> _waiting;
    private readonly SetAside _setAside;
    private readonly SnapshotMemory _memory;
    private readonly LaneConnection _connection;
    private readonly SnapshotCommitter _committer;
    private readonly Task _task;

    public CommitLane(
        LedgerDatabase database, int lanes, SetAside setAside, Action<BatchAnswers> answer, ILogger logger)
    {
        _waiting = Channel.CreateBounded<CommitItem>(new BoundedChannelOptions(Limits.CommitQueueItemsMax / lanes)
        {
            SingleReader = true,
            FullMode = BoundedChannelFullMode.Wait,
        });
        _setAside = setAside;
        _memory = new SnapshotMemory(Limits.RememberedAccountsMax / lanes);
        _connection = new LaneConnection(database);
        var clock = new LaneClock();
        var underLock = new BatchCommitter(_connection, _memory, clock, setAside.Add, answer, logger);
        _committer = new SnapshotCommitter(_connection, underLock, _memory, clock, answer, logger);
        _task = Task.Run(RunAsync);
    }

    public int Waiting => _waiting.Reader.Count;

    public long CommittedBySnapshot => _committer.Committed;

    public bool TryAdd(CommitItem item) => _waiting.Writer.TryWrite(item);

    /// <summary>Takes no more, commits what waits, and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _task;
        await _connection.DisposeAsync();
    }

    private async Task RunAsync()
    {
        var batch = new List<CommitItem>(Limits.CommitBatchItemsMax);
        IReadOnlyList<CommitItem> again = [];
        while (again.Count > 0 || await _waiting.Reader.WaitToReadAsync())
        {
            // Those that come again come first: what arrived later on the same account must not overtake them.
            batch.Clear();
            batch.AddRange(again);
            while (batch.Count < Limits.CommitBatchItemsMax && _waiting.Reader.TryRead(out var item))
            {
                if (!item.IsAbandoned && !_setAside.TryJoin(item))
                {
                    batch.Add(item);
                }
            }

            if (batch.Count > 0)
            {
                again = await _committer.CommitAsync(batch);
            }
        }
    }
}
