using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;

namespace Authorisation.Ledger.Commit.BySnapshot;

/// <summary>One purchase of a batch, and what was decided on the copy of its account.</summary>
internal sealed class SnapshotDecision(CommitItem item)
{
    public CommitItem Item { get; } = item;

    public Outcome? Outcome { get; set; }

    /// <summary>The account right after this decision.</summary>
    public CreditAccount? After { get; set; }
}
