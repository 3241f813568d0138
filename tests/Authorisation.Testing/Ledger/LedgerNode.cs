using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Commit;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Operations;
using Authorisation.Ledger.Reads;
using Microsoft.Extensions.Logging;

namespace Authorisation.Testing.Ledger;

/// <summary>What one server has of the ledger: its connections, its queue and its reader.</summary>
public sealed class LedgerNode : IAsyncDisposable
{
    /// <summary>Begins to take commands.</summary>
    public LedgerNode(LedgerDatabase database, ILoggerFactory loggers)
    {
        Database = database;
        Queue = new CommitQueue(database, TimeProvider.System, loggers.CreateLogger<CommitQueue>());
        Reader = new LedgerReader(database);
        Operations = new OperationQueue(Reader, Queue);
        Sweeper = new HoldSweeper(database, Queue);
    }

    /// <summary>Its connections.</summary>
    public LedgerDatabase Database { get; }

    /// <summary>Where commands wait.</summary>
    public CommitQueue Queue { get; }

    /// <summary>What it reads with.</summary>
    public LedgerReader Reader { get; }

    /// <summary>Where operations and advices wait.</summary>
    public OperationQueue Operations { get; }

    /// <summary>What expires holds.</summary>
    public HoldSweeper Sweeper { get; }

    /// <summary>Asks for an operation.</summary>
    public Task<CommitResult> OperateAsync(Operation operation, Operator terms) =>
        Operations.OperateAsync(operation, terms, CancellationToken.None).WaitAsync(Eventually.Bound);

    /// <summary>Reports what a device sold out of reach.</summary>
    public Task<CommitResult> AdviseAsync(Advice advice, Operator terms) =>
        Operations.AdviseAsync(advice, terms, CancellationToken.None).WaitAsync(Eventually.Bound);

    /// <summary>What an authorisation is now.</summary>
    public async Task<AuthorisationHistory> HistoryOfAsync(Guid id) =>
        (await Reader.FindAuthorisationAsync(id, CancellationToken.None)).History!;

    /// <summary>Asks for a purchase.</summary>
    public Task<CommitResult> AuthoriseAsync(Purchase purchase, Operator terms) =>
        Queue.AuthoriseAsync(purchase, terms, CancellationToken.None).WaitAsync(Eventually.Bound);

    /// <summary>Asks for a purchase, with its id again while its account is locked, as clients do.</summary>
    public Task<CommitResult> AuthoriseUntilSettledAsync(Purchase purchase, Operator terms) =>
        UntilSettledAsync(() => AuthoriseAsync(purchase, terms));

    /// <summary>Asks for an operation, with its id again while its account is locked, as clients do.</summary>
    public Task<CommitResult> OperateUntilSettledAsync(Operation operation, Operator terms) =>
        UntilSettledAsync(() => OperateAsync(operation, terms));

    /// <summary>Reports a sale, again while its account is locked, as clients do.</summary>
    public Task<CommitResult> AdviseUntilSettledAsync(Advice advice, Operator terms) =>
        UntilSettledAsync(() => AdviseAsync(advice, terms));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Queue.DisposeAsync();
        await Database.DisposeAsync();
    }

    // On a busy machine others may hold an account for longer than it is waited for.
    private static async Task<CommitResult> UntilSettledAsync(Func<Task<CommitResult>> ask)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (answer.Status != CommitStatus.AccountLocked || Stopwatch.GetElapsedTime(began) > 2 * Eventually.Bound)
            {
                return answer;
            }
        }
    }
}
