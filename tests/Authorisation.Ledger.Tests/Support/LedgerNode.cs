using Authorisation.Core;
using Authorisation.Ledger.GroupCommit;
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
    }

    public LedgerDatabase Database { get; }

    public CommitQueue Queue { get; }

    public LedgerReader Reader { get; }

    public Task<CommitResult> AuthoriseAsync(Purchase purchase, Operator terms) =>
        Queue.AuthoriseAsync(purchase, terms, CancellationToken.None).WaitAsync(Eventually.Bound);

    public async ValueTask DisposeAsync()
    {
        await Queue.DisposeAsync();
        await Database.DisposeAsync();
    }
}
