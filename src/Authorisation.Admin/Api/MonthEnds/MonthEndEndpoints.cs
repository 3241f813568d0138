using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Jobs;
using Authorisation.Admin.Web;
using Authorisation.Administration.Work;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.MonthEnds;

/// <summary>The work of one operator's night.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Operator">The operator's code.</param>
/// <param name="Night">The operator's day that began with the night.</param>
/// <param name="Month">The month that it closes, as YYYY-MM; absent on any night but the first of a month.</param>
/// <param name="State">running, done, waiting for what its last finding asks for, or reopened.</param>
/// <param name="Step">Which step it is at.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When all of it was done.</param>
/// <param name="ClosedAt">When the month was closed.</param>
/// <param name="CodesEnded">How many activation codes that lapsed were ended.</param>
/// <param name="Statements">How many accounts were sealed with what they had on the month's invoices.</param>
/// <param name="SealedRows">How many purchases and operations were sealed.</param>
/// <param name="Invoices">How many invoices were made.</param>
/// <param name="AccountsChecked">How many accounts were held against their rows.</param>
/// <param name="SnapshotsChecked">How many cached copies were held against their accounts.</param>
/// <param name="Differences">How many things were not as they should be.</param>
/// <param name="PreviousHash">The hash of the month before, as hex digits.</param>
/// <param name="Hash">The hash of the rows that are sealed and of all before them, as hex digits.</param>
/// <param name="AskedAt">When a person asked for it; absent when it came by itself.</param>
/// <param name="ReopenedAt">When its month was opened again.</param>
/// <param name="ReopenedBy">The e-mail address of the person who opened it again.</param>
/// <param name="ReopenReason">Why it was opened again.</param>
/// <param name="Findings">What a person must check; absent in lists.</param>
internal sealed record MonthEndView(
    Guid Id,
    string Operator,
    DateOnly Night,
    [Month] string? Month,
    [WordsOf<MonthEndState>] string State,
    [WordsOf<MonthEndStep>] string Step,
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
/// <param name="Operator">The operator's code; staff of one operator only need not say it.</param>
/// <param name="Month">The first month that is open, as YYYY-MM; it must be over.</param>
internal sealed record NewMonthEnd(
    [MaxLength(Limits.OperatorCodeCharactersMax)] string? Operator,
    [Required, Month] string? Month);

/// <summary>Why a month is opened again.</summary>
/// <param name="Reason">Why, for the audit trail.</param>
internal sealed record MonthReopening([Required, MaxLength(Limits.ReasonCharactersMax)] string? Reason);

/// <summary>Whether a closed month is as it was closed.</summary>
/// <param name="Id">The id of the night that closed it.</param>
/// <param name="Operator">The operator's code.</param>
/// <param name="Month">The month, as YYYY-MM.</param>
/// <param name="IsIntact">Whether every row is as it was sealed, and the chain of months holds.</param>
/// <param name="Hash">The hash that was sealed, as hex digits.</param>
/// <param name="RecomputedHash">The hash of the rows as they are now.</param>
/// <param name="PreviousHash">The hash of the month before that was sealed with it.</param>
/// <param name="IsChainIntact">Whether the month before still has that hash.</param>
/// <param name="Rows">How many rows were looked at.</param>
/// <param name="FirstDifference">The first row that is not as it was; absent when all are.</param>
internal sealed record VerificationView(
    Guid Id,
    string Operator,
    [Month] string Month,
    bool IsIntact,
    string Hash,
    string RecomputedHash,
    string PreviousHash,
    bool IsChainIntact,
    long Rows,
    RowDifference? FirstDifference);

/// <summary>The nights' work: what was done, what was found, and asking for it.</summary>
internal static class MonthEndEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/month-ends", ListAsync).WithName("list_month_ends").WithTags("month ends")
            .Answers<Page<MonthEndView>>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden);
        routes.MapPost("/v1/month-ends", AskAsync).WithName("request_month_end").WithTags("month ends")
            .Answers<MonthEndView>(StatusCodes.Status202Accepted, StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict);
        routes.MapGet("/v1/month-ends/{id:guid}", GetAsync).WithName("get_month_end").WithTags("month ends")
            .Answers<MonthEndView>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        routes.MapPost("/v1/month-ends/{id:guid}/reopening", ReopenAsync).WithName("reopen_month").WithTags("month ends")
            .Answers<MonthEndView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        routes.MapGet("/v1/month-ends/{id:guid}/verification", VerifyAsync).WithName("verify_month_end").WithTags("month ends")
            .Answers<VerificationView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }

    private static async Task<Reply> ListAsync(
        Call call, ListMonthEnds list, [AsParameters] PageQuery page, [FromQuery(Name = "operator")] string? code)
    {
        var found = await list.RunAsync(call.Work, code, page.OfIds);
        return Reply.Ok(Page<MonthEndView>.Of(found, page.Size, one => View(one, null), one => one.Id));
    }

    private static async Task<Reply> GetAsync(Call call, GetMonthEnd get, Guid id) =>
        Shown(await get.RunAsync(call.Work, id));

    private static async Task<Reply> AskAsync(
        Call call, RequestMonthEnd ask, MonthEndSchedule schedule, Body<NewMonthEnd> body)
    {
        var run = await ask.RunAsync(
            call.Work, call.Request(body, sent => new MonthEndRequest(sent.Operator, sent.Month)));
        call.Http.Response.OnCompleted(() => schedule.LookNowAsync(run.OperatorId, CancellationToken.None));
        return new Reply(StatusCodes.Status202Accepted, View(run, null)) { Location = $"/v1/month-ends/{run.Id}" };
    }

    private static async Task<Reply> ReopenAsync(Call call, ReopenMonth reopen, Guid id, Body<MonthReopening> body) =>
        Shown(await reopen.RunAsync(call.Work, id, call.Request(body, sent => sent.Reason)));

    private static async Task<Reply> VerifyAsync(Call call, VerifyMonth verify, Guid id)
    {
        var found = await verify.RunAsync(call.Work, id);
        var (run, result) = found;
        return Reply.Ok(new VerificationView(
            run.Id,
            run.Operator,
            run.ClosedMonth.ToString(),
            found.IsIntact,
            Hex(run.Hash)!,
            Hex(result.Hash)!,
            Hex(run.PreviousHash)!,
            found.IsChainIntact,
            result.Rows,
            result.FirstDifference));
    }

    private static Reply Shown(MonthEndDetails details) => Reply.Ok(View(details.Run, details.Findings));

    private static MonthEndView View(MonthEndRun run, IReadOnlyList<Finding>? findings) => new(
        run.Id,
        run.Operator,
        run.Night,
        run.Month is null ? null : run.ClosedMonth.ToString(),
        Words.Of(run.State),
        Words.Of(run.Step),
        run.StartedAt,
        run.FinishedAt,
        run.ClosedAt,
        run.CodesEnded,
        run.Statements,
        run.SealedRows,
        run.Invoices,
        run.AccountsChecked,
        run.SnapshotsChecked,
        run.Differences,
        Hex(run.PreviousHash),
        Hex(run.Hash),
        run.AskedAt,
        run.ReopenedAt,
        run.ReopenedBy,
        run.ReopenReason,
        findings);

    private static string? Hex(byte[]? hash) => hash is null ? null : Convert.ToHexStringLower(hash);
}
