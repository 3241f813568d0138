using System.Globalization;
using Authorisation.Admin.Access;
using Authorisation.Admin.Http;
using Authorisation.Admin.MonthTurn;
using Authorisation.Admin.Organisations;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Api.MonthTurns;

/// <summary>Why a month is opened again.</summary>
internal sealed record MonthReopening(string? Reason);

/// <summary>
/// The way back from a month that was closed too early: it is opened again together with all that were closed after it, as long as
/// nothing is in any of them.
/// </summary>
internal static class ReopenMonth
{
    /// <summary>Opens the turn's month again, within the call's transaction; answers the turn as it is then.</summary>
    /// <exception cref="ProblemException">400: no reason. 409: it is not closed, not empty, or the clocks are in doubt.</exception>
    public static async Task<Turn> RunAsync(Call call, Turn turn, TimeProvider time, TurnSettings settings, MonthReopening sent)
    {
        var fields = new Fields();
        var reason = fields.Required("reason", sent.Reason, Limits.ReasonCharactersMax);
        fields.ThrowIfAny();
        if (turn.Month is null || turn.ClosedAt is null || turn.State == TurnState.Reopened)
        {
            throw Problems.Conflict("not_closed", "The night has no month that is closed now.");
        }

        if (!await TurnRunner.TryKeepOutAsync(call.Db, turn.OperatorId))
        {
            throw UnderWay();
        }

        var closed = await Turn.ClosedFromAsync(call.Db, turn.OperatorId, turn.ClosedMonth);
        RequireEmpty(closed);
        var clocks = await RequireClocksAsync(call, time, settings);
        var terms = await OperatorTerms.GetAsync(call.Db, turn.OperatorId);
        var timeout = (int)Limits.ReopeningTimeout.TotalSeconds;
        await call.Db.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"set local statement_timeout = '{timeout}s'"));
        var moved = await MoveAsync(call, turn, closed[0].ClosedMonth.Next, CreditMonth.Of(clocks.DatabaseAt, terms.Zone), reason, timeout + 5);
        await call.Change.AuditAsync(
            "month_turn.reopened", $"operator:{terms.Code}", terms.Id,
            before: new { first_open_month = closed[0].ClosedMonth.Next.ToString() },
            after: new
            {
                first_open_month = turn.ClosedMonth.ToString(),
                months = closed.Reverse().Select(one => one.ClosedMonth.ToString()),
                reason,
                purchases_moved = moved.Purchases,
                operations_moved = moved.Operations,
            });
        return (await Turn.FindAsync(call.Db, turn.Id))!;
    }

    private static async Task<(long Turns, long Purchases, long Operations)> MoveAsync(
        Call call, Turn turn, CreditMonth open, CreditMonth now, string reason, int commandTimeout)
    {
        try
        {
            return await call.Db.QuerySingleAsync<(long, long, long)>(
                """
                select turns, purchases, operations
                from control.reopen_months(@OperatorId, @first, @open, @now, @Email, @reason)
                """,
                new
                {
                    turn.OperatorId,
                    first = turn.ClosedMonth.Number,
                    open = open.Number,
                    now = now.Number,
                    call.Change.Email,
                    reason,
                },
                commandTimeout: commandTimeout);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.RestrictViolation)
        {
            throw Problems.Conflict("month_not_empty", $"{turn.ClosedMonth}, or a month after it, has rows that are not sealed: it stays closed.");
        }
    }

    private static void RequireEmpty(IReadOnlyList<Turn> closed)
    {
        if (closed.FirstOrDefault(one => one.SealedRows > 0 || one.Invoices > 0) is { } used)
        {
            throw Problems.Conflict(
                "month_not_empty",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{used.ClosedMonth} has {used.SealedRows} rows and {used.Invoices} invoices: only months with nothing in them are opened again, and all after them."));
        }

        if (closed.Any(one => one.Step < TurnStep.Reconciliation))
        {
            throw UnderWay();
        }
    }

    private static async Task<ClockState> RequireClocksAsync(Call call, TimeProvider time, TurnSettings settings)
    {
        var clocks = await ClockState.ReadAsync(call.Db, time);
        return clocks.Trouble is { } trouble
            ? throw ClocksDisagree(trouble)
            : clocks.IsSteadyFor(settings.SteadyTime)
                ? clocks
                : throw Problems.Conflict(
                    "clocks_not_watched",
                    "The clocks jumped, or have been watched for too short a time: try again when they have been steady for a minute.");
    }

    /// <summary>409: one clock says something else than the others.</summary>
    public static ProblemException ClocksDisagree(string trouble) => Problems.Conflict(
        "clocks_disagree", $"The clocks do not agree to a minute: {trouble}. Set them right first.");

    private static ProblemException UnderWay() => Problems.Conflict(
        "turn_under_way", "The night's work is being done at this moment; try again when it is through.");
}
