using Authorisation.Core;
using Authorisation.Ledger.GroupCommit;

namespace Authorisation.Server.Authorise;

/// <summary>How long a caller is kept waiting that does not say how long it will.</summary>
internal static class DecisionTime
{
    /// <summary>Runs something, and gives it up after <see cref="Limits.DecisionTimeout"/>: then what became of it is unknown.</summary>
    public static async Task<CommitResult> BoundAsync(
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
            return new CommitResult(CommitStatus.LedgerUnreachable);
        }
    }
}
