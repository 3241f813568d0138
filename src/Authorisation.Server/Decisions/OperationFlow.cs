using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Operations;

namespace Authorisation.Server.Decisions;

/// <summary>The way of an operation or an advice behind the edge, for no longer than is good for the caller.</summary>
public sealed class OperationFlow(OperationQueue queue, DecisionTime time)
{
    /// <summary>Decides and commits an operation. What comes back was committed before.</summary>
    /// <param name="operation">What is asked; valid.</param>
    /// <param name="terms">The terms of the caller's operator.</param>
    /// <param name="cancellationToken">The caller's deadline passed, or the caller went away.</param>
    public Task<CommitResult> OperateAsync(Operation operation, Operator terms, CancellationToken cancellationToken) =>
        time.BoundAsync(bound => queue.OperateAsync(operation, terms, bound), cancellationToken);

    /// <summary>Records what a device sold out of reach. What comes back was committed before.</summary>
    /// <param name="advice">What was sold; valid.</param>
    /// <param name="terms">The terms of the caller's operator.</param>
    /// <param name="cancellationToken">The caller's deadline passed, or the caller went away.</param>
    public Task<CommitResult> AdviseAsync(Advice advice, Operator terms, CancellationToken cancellationToken) =>
        time.BoundAsync(bound => queue.AdviseAsync(advice, terms, bound), cancellationToken);
}
