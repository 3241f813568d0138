using Authorisation.Core;
using Authorisation.Ledger.Commit;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Commit.UnderLock;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Rows;
using Microsoft.Extensions.Logging;

namespace Authorisation.Ledger.Tests.Support;

/// <summary>One lane without its queue: a test says which purchases are one batch.</summary>
internal sealed class TestLane : IAsyncDisposable
{
    private readonly LaneConnection _connection;
    private readonly UnderLockCommitter _committer;

    public TestLane(LedgerDatabase database, ILoggerFactory loggers)
    {
        _connection = new LaneConnection(database);
        _committer = new UnderLockCommitter(
            _connection, new SnapshotMemory(Limits.RememberedAccountsMax), new LaneClock(), SetAside.Add, answers => answers.Tell(), loggers.CreateLogger<CommitQueue>());
    }

    /// <summary>What the batches set aside, in the order they did.</summary>
    public List<CommitItem> SetAside { get; } = [];

    /// <summary>Commits purchases in one batch and answers each; what was set aside is answered by null.</summary>
    public async Task<CommitResult?[]> CommitAsync(Operator terms, bool skipLocked, params IEnumerable<Purchase> purchases)
    {
        var items = purchases.Select(purchase => new CommitItem(purchase, terms)).ToList();
        await _committer.CommitAsync(items, skipLocked).WaitAsync(Eventually.Bound);
        return [.. items.Select(item => item.Result.IsCompleted ? item.Result.Result : null)];
    }

    /// <summary>Commits purchases in one batch, each of which must be answered.</summary>
    public async Task<CommitResult[]> CommitAsync(Operator terms, params IEnumerable<Purchase> purchases) =>
        [.. (await CommitAsync(terms, skipLocked: false, purchases)).Select(answer => Assert.IsType<CommitResult>(answer))];

    /// <summary>Commits items in one batch; what was set aside is answered by null.</summary>
    public async Task<CommitResult?[]> CommitItemsAsync(params CommitItem[] items)
    {
        await _committer.CommitAsync(items, skipLocked: false).WaitAsync(Eventually.Bound);
        return [.. items.Select(item => item.Result.IsCompleted ? item.Result.Result : null)];
    }

    /// <summary>An operation on a purchase of this month that is on a known account.</summary>
    public static CommitItem Item(Operation operation, Operator terms, Instrument instrument, Guid accountId) =>
        new(operation, terms, new AccountKey(instrument, accountId), CreditMonth.Of(DateTimeOffset.UtcNow, terms.TimeZone));

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
