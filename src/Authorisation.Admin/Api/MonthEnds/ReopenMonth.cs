using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Authorisation.Ledger.Database;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Api.MonthEnds;

/// <summary>Why a month is opened again.</summary>
/// <param name="Reason">Why, for the audit trail.</param>
internal sealed record MonthReopening([Required, MaxLength(Limits.ReasonCharactersMax)] string? Reason);

/// <summary>
/// The way back from a month that was closed too early: it is opened again together with all that were closed after it, as long as
/// nothing is in any of them.
/// </summary>
internal static class ReopenMonth
{
    /// <summary>Opens the run's month again, within the call's transaction; answers the run as it is then.</summary>
    /// <exception cref="RefusedException">400: no reason. 409: it is not closed, not empty, or the clocks are in doubt.</exception>
    public static async Task<MonthEndRun> RunAsync(Call call, MonthEndRun run, TimeProvider time, MonthEndSettings settings, MonthReopening sent)
    {
        var fields = new Fields();
        var reason = fields.Required("reason", sent.Reason, Limits.ReasonCharactersMax);
        fields.ThrowIfAny();
        if (run.Month is null || run.ClosedAt is null || run.State == MonthEndState.Reopened)
        {
            throw new RefusedException(ProblemCode.NotClosed, "The night has no month that is closed now.");
        }

        if (!await MonthEndRunner.TryKeepOutAsync(call.Db, run.OperatorId))
        {
            throw UnderWay();
        }

        var closed = await MonthEndRun.ClosedFromAsync(call.Db, run.OperatorId, run.ClosedMonth);
        RequireEmpty(closed);
        var clocks = await RequireClocksAsync(call, time, settings);
        var terms = await OperatorTerms.GetAsync(call.Db, run.OperatorId);
        var timeout = (int)Limits.ReopeningTimeout.TotalSeconds;
        await call.Db.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"set local statement_timeout = '{timeout}s'"));
        var moved = await MoveAsync(call, run, closed[0].ClosedMonth.Next, CreditMonth.Of(clocks.DatabaseAt, terms.Zone), reason, timeout + 5);
        await call.Work.AuditAsync(
            "month_end.reopened", $"operator:{terms.Code}", terms.Id,
            before: new { first_open_month = closed[0].ClosedMonth.Next.ToString() },
            after: new
            {
                first_open_month = run.ClosedMonth.ToString(),
                months = closed.Reverse().Select(one => one.ClosedMonth.ToString()),
                reason,
                purchases_moved = moved.Purchases,
                operations_moved = moved.Operations,
            });
        return (await MonthEndRun.FindAsync(call.Db, run.Id))!;
    }

    private static async Task<(long Turns, long Purchases, long Operations)> MoveAsync(
        Call call, MonthEndRun run, CreditMonth open, CreditMonth now, string reason, int commandTimeout)
    {
        try
        {
            return await call.Db.QuerySingleAsync<(long, long, long)>(
                """
                select runs, purchases, operations
                from billing.reopen_months(@OperatorId, @first, @open, @now, @Email, @reason)
                """,
                new
                {
                    run.OperatorId,
                    first = run.ClosedMonth.Number,
                    open = open.Number,
                    now = now.Number,
                    call.Principal.Email,
                    reason,
                },
                commandTimeout: commandTimeout);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.RestrictViolation)
        {
            throw new RefusedException(ProblemCode.MonthNotEmpty, $"{run.ClosedMonth}, or a month after it, has rows that are not sealed: it stays closed.");
        }
    }

    private static void RequireEmpty(IReadOnlyList<MonthEndRun> closed)
    {
        if (closed.FirstOrDefault(one => one.SealedRows > 0 || one.Invoices > 0) is { } used)
        {
            throw new RefusedException(ProblemCode.MonthNotEmpty,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{used.ClosedMonth} has {used.SealedRows} rows and {used.Invoices} invoices: only months with nothing in them are opened again, and all after them."));
        }

        if (closed.Any(one => one.Step < MonthEndStep.Reconciliation))
        {
            throw UnderWay();
        }
    }

    private static async Task<ClockState> RequireClocksAsync(Call call, TimeProvider time, MonthEndSettings settings)
    {
        var clocks = await ClockState.ReadAsync(call.Db, time);
        return clocks.Trouble is { } trouble
            ? throw ClocksDisagree(trouble)
            : clocks.IsSteadyFor(settings.SteadyTime)
                ? clocks
                : throw new RefusedException(ProblemCode.ClocksNotWatched,
                    "The clocks jumped, or have been watched for too short a time: try again when they have been steady for a minute.");
    }

    /// <summary>409: one clock says something else than the others.</summary>
    public static RefusedException ClocksDisagree(string trouble) => new RefusedException(ProblemCode.ClocksDisagree, $"The clocks do not agree to a minute: {trouble}. Set them right first.");

    private static RefusedException UnderWay() => new RefusedException(ProblemCode.MonthEndRunning, "The night's work is being done at this moment; try again when it is through.");
}
