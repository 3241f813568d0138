using System.Diagnostics;
using Authorisation.Ledger.Telemetry;

namespace Authorisation.Ledger.Commit.Queue;

/// <summary>The span of a batch, linked both ways with those of its commands that are recorded.</summary>
internal static class BatchTrace
{
    /// <summary>Begins the span, as the current one; null when none of the commands is recorded.</summary>
    /// <param name="batch">The commands.</param>
    /// <param name="again">How many of them, the first, were in a batch before.</param>
    public static Activity? Begin(List<CommitItem> batch, int again = 0)
    {
        if (!batch.Exists(static item => item.Trace is not null)
            || LedgerTraces.BeginBatch(batch.Select(static item => item.Trace).OfType<Activity>()) is not { } span)
        {
            return null;
        }

        span.SetTag("authorisation.batch.size", batch.Count);
        var now = Stopwatch.GetTimestamp();
        foreach (var item in batch.Skip(again))
        {
            if (item.Trace is { } command)
            {
                LedgerTraces.AddWait(command, span, Stopwatch.GetElapsedTime(item.AddedAt, now));
            }
        }

        return span;
    }
}
