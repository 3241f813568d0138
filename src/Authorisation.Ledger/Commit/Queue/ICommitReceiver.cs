using System.Diagnostics;

namespace Authorisation.Ledger.Commit.Queue;

/// <summary>
/// Receives the result of one purchase by callback instead of a task: for callers that have many purchases under way.
/// Called from several threads.
/// </summary>
public interface ICommitReceiver
{
    /// <summary>True when no caller waits any more; work that has not begun can then be skipped.</summary>
    bool IsAbandoned { get; }

    /// <summary>The span of the purchase; null when none is recorded.</summary>
    Activity? Trace => null;

    /// <summary>
    /// Takes the result, on the thread pool and soon: others wait behind it. May be called when the purchase has been
    /// abandoned; it then has no effect.
    /// </summary>
    void Receive(CommitResult result);
}
