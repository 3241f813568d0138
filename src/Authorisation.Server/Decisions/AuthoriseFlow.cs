using Authorisation.Core;
using Authorisation.Ledger.Commit;
using Authorisation.Ledger.Commit.Queue;

namespace Authorisation.Server.Decisions;

/// <summary>
/// The way of one purchase behind the edge: into the ledger's queue, and no longer than is good for the caller.
/// </summary>
public sealed class AuthoriseFlow(CommitQueue queue, DecisionTime time)
{
    /// <summary>The error of one purchase on a stream that is given up.</summary>
    public CommitResult GivenUp => time.GivenUp;

    /// <summary>
    /// Decides and commits a purchase. What comes back was committed before, and the queue has let the cache know, so
    /// that a later read through this server sees it.
    /// </summary>
    /// <param name="purchase">What is asked; valid.</param>
    /// <param name="terms">The terms of the caller's operator.</param>
    /// <param name="hasDeadline">
    /// Whether the caller bounds the wait; else <see cref="Limits.DecisionTimeout"/> does.
    /// </param>
    /// <param name="cancellationToken">The caller's deadline passed, or the caller went away.</param>
    public Task<CommitResult> AuthoriseAsync(
        Purchase purchase, Operator terms, bool hasDeadline, CancellationToken cancellationToken) => hasDeadline
        ? queue.AuthoriseAsync(purchase, terms, cancellationToken)
        : time.BoundAsync(bound => queue.AuthoriseAsync(purchase, terms, bound), cancellationToken);

    /// <summary>
    /// The same for one of many purchases on a stream, which bounds its wait by <see cref="Limits.DecisionTimeout"/>
    /// itself.
    /// </summary>
    public void Authorise(Purchase purchase, Operator terms, ICommitReceiver receiver) =>
        queue.Authorise(purchase, terms, receiver);
}
