using Authorisation.Core;
using Authorisation.Ledger.GroupCommit;
using Microsoft.Extensions.Logging;

namespace Authorisation.Ledger.BySnapshot;

/// <summary>
/// Commits a batch by snapshot as far as that goes, in one round trip, and the rest under lock.
/// </summary>
/// <remarks>
/// Why it is right although copies may be old. An entry is inserted only if its account's version was still the copy's
/// while the account was locked (or, for a decline, at one moment): whatever a decision looks at raises the version
/// when it changes, so the account was then what the copy says, and the rule is pure. The month is the decided one at
/// the moment of decision, or nothing is written. An id that was seen before, anywhere, fails the whole statement on
/// the primary key; then, as after any failure, the batch is decided under lock, which also settles what a lost
/// connection left open. Used by one lane, one call at a time.
/// </remarks>
internal sealed partial class SnapshotCommitter(
    LaneConnection connection, BatchCommitter underLock, SnapshotMemory memory, LaneClock clock, ILogger logger)
{
    private readonly RecentIds _recent = new(Limits.RecentIdsMax);
    private long _committed;

    /// <summary>How many purchases were committed by snapshot; may be asked by anybody.</summary>
    public long Committed => Interlocked.Read(ref _committed);

    /// <summary>Commits the items; each is completed, or set aside, when this returns. Never throws.</summary>
    public async Task CommitAsync(IReadOnlyList<CommitItem> items)
    {
        var batch = new SnapshotBatch(items, memory, _recent, clock);
        if (batch.Accounts.Count > 0)
        {
            try
            {
                var (places, decidedAt) = await connection.CommitBySnapshotAsync(batch);
                clock.Tell(decidedAt);
                Answer(batch, places, decidedAt);
            }
            catch (Exception e)
            {
                LogUnderLock(items.Count, e.Message);
                await connection.RecoverAsync(SqlState.IsUnreachable(e));
                batch.UnderLock.Clear();
                batch.UnderLock.AddRange(items);
            }
        }

        if (batch.UnderLock.Count > 0)
        {
            await underLock.CommitAsync(batch.UnderLock, skipLocked: false);
        }

        foreach (var item in items)
        {
            _recent.Add(item.Purchase.Id);
        }
    }

    private void Answer(SnapshotBatch batch, string places, DateTimeOffset decidedAt)
    {
        foreach (var account in batch.Accounts)
        {
            if (places[account.Place] != '1')
            {
                memory.Forget(account.Instrument);
                batch.UnderLock.AddRange(account.Decisions.Select(decision => decision.Item));
                continue;
            }

            memory.Keep(account.After!);
            Interlocked.Add(ref _committed, account.Decisions.Count);
            var snapshot = new AccountSnapshot(account.After!, decidedAt);
            foreach (var decision in account.Decisions)
            {
                var entry = decision.Outcome!.Entry! with { DecidedAt = decidedAt };
                decision.Item.Complete(new CommitResult(CommitStatus.Decided)
                {
                    Entry = entry,
                    Credit = Credit.Of(decision.After!, entry.CreditMonth),
                    Snapshot = snapshot,
                });
            }
        }
    }

    [LoggerMessage(2101, LogLevel.Debug, "A batch of {Items} by snapshot is decided again under lock: {Reason}")]
    private partial void LogUnderLock(int items, string reason);
}
