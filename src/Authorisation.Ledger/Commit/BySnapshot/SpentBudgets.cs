using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Commit.Queue;

namespace Authorisation.Ledger.Commit.BySnapshot;

/// <summary>
/// The organisations of which a purchase was too much for a budget lately. Their purchases are decided under lock for a
/// while, each by itself: by snapshot, one of them would fail the batch of all. Used by one lane at a time.
/// </summary>
internal sealed class SpentBudgets
{
    private readonly Dictionary<Guid, long> _notedAt = [];

    /// <summary>Notes the organisations with budgets of a batch that failed for one.</summary>
    public void Note(IReadOnlyList<CommitItem> items, SnapshotMemory memory)
    {
        foreach (var item in items)
        {
            if (memory.Find(item.Instrument) is { Organisation.HasBudgets: true } account)
            {
                _notedAt[account.OrganisationId] = Stopwatch.GetTimestamp();
            }
        }
    }

    /// <summary>Whether an organisation was noted less than <see cref="Limits.BudgetSpentTime"/> ago.</summary>
    public bool Has(Guid organisation)
    {
        if (_notedAt.Count == 0 || !_notedAt.TryGetValue(organisation, out var at))
        {
            return false;
        }

        var isRecent = Stopwatch.GetElapsedTime(at) < Limits.BudgetSpentTime;
        if (!isRecent)
        {
            _notedAt.Remove(organisation);
        }

        return isRecent;
    }
}
