using System.Collections.Concurrent;
using System.Diagnostics;

namespace Authorisation.Admin.Jobs;

/// <summary>
/// For which operators the nights' work fails, so that each failure is logged once, and once more when it is over.
/// </summary>
/// <remarks>
/// Safe for any number of jobs: a job that the scheduler starts again each minute finds here what the one before it
/// left.
/// </remarks>
internal sealed class MonthEndFailures
{
    private readonly ConcurrentDictionary<int, Stopwatch> _failing = new();

    /// <summary>Whether this is the first failure of an operator's work since it went well.</summary>
    public bool Begins(int operatorId) => _failing.TryAdd(operatorId, Stopwatch.StartNew());

    /// <summary>For how long an operator's work failed that goes well now; null when it did not.</summary>
    public TimeSpan? Ends(int operatorId) => _failing.TryRemove(operatorId, out var since) ? since.Elapsed : null;
}
