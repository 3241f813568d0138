using Authorisation.Core;
using Authorisation.Ledger.Telemetry;

namespace Authorisation.Ledger.Commit.Queue;

/// <summary>
/// What a batch answers, when it is over. Used by one lane until it is sent, and then by work items that each have
/// their own part of it.
/// </summary>
internal sealed class BatchAnswers
{
    private const int TogetherMax = 64;

    private readonly List<(CommitItem Item, CommitResult Result)> _answers = [];
    private LedgerMetrics? _metrics;

    public void Add(CommitItem item, CommitResult result) => _answers.Add((item, result));

    /// <summary>The accounts that were answered about, as they are after the batch.</summary>
    public List<AccountSnapshot> Snapshots()
    {
        var snapshots = new List<AccountSnapshot>(_answers.Count);
        foreach (var (_, result) in _answers)
        {
            if (result.Snapshot is { } snapshot && (snapshots.Count == 0 || !ReferenceEquals(snapshots[^1], snapshot)))
            {
                snapshots.Add(snapshot);
            }
        }

        return snapshots;
    }

    /// <summary>
    /// Answers the callers on the thread pool, many in one work item: one work item for each would wake a thread for
    /// each, and answering on the lane would make the next batch wait.
    /// </summary>
    /// <param name="metrics">Counts the decisions, each before its caller is answered.</param>
    public void Send(LedgerMetrics? metrics)
    {
        _metrics = metrics;
        for (var from = 0; from < _answers.Count; from += TogetherMax)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static part => part.Answers.Tell(part.From, TogetherMax), (Answers: this, From: from), preferLocal: false);
        }
    }

    /// <summary>Answers all callers before it returns.</summary>
    public void Tell() => Tell(0, _answers.Count);

    private void Tell(int from, int count)
    {
        for (var i = from; i < Math.Min(from + count, _answers.Count); i++)
        {
            var (item, result) = _answers[i];
            if (result is { Status: CommitStatus.Decided, Entry: { } entry } && item.Command is Purchase && !item.IsRehearsal)
            {
                _metrics?.Decided(item.Terms, entry.DeclineReason);
            }

            item.Complete(result);
        }
    }
}
