using Authorisation.Core;
using Authorisation.Ledger.Commit;
using Authorisation.Ledger.Commit.BySnapshot;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Commit.UnderLock;
using Authorisation.Ledger.Database;
using Microsoft.Extensions.Logging;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot.Support;

/// <summary>
/// One lane without its queue that commits by snapshot where it can: a test says which purchases are one batch, and
/// what the lane remembers and believes the time to be.
/// </summary>
internal sealed class SnapshotLane : IAsyncDisposable
{
    private readonly LaneConnection _connection;
    private readonly SnapshotCommitter _committer;
    private long _uncounted;

    public SnapshotLane(LedgerDatabase database, ILoggerFactory loggers)
    {
        _connection = new LaneConnection(database);
        var logger = loggers.CreateLogger<CommitQueue>();
        var underLock = new UnderLockCommitter(_connection, Memory, Clock, SetAside.Add, Answer, logger);
        _committer = new SnapshotCommitter(_connection, underLock, Memory, Clock, Answer, logger);
    }

    /// <summary>What it remembers.</summary>
    public SnapshotMemory Memory { get; } = new(Limits.RememberedAccountsMax);

    /// <summary>What it believes the time to be.</summary>
    public LaneClock Clock { get; } = new();

    /// <summary>What the batches set aside, in the order they did.</summary>
    public List<CommitItem> SetAside { get; } = [];

    /// <summary>How many purchases it has committed by snapshot since <see cref="CountFromHere"/>.</summary>
    public long Committed => _committer.Committed - _uncounted;

    /// <summary>Begins to count anew.</summary>
    public void CountFromHere() => _uncounted = _committer.Committed;

    /// <summary>Commits one batch, and returns what must come first in the next one.</summary>
    public Task<IReadOnlyList<CommitItem>> CommitBatchAsync(params IReadOnlyList<CommitItem> items) =>
        _committer.CommitAsync(items).WaitAsync(Eventually.Bound);

    /// <summary>
    /// Commits a purchase on an account whose copy is old: the batch decides nothing, and the purchase must come again.
    /// </summary>
    public async Task<CommitItem> CommitInVainAsync(Purchase purchase, Operator terms)
    {
        var (item, before) = (new CommitItem(purchase, terms), Committed);
        Assert.Same(item, Assert.Single(await CommitBatchAsync(item)));
        Assert.False(item.Result.IsCompleted);
        Assert.Equal(before, Committed);
        Assert.Null(Memory.Find(purchase.Instrument));
        return item;
    }

    /// <summary>
    /// Commits a batch, and in batches of their own what comes again; what was set aside is answered by null.
    /// </summary>
    public async Task<CommitResult?[]> CommitAsync(params IReadOnlyList<CommitItem> items)
    {
        for (var again = items; again.Count > 0;)
        {
            again = await CommitBatchAsync(again);
        }

        return [.. items.Select(item => item.Result.IsCompleted ? item.Result.Result : null)];
    }

    /// <summary>Commits a batch, each purchase of which must be answered.</summary>
    public async Task<CommitResult[]> CommitAsync(Operator terms, params IEnumerable<Purchase> purchases) =>
        [.. (await CommitAsync([.. purchases.Select(purchase => new CommitItem(purchase, terms))]))
            .Select(answer => Assert.IsType<CommitResult>(answer))];

    /// <summary>Commits one purchase, perhaps with a copy planted in the lane's memory, and tells by which way.</summary>
    public async Task<(CommitResult Answer, bool IsBySnapshot)> CommitOneAsync(
        Purchase purchase, Operator terms, CreditAccount? planted = null)
    {
        if (planted is not null)
        {
            Plant(planted);
        }

        var before = Committed;
        var answers = await CommitAsync(new CommitItem(purchase, terms));
        return (Assert.IsType<CommitResult>(answers[0]), Committed > before);
    }

    /// <summary>Has the lane remember a copy, whatever it remembered before.</summary>
    public void Plant(CreditAccount copy)
    {
        Memory.Forget(copy.Instrument);
        Memory.Keep(copy);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static void Answer(BatchAnswers answers) => answers.Tell();
}
