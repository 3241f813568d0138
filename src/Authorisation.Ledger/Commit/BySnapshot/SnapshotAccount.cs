using Authorisation.Core;
using Authorisation.Ledger.Rows;

namespace Authorisation.Ledger.Commit.BySnapshot;

/// <summary>One account of a batch that is decided on a copy: the copy, and what has been decided on it.</summary>
internal sealed class SnapshotAccount(Instrument instrument)
{
    public Instrument Instrument { get; } = instrument;

    /// <summary>The copy; <see langword="null"/> when there is none.</summary>
    public LedgerAccount? Before { get; private set; }

    /// <summary>The copy with what was spent on it.</summary>
    public CreditAccount? After { get; set; }

    /// <summary>Whether anything must be read that a copy does not contain.</summary>
    public bool NeedsLock { get; set; }

    /// <summary>Whether the batch before had purchases of it that were decided on an old copy.</summary>
    public bool WasOld { get; set; }

    /// <summary>Which bit of the statement's answer says whether the copy was still true.</summary>
    public int Place { get; set; }

    public List<SnapshotDecision> Decisions { get; } = [];

    public bool IsSpentOn => !ReferenceEquals(Before, After);

    /// <summary>Takes a copy to decide on, before anything is decided.</summary>
    public void Copy(LedgerAccount? account) => After = Before = account;
}
