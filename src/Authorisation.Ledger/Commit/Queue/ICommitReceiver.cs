using System.Diagnostics;

namespace Authorisation.Ledger.Commit.Queue;

/// <summary>
/// Who waits for the result of one purchase without a task of its own: for callers that have many purchases on the way.
/// Called from several threads.
/// </summary>
public interface ICommitReceiver
{
    /// <summary>True when nobody waits any more; what has not been begun then need not be.</summary>
    bool IsAbandoned { get; }

    /// <summary>The span of the purchase; null when none is recorded.</summary>
    Activity? Trace => null;

    /// <summary>
    /// Takes the result, on the thread pool and soon: others wait behind it. May be called when the purchase has been
    /// abandoned; it then has no effect.
    /// </summary>
    void Receive(CommitResult result);
}
