using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Server.Following;

namespace Authorisation.Server.Decisions;

/// <summary>How long a caller is kept waiting that does not say how long it will.</summary>
/// <remarks>Safe for any number of callers: it keeps no state.</remarks>
public sealed class DecisionTime(LedgerWatch watch)
{
    /// <summary>
    /// The error for a decision that took too long: the ledger is unreachable, if it is, and otherwise busy.
    /// </summary>
    public CommitResult GivenUp =>
        new(watch.HasAnsweredLately ? CommitStatus.LedgerBusy : CommitStatus.LedgerUnreachable);

    /// <summary>
    /// Runs something, and gives it up after <see cref="Limits.DecisionTimeout"/>: then what became of it is unknown.
    /// </summary>
    public async Task<CommitResult> BoundAsync(
        Func<CancellationToken, Task<CommitResult>> run, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Limits.DecisionTimeout);
        try
        {
            return await run(bounded.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return GivenUp;
        }
    }
}
