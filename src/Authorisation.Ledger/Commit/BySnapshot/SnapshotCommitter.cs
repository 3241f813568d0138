using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Commit.UnderLock;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Telemetry;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Authorisation.Ledger.Commit.BySnapshot;

/// <summary>
/// Commits a batch by snapshot as far as that goes, in one round trip, and the rest under lock. What was decided on an
/// old copy is decided again in the next batch, once.
/// </summary>
/// <remarks>
/// Why it is right although copies may be old. An entry is inserted only if its account's version was still the copy's
/// while the account was locked (or, for a decline, at one moment): whatever a decision looks at raises the version
/// when it changes, so the account was as the copy says, and the rule is pure. A change to all accounts of an
/// organisation raises the organisation's version instead, which is checked after the clock is read: a change that was
/// committed before the moment of decision fails the whole statement, and the batch is decided under lock. The month is
/// the decided one at the moment of decision, and not closed, or nothing is written. An id that was seen before,
/// anywhere, fails the whole statement on the primary key; then, as after any failure, the batch is decided under lock,
/// which also settles what a lost connection left open. Why it is right to decide a purchase again. The statement has
/// ended and wrote nothing for it, so it is as if it had not been decided. The old copy is forgotten; the next batch
/// reads the account afresh, on the session that it commits on, and compares the version as always. Requeued purchases
/// come first, and all purchases of an account go the same way, so that nothing on the account overtakes them: neither
/// what arrives later, nor what goes under lock. A purchase is requeued once. If its copy is old again, it goes under
/// lock with everything that the batch has on its account, so that an account that others write all the time delays its
/// callers by one batch at most. Failures are handled as always: a batch with requeued purchases that fails is decided
/// under lock as a whole. A batch that was refused as a whole, for the month or the standby, goes under lock at once,
/// as no newer copy would help. Used by one lane, one call at a time.
/// </remarks>
internal sealed partial class SnapshotCommitter(
    LaneConnection connection,
    UnderLockCommitter underLock,
    SnapshotMemory memory,
    LaneClock clock,
    Action<BatchAnswers> answer,
    ILogger logger,
    LedgerMetrics? metrics = null,
    bool isRehearsal = false)
{
    private readonly CopyStatements _copies = new(connection);
    private readonly SnapshotStatement _bySnapshot = new(connection, isRehearsal);
    private readonly SpentBudgets _spentBudgets = new();
    private readonly RecentIds _recent = new(Limits.RecentIdsMax);
    private int _session;
    private long _committed;

    /// <summary>How many purchases were committed by snapshot; may be asked by anybody.</summary>
    public long Committed => Interlocked.Read(ref _committed);

    /// <summary>
    /// Commits the items; each is answered, or set aside, when this returns, or returned: these must come first in the
    /// next batch, which then answers them or sets them aside. Never throws.
    /// </summary>
    public async Task<IReadOnlyList<CommitItem>> CommitAsync(IReadOnlyList<CommitItem> items)
    {
        var rest = items;
        IReadOnlyList<CommitItem> again = [];
        var skipLocked = false;
        try
        {
            (rest, again) = await CommitWhatIsTrueAsync(items);
        }
        catch (Exception e)
        {
            Log(items.Count, e);
            if (e is PostgresException { SqlState: SqlState.BudgetSpent })
            {
                _spentBudgets.Note(items, memory);
            }

            // The lock has been waited for once; the neighbours need not wait for it again.
            skipLocked = e is PostgresException { SqlState: SqlState.LockNotAvailable };
            if (e is not PostgresException || SqlState.IsUnreachable(e))
            {
                await connection.RecoverAsync(SqlState.IsUnreachable(e));
            }
        }

        if (rest.Count > 0)
        {
            await underLock.CommitAsync(rest, skipLocked);
        }

        foreach (var item in rest)
        {
            _recent.Add(item.Command.AuthorisationId);
        }

        return again;
    }

    /// <summary>
    /// Commits and answers what can be decided on copies that are still true; returns what becomes of the rest.
    /// </summary>
    private async Task<(IReadOnlyList<CommitItem> UnderLock, IReadOnlyList<CommitItem> Again)> CommitWhatIsTrueAsync(IReadOnlyList<CommitItem> items)
    {
        await connection.OpenAsync();
        if (connection.Sessions != _session)
        {
            // It may be another Postgres now, without the last commits of the former one: there, a version that a copy
            // has can occur again with other content.
            memory.Clear();
            _session = connection.Sessions;
        }

        var batch = new SnapshotBatch(items, memory, _recent, _spentBudgets);
        await CopyUnrememberedAsync(batch);
        await FollowNamesAsync(batch);
        batch.Decide(clock);
        if (batch.Accounts.Count > 0)
        {
            using var span = LedgerTraces.Begin("commit");
            span?.SetTag("authorisation.commit.way", LedgerMetrics.NameOf(CommitWay.Snapshot));
            var began = Stopwatch.GetTimestamp();
            var found = await _bySnapshot.ExecuteAsync(batch);
            clock.Observe(found.SpentAt);
            Answer(batch, found, began);
        }

        return (batch.UnderLock, batch.Again);
    }

    /// <summary>Reads the accounts that are not remembered but could be decided on by snapshot, in one go.</summary>
    private async Task CopyUnrememberedAsync(SnapshotBatch batch)
    {
        if (batch.Unremembered() is { Count: > 0 } unremembered)
        {
            await _copies.LoadAsync(unremembered, (account, now) =>
            {
                memory.Keep(account);
                batch.Copy(account.Instrument, account);
                clock.Observe(now);
            });
        }
    }

    /// <summary>
    /// Reads, in one statement, the current billing snapshots of the copies whose organisation was renamed.
    /// </summary>
    private async Task FollowNamesAsync(SnapshotBatch batch)
    {
        if (batch.WithOldNames() is { Count: > 0 } old)
        {
            var inForce = await _copies.FollowNamesAsync(old);
            for (var i = 0; i < old.Count; i++)
            {
                var followed = inForce[i] is { } billingSnapshotId ? old[i].With(billingSnapshotId) : null;
                batch.Copy(old[i].Instrument, followed);
                if (followed is not null)
                {
                    memory.Keep(followed);
                }
                else
                {
                    memory.Forget(old[i].Instrument);
                }
            }
        }
    }

    private void Answer(SnapshotBatch batch, SnapshotAnswer found, long began)
    {
        if (!found.IsAllowed)
        {
            batch.AllUnderLock();
            return;
        }

        var answers = new BatchAnswers();
        var committed = 0;
        foreach (var account in batch.Accounts)
        {
            if (!found.IsTrue(account))
            {
                memory.Forget(account.Instrument);
                batch.Requeue(account);
                continue;
            }

            var decidedAt = found.DecidedAt(account);
            memory.Keep(account.After!);
            committed += account.Decisions.Count;
            var snapshot = new AccountSnapshot(account.After!, decidedAt);
            foreach (var decision in account.Decisions)
            {
                var entry = decision.Outcome!.Entry! with { DecidedAt = decidedAt };
                _recent.Add(entry.Purchase.Id);
                answers.Add(decision.Item, new CommitResult(CommitStatus.Decided)
                {
                    Entry = entry,
                    Credit = Credit.Of(decision.After!, entry.CreditMonth, decidedAt, decision.Item.Terms.TimeZone),
                    Snapshot = snapshot,
                });
            }
        }

        Interlocked.Add(ref _committed, committed);
        metrics?.Committed(CommitWay.Snapshot, committed, began);
        answer(answers);
    }

    private void Log(int items, Exception exception)
    {
        if (exception is PostgresException postgres && !IsExpected(postgres.SqlState))
        {
            LogUnexpected(exception, items);
        }
        else
        {
            LogUnderLock(items, exception.Message);
        }
    }

    private static bool IsExpected(string state) =>
        state is SqlState.UniqueViolation or SqlState.LockNotAvailable or SqlState.DeadlockDetected or SqlState.SerializationFailure
            or SqlState.BudgetSpent
        || SqlState.RefusesData(state) || SqlState.IsUnreachable(state);

    [LoggerMessage(2101, LogLevel.Debug, "A batch of {Items} by snapshot is decided again under lock: {Reason}")]
    private partial void LogUnderLock(int items, string reason);

    // The purchases get their decisions all the same, but each batch twice the work.
    [LoggerMessage(2102, LogLevel.Error, "A batch of {Items} by snapshot failed unexpectedly and is decided again under lock")]
    private partial void LogUnexpected(Exception exception, int items);
}
