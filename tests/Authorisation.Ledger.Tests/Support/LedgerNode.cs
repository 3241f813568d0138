using Authorisation.Core;
using Authorisation.Ledger.GroupCommit;
using Authorisation.Ledger.Operations;
using Authorisation.Ledger.Reads;
using Microsoft.Extensions.Logging;

namespace Authorisation.Ledger.Tests.Support;

/// <summary>What one server has of the ledger: its connections, its queue and its reader.</summary>
internal sealed class LedgerNode : IAsyncDisposable
{
    public LedgerNode(LedgerDatabase database, ILoggerFactory loggers)
    {
        Database = database;
        Queue = new CommitQueue(database, TimeProvider.System, loggers.CreateLogger<CommitQueue>());
        Reader = new LedgerReader(database);
        Operations = new OperationQueue(Reader, Queue);
        Sweeper = new HoldSweeper(database, Queue);
    }

    public LedgerDatabase Database { get; }

    public CommitQueue Queue { get; }

    public LedgerReader Reader { get; }

    public OperationQueue Operations { get; }

    public HoldSweeper Sweeper { get; }

    public Task<CommitResult> OperateAsync(Operation operation, Operator terms) =>
        Operations.OperateAsync(operation, terms, CancellationToken.None).WaitAsync(Eventually.Bound);

    public Task<CommitResult> AdviseAsync(Advice advice, Operator terms) =>
        Operations.AdviseAsync(advice, terms, CancellationToken.None).WaitAsync(Eventually.Bound);

    public async Task<AuthorisationHistory> HistoryOfAsync(Guid id) =>
        (await Reader.FindAuthorisationAsync(id, CancellationToken.None)).History!;

    public Task<CommitResult> AuthoriseAsync(Purchase purchase, Operator terms) =>
        Queue.AuthoriseAsync(purchase, terms, CancellationToken.None).WaitAsync(Eventually.Bound);

    public async ValueTask DisposeAsync()
    {
        await Queue.DisposeAsync();
        await Database.DisposeAsync();
    }
}
