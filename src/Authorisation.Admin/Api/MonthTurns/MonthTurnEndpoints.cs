using Authorisation.Admin.Access;
using Authorisation.Admin.Api.Operator;
using Authorisation.Admin.Http;
using Authorisation.Admin.MonthTurn;
using Authorisation.Core;
using Dapper;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.MonthTurns;

/// <summary>The work of one operator's night.</summary>
internal sealed record MonthTurnView(
    Guid Id,
    string Operator,
    DateOnly Night,
    string? Month,
    string State,
    string Step,
    DateTime StartedAt,
    DateTime? FinishedAt,
    DateTime? ClosedAt,
    int CodesEnded,
    int Statements,
    long SealedRows,
    int Invoices,
    int AccountsChecked,
    int SnapshotsChecked,
    int Differences,
    string? PreviousHash,
    string? Hash,
    DateTime? AskedAt,
    DateTime? ReopenedAt,
    string? ReopenedBy,
    string? ReopenReason,
    IReadOnlyList<Finding>? Findings);

/// <summary>Which month is to be closed.</summary>
internal sealed record NewMonthTurn(string? Operator, string? Month);

/// <summary>Whether a closed month is as it was closed.</summary>
internal sealed record VerificationView(
    Guid Id,
    string Operator,
    string Month,
    bool IsIntact,
    string Hash,
    string RecomputedHash,
    string PreviousHash,
    bool IsChainIntact,
    long Rows,
    RowDifference? FirstDifference);

/// <summary>The nights' work: what was done, what was found, and asking for it.</summary>
internal static class MonthTurnEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/month-turns", ListAsync).WithName("list_month_turns").WithTags("month turns")
            .Answers<Page<MonthTurnView>>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden);
        routes.MapPost("/v1/month-turns", AskAsync).WithName("ask_for_month_turn").WithTags("month turns")
            .Answers<MonthTurnView>(StatusCodes.Status202Accepted, StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict);
        routes.MapGet("/v1/month-turns/{id:guid}", GetAsync).WithName("get_month_turn").WithTags("month turns")
            .Answers<MonthTurnView>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        routes.MapPost("/v1/month-turns/{id:guid}/reopening", ReopenAsync).WithName("reopen_month").WithTags("month turns")
            .Answers<MonthTurnView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        routes.MapGet("/v1/month-turns/{id:guid}/verification", VerifyAsync).WithName("verify_month_turn").WithTags("month turns")
            .Answers<VerificationView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }

    private static async Task<Reply> ListAsync(
        Call call, [AsParameters] PageQuery page, [FromQuery(Name = "operator")] string? code)
    {
        var operators = await StaffOperators.ListedAsync(call, code);
        var found = await Turn.ListAsync(call.Db, operators, page.AfterId, page.Size + 1);
        return Reply.Ok(Page<MonthTurnView>.Of(found, page.Size, one => View(one, null), one => one.Id));
    }

    private static async Task<Reply> GetAsync(Call call, Guid id)
    {
        var turn = await SeeAsync(call, id);
        return Reply.Ok(View(turn, await Finding.OfAsync(call.Db, id)));
    }

    // Closing a month that was closed is answered with the turn that did it: nothing is done twice.
    private static async Task<Reply> AskAsync(Call call, TurnSchedule schedule, TimeProvider time, Body<NewMonthTurn> body)
    {
        StaffOperators.RequireAny(call);
        var sent = body.Value;
        var fields = new Fields();
        var terms = await StaffOperators.NamedAsync(call, fields, sent.Operator);
        if (!CreditMonth.TryParse(sent.Month, out var month))
        {
            fields.Add("month", FieldCode.Malformed, Words.NoMonth);
        }

        var clocks = await ClockState.ReadAsync(call.Db, time);
        if (terms is not null && fields.AllRight && clocks.DatabaseAt < month.Next.StartsAt(terms.Zone))
        {
            fields.Add("month", FieldCode.NotPossible, "must be over");
        }

        fields.ThrowIfAny();
        if (clocks.Disagreement is { } disagreement)
        {
            throw ReopenMonth.ClocksDisagree(disagreement);
        }

        if (await Turn.ClosingAsync(call.Db, terms!.Id, month) is not { Step: > TurnStep.Closing })
        {
            var first = await Closing.FirstOpenAsync(call.Db, terms.Id, call.Stop);
            if (first is null || month < first)
            {
                throw new ProblemException(
                    StatusCodes.Status409Conflict, "nothing_to_close", $"Nothing of {month} is left to be closed.");
            }

            if (first < month)
            {
                throw Problems.Conflict(
                    "earlier_month_open", $"{first} is open and is closed before {month}: ask for that first, one month at a time.");
            }

            await Turn.AddAsync(call.Db, terms.Id, Night.After(month));
            await Turn.AskAsync(call.Db, terms.Id, month);
            await call.Change.AuditAsync("month_turn.asked_for", $"operator:{terms.Code}", terms.Id, after: new { month = month.ToString() });
        }

        call.Http.Response.OnCompleted(() => schedule.LookNowAsync(terms.Id, CancellationToken.None));
        var turn = (await Turn.ClosingAsync(call.Db, terms.Id, month))!;
        return new Reply(StatusCodes.Status202Accepted, View(turn, null)) { Location = $"/v1/month-turns/{turn.Id}" };
    }

    private static async Task<Reply> ReopenAsync(
        Call call, Guid id, TimeProvider time, TurnSettings settings, Body<MonthReopening> body)
    {
        var turn = await ReopenMonth.RunAsync(call, await SeeAsync(call, id), time, settings, body.Value);
        return Reply.Ok(View(turn, await Finding.OfAsync(call.Db, id)));
    }

    private static async Task<Reply> VerifyAsync(Call call, Guid id)
    {
        var turn = await SeeAsync(call, id);
        if (turn is not { Month: not null, State: not TurnState.Reopened, Step: TurnStep.Reconciliation or TurnStep.Invoices or TurnStep.Done })
        {
            throw new ProblemException(
                StatusCodes.Status409Conflict, "not_sealed", "The night closes no month, or has not sealed all of its rows yet.");
        }

        var result = await Verification.CheckAsync(call.Db, turn, call.Stop);
        var isChainIntact = result.PreviousHash.AsSpan().SequenceEqual(turn.PreviousHash);
        return Reply.Ok(new VerificationView(
            turn.Id,
            turn.Operator,
            turn.ClosedMonth.ToString(),
            isChainIntact && result.FirstDifference is null && result.Hash.AsSpan().SequenceEqual(turn.Hash),
            Hex(turn.Hash)!,
            Hex(result.Hash)!,
            Hex(turn.PreviousHash)!,
            isChainIntact,
            result.Rows,
            result.FirstDifference));
    }

    private static async Task<Turn> SeeAsync(Call call, Guid id)
    {
        StaffOperators.RequireAny(call);
        return await Turn.FindAsync(call.Db, id) is { } turn && call.Who.StaffOf.Contains(turn.OperatorId)
            ? turn : throw Problems.NotFound();
    }

    private static MonthTurnView View(Turn turn, IReadOnlyList<Finding>? findings) => new(
        turn.Id,
        turn.Operator,
        turn.Night,
        turn.Month is null ? null : turn.ClosedMonth.ToString(),
        Words.Of(turn.State),
        Words.Of(turn.Step),
        turn.StartedAt,
        turn.FinishedAt,
        turn.ClosedAt,
        turn.CodesEnded,
        turn.Statements,
        turn.SealedRows,
        turn.Invoices,
        turn.AccountsChecked,
        turn.SnapshotsChecked,
        turn.Differences,
        Hex(turn.PreviousHash),
        Hex(turn.Hash),
        turn.AskedAt,
        turn.ReopenedAt,
        turn.ReopenedBy,
        turn.ReopenReason,
        findings);

    private static string? Hex(byte[]? hash) => hash is null ? null : Convert.ToHexStringLower(hash);
}
