using System.Globalization;
using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.MonthEnd;

/// <summary>
/// The way back from a month that was closed too early: staff open it again together with all that were closed after
/// it, as long as nothing is in any of them.
/// </summary>
internal sealed class ReopenMonth(TimeProvider time, MonthEndSettings settings)
{
    /// <param name="work">The principal's.</param>
    /// <param name="id">The run that closed the month.</param>
    /// <param name="request">Why, for the audit trail: required, at most 200 characters.</param>
    /// <returns>The run as it is then.</returns>
    /// <exception cref="RefusedException">
    /// The run cannot be seen, no reason is given, the month is not closed or not empty, or the clocks are in doubt.
    /// </exception>
    public async Task<MonthEndDetails> RunAsync(UnitOfWork work, Guid id, Request<string?> request)
    {
        var run = await MonthEndRun.GetVisibleAsync(work, id);
        var fields = new Fields();
        var reason = fields.Required("reason", request.Read(), Limits.ReasonCharactersMax);
        fields.ThrowIfAny();
        if (run.Month is null || run.ClosedAt is null || run.State == MonthEndState.Reopened)
        {
            throw new RefusedException(ProblemCode.NotClosed, "The night has no month that is closed now.");
        }

        if (!await MonthEndRunner.TryKeepOutAsync(work.Db, run.OperatorId))
        {
            throw UnderWay();
        }

        var closed = await MonthEndRun.ClosedFromAsync(work.Db, run.OperatorId, run.ClosedMonth);
        RequireEmpty(closed);
        var clocks = await RequireClocksAsync(work);
        var terms = await OperatorTerms.GetAsync(work.Db, run.OperatorId);
        var timeout = (int)Limits.ReopeningTimeout.TotalSeconds;
        await work.Db.ExecuteAsync(
            string.Create(CultureInfo.InvariantCulture, $"set local statement_timeout = '{timeout}s'"));
        var open = closed[0].ClosedMonth.Next;
        var moved = await MoveAsync(
            work, run, open, CreditMonth.Of(clocks.DatabaseAt, terms.Zone), reason, timeout + 5);
        await work.AuditAsync(
            "month_end.reopened", $"operator:{terms.Code}", terms.Id,
            before: new { first_open_month = open.ToString() },
            after: new
            {
                first_open_month = run.ClosedMonth.ToString(),
                months = closed.Reverse().Select(one => one.ClosedMonth.ToString()),
                reason,
                purchases_moved = moved.Purchases,
                operations_moved = moved.Operations,
            });
        return new MonthEndDetails((await MonthEndRun.FindAsync(work.Db, id))!, await Finding.OfAsync(work.Db, id));
    }

    private static async Task<(long MonthEnds, long Purchases, long Operations)> MoveAsync(
        UnitOfWork work, MonthEndRun run, CreditMonth open, CreditMonth now, string reason, int commandTimeout)
    {
        try
        {
            return await work.Db.QuerySingleAsync<(long, long, long)>(
                """
                select *
                from billing.reopen_months(@OperatorId, @first, @open, @now, @Email, @reason)
                """,
                new
                {
                    run.OperatorId,
                    first = run.ClosedMonth.Number,
                    open = open.Number,
                    now = now.Number,
                    work.Principal.Email,
                    reason,
                },
                commandTimeout: commandTimeout);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.RestrictViolation)
        {
            throw new RefusedException(
                ProblemCode.MonthNotEmpty,
                $"{run.ClosedMonth}, or a month after it, has rows that are not sealed: it stays closed.");
        }
    }

    private static void RequireEmpty(IReadOnlyList<MonthEndRun> closed)
    {
        if (closed.FirstOrDefault(one => one.SealedRows > 0 || one.Invoices > 0) is { } used)
        {
            throw new RefusedException(
                ProblemCode.MonthNotEmpty,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{used.ClosedMonth} has {used.SealedRows} rows and {used.Invoices} invoices: ")
                + "only months with nothing in them are opened again, and all after them.");
        }

        if (closed.Any(one => one.Step < MonthEndStep.Reconciliation))
        {
            throw UnderWay();
        }
    }

    private async Task<ClockState> RequireClocksAsync(UnitOfWork work)
    {
        var clocks = await ClockState.ReadAsync(work.Db, time);
        return clocks.Trouble is { } trouble ? throw ClockState.Disagree(trouble)
            : clocks.IsSteadyFor(settings.SteadyTime) ? clocks
            : throw new RefusedException(
                ProblemCode.ClocksNotWatched,
                "The clocks jumped, or have been watched for too short a time: try again when they have been steady for "
                + "a minute.");
    }

    private static RefusedException UnderWay() => new(
        ProblemCode.MonthEndRunning, "The night's work is being done at this moment; try again when it is through.");
}
