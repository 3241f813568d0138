using Authorisation.Cache;
using Authorisation.Core;
using Authorisation.Ledger.GroupCommit;

namespace Authorisation.Server.Authorise;

/// <summary>The way of one purchase behind the edge: hand it to the ledger, let the cache know, answer.</summary>
public sealed class AuthoriseFlow(CommitQueue queue, CreditSnapshotCache cache)
{
    /// <summary>
    /// Decides and commits a purchase. What comes back was committed before; the cache has been sent the account's new
    /// state, so that a later read through this server sees it.
    /// </summary>
    /// <param name="purchase">What is asked; valid.</param>
    /// <param name="terms">The terms of the caller's operator.</param>
    /// <param name="hasDeadline">Whether the caller bounds the wait; else <see cref="Limits.DecisionTimeout"/> does.</param>
    /// <param name="cancellationToken">The caller's deadline passed, or the caller went away.</param>
    public async Task<CommitResult> AuthoriseAsync(
        Purchase purchase, Operator terms, bool hasDeadline, CancellationToken cancellationToken)
    {
        var result = hasDeadline
            ? await queue.AuthoriseAsync(purchase, terms, cancellationToken)
            : await AuthoriseInTimeAsync(purchase, terms, cancellationToken);
        if (result.Snapshot is { } snapshot)
        {
            cache.Write(snapshot);
        }

        return result;
    }

    private async Task<CommitResult> AuthoriseInTimeAsync(
        Purchase purchase, Operator terms, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Limits.DecisionTimeout);
        try
        {
            return await queue.AuthoriseAsync(purchase, terms, bounded.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CommitResult(CommitStatus.LedgerUnreachable);
        }
    }
}
