using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Telemetry;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Authorisation.Ledger.Commit.UnderLock;

/// <summary>
/// Decides a batch of commands under the locks of their accounts and commits them in one transaction.
/// </summary>
/// <remarks>
/// Why it is right, whatever else runs. An account's row is locked before anything is read that the decision rests on,
/// and kept until the commit; so decisions on one account follow one another, on all servers, and each sees what the
/// one before it committed, and every change that an administrator committed before its moment; what its organisation is
/// like is read right after that moment, so a change committed in between counts already. The id is the primary key: of two
/// batches that decide it at once, one commits and the other meets 23505, runs again and finds it; so it is with the id
/// of an operation, and with the place of an operation among those of its authorisation, which holds even where the
/// authorisation is on no account that could be locked. There is no deadlock: accounts are locked in the order of their
/// ids, ids are inserted in order, and a batch that inserts has all its account locks. Nothing is answered before the
/// commit; when the connection is lost at the commit, the batch runs again, and the locks that it takes first make it
/// wait until the lost transaction is over, so that it finds the ids if they were committed and decides them if not.
/// Used by one lane, one call at a time.
/// </remarks>
internal sealed partial class UnderLockCommitter(
    LaneConnection connection,
    SnapshotMemory memory,
    LaneClock clock,
    Action<CommitItem> setAside,
    Action<BatchAnswers> answer,
    ILogger logger,
    LedgerMetrics? metrics = null,
    CommitWay way = CommitWay.Lock,
    bool isRehearsal = false)
{
    private static readonly TimeSpan[] WaitBeforeAttempt =
        [TimeSpan.Zero, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200)];

    private readonly UnderLockStatements _statements = new(connection, isRehearsal);

    private enum Recovery
    {
        RunAgain,
        RunAgainSkippingLocked,
        SetAside,
        Split,
        GiveUp,
    }

    /// <summary>Commits the items; each of them is answered, or set aside, when this returns. Never throws.</summary>
    /// <param name="items">At most <see cref="Limits.CommitBatchItemsMax"/>.</param>
    /// <param name="skipLocked">
    /// Whether accounts that others have locked are set aside without waiting for them.
    /// </param>
    public async Task CommitAsync(IReadOnlyList<CommitItem> items, bool skipLocked)
    {
        var began = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await RunAsync(items, skipLocked);
                return;
            }
            catch (Exception e)
            {
                await connection.RecoverAsync(SqlState.IsUnreachable(e));
                switch (RecoveryFrom(e, attempt, Stopwatch.GetElapsedTime(began), items.Count, skipLocked))
                {
                    case Recovery.RunAgain:
                        LogRunAgain(attempt, items.Count, e.Message);
                        await Task.Delay(WaitBeforeAttempt[Math.Min(attempt, WaitBeforeAttempt.Length) - 1]);
                        break;
                    case Recovery.RunAgainSkippingLocked:
                        skipLocked = true;
                        break;
                    case Recovery.SetAside:
                        setAside(items[0]);
                        return;
                    case Recovery.Split:
                        // Halving goes on until each item has its own transaction, so one bad item fails alone.
                        await CommitAsync([.. items.Take(items.Count / 2)], skipLocked);
                        await CommitAsync([.. items.Skip(items.Count / 2)], skipLocked);
                        return;
                    default:
                        FailAll(items, e);
                        return;
                }
            }
        }
    }

    private static Recovery RecoveryFrom(
        Exception exception, int attempt, TimeSpan elapsed, int items, bool skipLocked) =>
        exception switch
        {
            NotReplicatedException => Recovery.GiveUp,
            PostgresException { SqlState: SqlState.LockNotAvailable } when !skipLocked => Recovery.RunAgainSkippingLocked,
            // Locked accounts and months were skipped, so another session has been deciding this id for long.
            PostgresException { SqlState: SqlState.LockNotAvailable } => items > 1 ? Recovery.Split : Recovery.SetAside,
            // However long it took: another session has committed meanwhile, so the next read finds a settled state.
            PostgresException
            {
                SqlState: SqlState.UniqueViolation,
                ConstraintName: "authorisation_pkey" or "operation_pkey" or "operation_authorisation_id_ordinal_key",
            }
                when attempt < Limits.BatchAttemptsMax => Recovery.RunAgain,
            PostgresException { SqlState: SqlState.DeadlockDetected or SqlState.SerializationFailure }
                when attempt < Limits.BatchAttemptsMax => Recovery.RunAgain,
            _ when SqlState.IsUnreachable(exception) =>
                attempt < Limits.BatchAttemptsMax && elapsed < Limits.BatchRetryTime ? Recovery.RunAgain : Recovery.GiveUp,
            _ when items > 1 => Recovery.Split,
            _ => Recovery.GiveUp,
        };

    private async Task RunAsync(IReadOnlyList<CommitItem> items, bool skipLocked)
    {
        using var span = LedgerTraces.Begin("commit");
        span?.SetTag("authorisation.commit.way", LedgerMetrics.NameOf(way));
        var began = Stopwatch.GetTimestamp();
        var batch = new Batch(items);
        await _statements.BeginAsync(batch, skipLocked);

        var decided = new DecidedBatch(batch, _statements);
        await decided.ExpireLapsedAsync();
        List<CommitItem>? aside = null;
        foreach (var item in items)
        {
            if (!await decided.TryDecideAsync(item))
            {
                (aside ??= []).Add(item);
            }
        }

        clock.Observe(batch.Now);
        if (decided.HasWrites)
        {
            await _statements.WriteAsync(decided.Entries, decided.Operations, batch.Accounts);
            Remember(batch);
        }
        else if (decided.Answers.Count > 0)
        {
            await connection.EndUnchangedAsync();
        }
        else
        {
            await connection.RollbackAsync();
        }

        metrics?.Committed(way, decided.Answers.Count, began);
        aside?.ForEach(setAside);
        var answers = new BatchAnswers();
        foreach (var (item, result) in decided.Answers)
        {
            answers.Add(item, result with { Snapshot = batch.AccountOf(item).SnapshotAt(batch.Now, batch.MonthAt(item.Terms)) });
        }

        answer(answers);
    }

    // Of what was committed alone: a reading can have added a billing snapshot, which a rollback takes away again.
    private void Remember(Batch batch)
    {
        foreach (var item in batch.Items)
        {
            var account = batch.AccountOf(item);
            if (account.IsToRemember(batch.MonthAt(item.Terms)))
            {
                memory.Keep(account.Row!);
            }
        }
    }

    private void FailAll(IReadOnlyList<CommitItem> items, Exception exception)
    {
        var status = exception switch
        {
            NotReplicatedException => CommitStatus.NotReplicated,
            PostgresException postgres when SqlState.RefusesData(postgres.SqlState) => CommitStatus.DataRefused,
            System.Text.EncoderFallbackException => CommitStatus.DataRefused,
            _ when SqlState.IsBusy(exception) => CommitStatus.LedgerBusy,
            _ when SqlState.IsUnreachable(exception) => CommitStatus.LedgerUnreachable,
            _ => CommitStatus.Failed,
        };
        if (status == CommitStatus.LedgerUnreachable)
        {
            LogUnreachable(items.Count, exception.Message);
        }
        else if (status == CommitStatus.NotReplicated)
        {
            LogNotReplicated(items.Count, exception.Message);
        }
        else if (status == CommitStatus.Failed)
        {
            LogFailed(exception, items.Count);
        }
        else
        {
            LogGivenBack(items.Count, status, exception.Message);
        }

        var answers = new BatchAnswers();
        foreach (var item in items)
        {
            answers.Add(item, new CommitResult(status));
        }

        answer(answers);
    }

    [LoggerMessage(2001, LogLevel.Information, "A batch of {Items} runs again after attempt {Attempt}: {Reason}")]
    private partial void LogRunAgain(int attempt, int items, string reason);

    [LoggerMessage(2002, LogLevel.Warning, "Postgres is out of reach, {Items} purchases are answered UNAVAILABLE: {Reason}")]
    private partial void LogUnreachable(int items, string reason);

    [LoggerMessage(2003, LogLevel.Error, "A batch of {Items} purchases failed in a way that should not happen")]
    private partial void LogFailed(Exception exception, int items);

    [LoggerMessage(2004, LogLevel.Warning, "{Items} purchases were returned as {Status}: {Reason}")]
    private partial void LogGivenBack(int items, CommitStatus status, string reason);

    [LoggerMessage(2005, LogLevel.Error, "{Items} purchases are not answered, for want of a synchronous standby: {Reason}")]
    private partial void LogNotReplicated(int items, string reason);
}
