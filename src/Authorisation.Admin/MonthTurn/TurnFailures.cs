using System.Collections.Concurrent;
using System.Diagnostics;

namespace Authorisation.Admin.MonthTurn;

/// <summary>
/// For which operators the nights' work fails, and how, so that each kind of failure is told once, and once more when it is over.
/// </summary>
/// <remarks>Safe for any number of jobs: one that the scheduler starts anew each minute finds here what the one before it left.</remarks>
internal sealed class TurnFailures
{
    private readonly ConcurrentDictionary<int, (Stopwatch Since, Type Kind)> _failing = new();

    /// <summary>Whether this is the first failure of its kind of an operator's work since it went well, or failed otherwise.</summary>
    public bool Begins(int operatorId, Exception failure)
    {
        var before = _failing.GetValueOrDefault(operatorId);
        _failing[operatorId] = (before.Since ?? Stopwatch.StartNew(), failure.GetType());
        return before.Kind != failure.GetType();
    }

    /// <summary>For how long an operator's work failed that goes well now; null when it did not.</summary>
    public TimeSpan? Ends(int operatorId) => _failing.TryRemove(operatorId, out var failing) ? failing.Since.Elapsed : null;
}
