namespace Authorisation.Ledger.Commit.BySnapshot;

/// <summary>What <c>by_snapshot.sql</c> answers.</summary>
/// <param name="Places">For each account's place '1' when its copy was still true.</param>
/// <param name="IsAllowed">
/// Whether anything could be written: within the months decided for, none of them closed, and with the standby that is
/// required.
/// </param>
/// <param name="SpentAt">The moment of decision on accounts that something is spent on: after all locks.</param>
/// <param name="LookedAt">The moment of decision on accounts that only decline: before the locks.</param>
internal readonly record struct SnapshotAnswer(string Places, bool IsAllowed, DateTimeOffset SpentAt, DateTimeOffset LookedAt)
{
    public bool IsTrue(SnapshotAccount account) => Places[account.Place] == '1';

    public DateTimeOffset DecidedAt(SnapshotAccount account) => account.IsSpentOn ? SpentAt : LookedAt;
}
