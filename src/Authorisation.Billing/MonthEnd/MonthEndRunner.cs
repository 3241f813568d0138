using System.Diagnostics;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Authorisation.Billing.MonthEnd;

/// <summary>
/// Does the nights' work of an operator: all that is due and not done, in the order of the nights.
/// </summary>
/// <remarks>
/// Safe to run from any number of hosts: an advisory lock of the session lets one at a time work for an operator, and
/// all its work is done on that session, so that a host which lost the lock has lost the means to write as well. Each
/// piece of work is one transaction together with the place that it moves the run to, and only from the place that it
/// was read at: a kill at any moment loses a piece that was not committed, and a second run finds nothing to do. Pieces
/// are small, and between them it rests, so that purchases have the machine; it locks no account and no row that a
/// purchase needs, apart from the closed month's own lock for the moment of closing.
/// </remarks>
internal sealed partial class MonthEndRunner(
    ControlDatabase database,
    Reconciliation reconciliation,
    MakeInvoices makeInvoices,
    SubscriptionMonthsStep subscriptions,
    ErasureStep erasure,
    MonthEndSettings settings,
    TimeProvider time,
    ILogger<MonthEndRunner> logger)
{
    /// <summary>"turn" in ASCII; with the operator's id, the advisory lock of the host that does its work.</summary>
    private const long MonthEndLock = 0x7475_726e_0000_0000;

    /// <summary>
    /// Locks the nights' work of an operator until the transaction ends; false when another session is doing it.
    /// </summary>
    public static Task<bool> TryKeepOutAsync(NpgsqlConnection db, int operatorId) => db.QuerySingleAsync<bool>(
        "select pg_try_advisory_xact_lock(@key)", new { key = MonthEndLock + operatorId });

    /// <summary>Does what is due at an operator; nothing when another host holds the lock.</summary>
    /// <exception cref="NpgsqlException">
    /// The database is away or refused something: what is left is done by the next run.
    /// </exception>
    public async Task RunAsync(int operatorId, CancellationToken stop)
    {
        await using var db = await database.OpenAsync(stop);
        if (!await db.QuerySingleAsync<bool>("select pg_try_advisory_lock(@key)", new { key = MonthEndLock + operatorId }))
        {
            LogElsewhere(operatorId);
            return;
        }

        try
        {
            var clocks = await ClockState.ReadAsync(db, time);
            if (clocks.Trouble is { } trouble)
            {
                LogTrouble(operatorId, trouble);
                return;
            }

            var (terms, isSteady) = (await OperatorTerms.GetAsync(db, operatorId), clocks.IsSteadyFor(settings.SteadyTime));
            await WorkAsync(db, terms, isSteady, stop);
            if (isSteady)
            {
                await erasure.RunAsync(db, terms, stop);
            }
        }
        finally
        {
            if (db.FullState.HasFlag(System.Data.ConnectionState.Open))
            {
                await db.ExecuteAsync("select pg_advisory_unlock(@key)", new { key = MonthEndLock + operatorId });
            }
        }
    }

    // Until the clocks have been watched for a while, only what a person asked for is done.
    private async Task WorkAsync(NpgsqlConnection db, OperatorTerms terms, bool isSteady, CancellationToken stop)
    {
        if (isSteady)
        {
            await subscriptions.RunAsync(db, terms, until: null, stop);
            await PlanAsync(db, terms, stop);
        }

        var undone = await MonthEndRun.UndoneAsync(db, terms.Id);
        if (!isSteady && undone.LastOrDefault(static run => run is { AskedAt: not null, Month: not null }) is { } asked)
        {
            // Who asks for a month's end says that it is over, and so that the one after it has begun.
            await subscriptions.RunAsync(db, terms, asked.ClosedMonth.Next, stop);
        }

        foreach (var run in undone)
        {
            var mayBegin = isSteady || run.AskedAt is not null || run.Step > MonthEndStep.Closing;
            // What is not closed holds up the nights after it: the clock that they go by is what is in doubt.
            if (!mayBegin || await WorkAsync(db, terms, run, stop) is { State: MonthEndState.Waiting, Step: <= MonthEndStep.Closing })
            {
                return;
            }
        }
    }

    /// <summary>
    /// Records the nights that have work. Just before midnight it waits for it: this host's clock may be ahead.
    /// </summary>
    private async Task PlanAsync(NpgsqlConnection db, OperatorTerms terms, CancellationToken stop)
    {
        var zone = terms.Zone;
        var now = await ControlDatabase.NowAsync(db);
        var tomorrow = TimeZoneInfo.ConvertTime(now, zone).Date.AddDays(1);
        var midnight = new DateTimeOffset(tomorrow, zone.GetUtcOffset(tomorrow));
        if (midnight - now <= Limits.TurnAheadMax)
        {
            await Task.Delay(midnight - now, time, stop);
            now = await ControlDatabase.NowAsync(db);
        }

        // What is due is known once a night; before the first closing, looking for the first month with rows asks each
        // account.
        if (await MonthEndRun.IsAllDoneAsync(db, terms.Id, LocalDay.Of(now, zone), CreditMonth.Of(now, zone)))
        {
            return;
        }

        await using var transaction = await db.BeginTransactionAsync(stop);
        foreach (var night in NightlyRun.Due(now, zone, await Closing.FirstOpenAsync(db, terms.Id, stop)))
        {
            await MonthEndRun.AddAsync(db, terms.Id, night);
        }

        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>Works at a run until it is done or waits; answers how it then stands.</summary>
    private async Task<MonthEndRun> WorkAsync(NpgsqlConnection db, OperatorTerms terms, MonthEndRun run, CancellationToken stop)
    {
        if (run.State != MonthEndState.Waiting)
        {
            LogBegins(terms.Code, run.Night, run.Step);
        }

        var told = Stopwatch.StartNew();
        var work = new Stopwatch();
        while (run.State != MonthEndState.Done)
        {
            stop.ThrowIfCancellationRequested();
            // What was waited for is no work to rest from.
            var holdsLeft = run.Step == MonthEndStep.Holds ? await AwaitExpiriesAsync(db, terms, stop) : 0;
            work.Restart();
            var next = await StepAsync(db, terms, run, holdsLeft, stop);
            if (next.State == MonthEndState.Waiting)
            {
                if (run.State != MonthEndState.Waiting)
                {
                    LogWaits(terms.Code, next.Night, next.Step);
                }

                return next;
            }

            if (next.Step != run.Step || told.Elapsed >= Limits.MonthEndProgressInterval)
            {
                LogProgress(
                    terms.Code, next.Night, next.Step, next.Statements, next.SealedRows, next.AccountsChecked, next.Invoices);
                told.Restart();
            }

            run = next;
            await Task.Delay(settings.RestAfter(work.Elapsed), time, stop);
        }

        LogDone(
            terms.Code, run.Night, run.Statements, run.SealedRows, run.Invoices, run.AccountsChecked, run.Differences);
        return run;
    }

    /// <summary>Does one piece of the work, and commits it with the place after it.</summary>
    private async Task<MonthEndRun> StepAsync(NpgsqlConnection db, OperatorTerms terms, MonthEndRun run, long holdsLeft, CancellationToken stop)
    {
        await using var transaction = await db.BeginTransactionAsync(stop);
        var (next, findings) = await DoAsync(db, terms, run, holdsLeft, stop);
        await Finding.AddAsync(db, run, findings, Limits.MonthEndFindingsMax);
        await next.SaveAsync(db, run);
        await transaction.CommitAsync(CancellationToken.None);
        foreach (var finding in findings)
        {
            LogFinding(terms.Code, run.Night, finding.Kind, finding.Subject, finding.Expected, finding.Found);
        }

        return next;
    }

    private async Task<(MonthEndRun MonthEndRun, IReadOnlyList<Finding> Findings)> DoAsync(
        NpgsqlConnection db, OperatorTerms terms, MonthEndRun run, long holdsLeft, CancellationToken stop)
    {
        if (run is { Month: not null, Step: <= MonthEndStep.Closing })
        {
            if (await ClosingGuard.FindAsync(db, terms, run, time) is { } finding)
            {
                return (run with { State = MonthEndState.Waiting }, run.State == MonthEndState.Waiting ? [] : [finding]);
            }

            run = run with { State = MonthEndState.Running };
        }

        switch (run.Step)
        {
            case MonthEndStep.Codes:
                return (run.At(MonthEndStep.Holds) with { CodesEnded = await EndCodesAsync(db, terms) }, []);
            case MonthEndStep.Holds:
                return CheckHolds(terms, run, holdsLeft);
            case MonthEndStep.Closing:
                return (await Closing.CloseAsync(db, terms, run, stop), []);
            case MonthEndStep.Statements:
                return await Statements.WriteAsync(db, terms, run, settings.ChunkAccounts);
            case MonthEndStep.UnassignedAuthorisations or MonthEndStep.UnassignedOperations or MonthEndStep.Charges:
                return (await Statements.SealUnassignedAsync(db, run, Limits.MonthEndChunkRows), []);
            case MonthEndStep.Reconciliation:
                var (checkedRun, findings) = await reconciliation.CheckAsync(db, run, settings.ChunkAccounts);
                return (checkedRun.Step == MonthEndStep.Invoices && run.Month is null ? Ended(checkedRun) : checkedRun, findings);
            case MonthEndStep.Invoices:
                return await MakeInvoicesAsync(db, terms, run, stop);
            default:
                throw new InvalidOperationException($"There is no step {run.Step}.");
        }
    }

    private static Task<int> EndCodesAsync(NpgsqlConnection db, OperatorTerms terms) => db.ExecuteAsync(
        """
        update control.activation_code set ended_at = ledger_now()
        where operator_id = @Id and ended_at is null and used_at is null and expires_at <= ledger_now()
        """,
        new { terms.Id });

    /// <summary>
    /// Waits until the servers have expired the holds that have lapsed; they look for them every few seconds. Those that
    /// lapse meanwhile are not waited for: where many are held there are always some.
    /// </summary>
    /// <returns>How many are left.</returns>
    private async Task<long> AwaitExpiriesAsync(NpgsqlConnection db, OperatorTerms terms, CancellationToken stop)
    {
        var (now, began) = (await ControlDatabase.NowAsync(db), time.GetTimestamp());
        while (true)
        {
            var left = await db.QuerySingleAsync<long>(
                "select count(*) from open_hold where operator_id = @Id and expires_at <= @now", new { terms.Id, now });
            if (left == 0 || time.GetElapsedTime(began) >= settings.HoldsWait)
            {
                return left;
            }

            await Task.Delay(Limits.HoldSweepInterval / 4, time, stop);
        }
    }

    private static (MonthEndRun MonthEndRun, IReadOnlyList<Finding> Findings) CheckHolds(OperatorTerms terms, MonthEndRun run, long left)
    {
        var next = run.At(run.Month is null ? MonthEndStep.Reconciliation : MonthEndStep.Closing);
        return left == 0
            ? (next, [])
            : (next with { Differences = run.Differences + 1 },
                [new Finding("lapsed_holds_not_expired", $"operator:{terms.Code}", "none: is no server running?", $"{left}")]);
    }

    private async Task<(MonthEndRun MonthEndRun, IReadOnlyList<Finding> Findings)> MakeInvoicesAsync(
        NpgsqlConnection db, OperatorTerms terms, MonthEndRun run, CancellationToken stop)
    {
        if (await Invoicing.FindAsync(db, terms.Id) is null)
        {
            return (
                run with { State = MonthEndState.Waiting },
                run.State == MonthEndState.Waiting ? [] :
                [
                    new Finding(
                        "invoicing_not_configured", $"operator:{terms.Code}", $"PUT /v1/operators/{terms.Code}/invoicing", "nothing"),
                ]);
        }

        var today = LocalDay.Of(await ControlDatabase.NowAsync(db), terms.Zone);
        var (after, made) = await makeInvoices.RunAsync(
            db, terms, run.ClosedMonth, run.AfterId, Limits.MonthEndChunkOrganisations, today, stop);
        var next = run with { State = MonthEndState.Running, Invoices = run.Invoices + made };
        return (after is { } last ? next with { AfterId = last } : Ended(next), []);
    }

    private static MonthEndRun Ended(MonthEndRun run) => run.At(MonthEndStep.Done) with { State = MonthEndState.Done };

    [LoggerMessage(5501, LogLevel.Information, "Month end of {Operator}, night of {Night:yyyy-MM-dd}: goes on at {Step}")]
    private partial void LogBegins(string @operator, DateOnly night, MonthEndStep step);

    [LoggerMessage(5502, LogLevel.Information,
        "Month end of {Operator}, night of {Night:yyyy-MM-dd}: at {Step}; {Statements} statements, {Rows} rows sealed, {Checked} accounts checked, {Invoices} invoices")]
    private partial void LogProgress(
        string @operator, DateOnly night, MonthEndStep step, int statements, long rows, int @checked, int invoices);

    [LoggerMessage(5503, LogLevel.Information,
        "Month end of {Operator}, night of {Night:yyyy-MM-dd}: done; {Statements} statements, {Rows} rows sealed, {Invoices} invoices, {Checked} accounts checked, {Differences} differences")]
    private partial void LogDone(
        string @operator, DateOnly night, int statements, long rows, int invoices, int @checked, int differences);

    [LoggerMessage(5504, LogLevel.Error,
        "Month end of {Operator}, night of {Night:yyyy-MM-dd}: {Kind} at {Subject}: expected {Expected}, found {Found}")]
    private partial void LogFinding(
        string @operator, DateOnly night, string kind, string subject, string expected, string found);

    [LoggerMessage(5505, LogLevel.Warning,
        "Month end of {Operator}, night of {Night:yyyy-MM-dd}: is waiting at {Step} for missing "
        + "configuration; see its findings")]
    private partial void LogWaits(string @operator, DateOnly night, MonthEndStep step);

    [LoggerMessage(5629, LogLevel.Debug, "The nights' work of operator {OperatorId} is not done on these clocks: {Trouble}")]
    private partial void LogTrouble(int operatorId, string trouble);

    [LoggerMessage(5506, LogLevel.Debug, "Another host does the nights' work of operator {OperatorId}")]
    private partial void LogElsewhere(int operatorId);
}
