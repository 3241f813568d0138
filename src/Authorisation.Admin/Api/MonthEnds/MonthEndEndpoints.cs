using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Api.Operator;
using Authorisation.Admin.Jobs;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Dapper;
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
/// <param name="Findings">What somebody has to look at; absent in lists.</param>
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
        routes.MapGet("/v1/month-ends", ListAsync).WithName("list_month_ends").WithTags("month turns")
            .Answers<Page<MonthEndView>>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden);
        routes.MapPost("/v1/month-ends", AskAsync).WithName("request_month_end").WithTags("month turns")
            .Answers<MonthEndView>(StatusCodes.Status202Accepted, StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict);
        routes.MapGet("/v1/month-ends/{id:guid}", GetAsync).WithName("get_month_end").WithTags("month turns")
            .Answers<MonthEndView>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        routes.MapPost("/v1/month-ends/{id:guid}/reopening", ReopenAsync).WithName("reopen_month").WithTags("month turns")
            .Answers<MonthEndView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        routes.MapGet("/v1/month-ends/{id:guid}/verification", VerifyAsync).WithName("verify_month_end").WithTags("month turns")
            .Answers<VerificationView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }

    private static async Task<Reply> ListAsync(
        Call call, [AsParameters] PageQuery page, [FromQuery(Name = "operator")] string? code)
    {
        var operators = await StaffOperators.ListedAsync(call, code);
        var found = await MonthEndRun.ListAsync(call.Db, operators, page.AfterId, page.Size + 1);
        return Reply.Ok(Page<MonthEndView>.Of(found, page.Size, one => View(one, null), one => one.Id));
    }

    private static async Task<Reply> GetAsync(Call call, Guid id)
    {
        var run = await SeeAsync(call, id);
        return Reply.Ok(View(run, await Finding.OfAsync(call.Db, id)));
    }

    // Closing a month that was closed is answered with the run that did it: nothing is done twice.
    private static async Task<Reply> AskAsync(Call call, MonthEndSchedule schedule, TimeProvider time, Body<NewMonthEnd> body)
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
        if (terms is not null && fields.IsValid && clocks.DatabaseAt < month.Next.StartsAt(terms.Zone))
        {
            fields.Add("month", FieldCode.NotPossible, "must be over");
        }

        fields.ThrowIfAny();
        if (clocks.Disagreement is { } disagreement)
        {
            throw ReopenMonth.ClocksDisagree(disagreement);
        }

        if (await MonthEndRun.ClosingAsync(call.Db, terms!.Id, month) is not { Step: > MonthEndStep.Closing })
        {
            var first = await Closing.FirstOpenAsync(call.Db, terms.Id, call.Stop);
            if (first is null || month < first)
            {
                throw new RefusedException(
                    ProblemCode.NothingToClose, $"Nothing of {month} is left to be closed.");
            }

            if (first < month)
            {
                throw new RefusedException(ProblemCode.EarlierMonthOpen, $"{first} is open and is closed before {month}: ask for that first, one month at a time.");
            }

            await MonthEndRun.AddAsync(call.Db, terms.Id, NightlyRun.After(month));
            await MonthEndRun.AskAsync(call.Db, terms.Id, month);
            await call.Work.AuditAsync("month_end.asked_for", $"operator:{terms.Code}", terms.Id, after: new { month = month.ToString() });
        }

        call.Http.Response.OnCompleted(() => schedule.LookNowAsync(terms.Id, CancellationToken.None));
        var run = (await MonthEndRun.ClosingAsync(call.Db, terms.Id, month))!;
        return new Reply(StatusCodes.Status202Accepted, View(run, null)) { Location = $"/v1/month-ends/{run.Id}" };
    }

    private static async Task<Reply> ReopenAsync(
        Call call, Guid id, TimeProvider time, MonthEndSettings settings, Body<MonthReopening> body)
    {
        var run = await ReopenMonth.RunAsync(call, await SeeAsync(call, id), time, settings, body.Value);
        return Reply.Ok(View(run, await Finding.OfAsync(call.Db, id)));
    }

    private static async Task<Reply> VerifyAsync(Call call, Guid id)
    {
        var run = await SeeAsync(call, id);
        if (run is not { Month: not null, State: not MonthEndState.Reopened, Step: MonthEndStep.Reconciliation or MonthEndStep.Invoices or MonthEndStep.Done })
        {
            throw new RefusedException(
                ProblemCode.NotSealed, "The night closes no month, or has not sealed all of its rows yet.");
        }

        var result = await Verification.CheckAsync(call.Db, run, call.Stop);
        var isChainIntact = result.PreviousHash.AsSpan().SequenceEqual(run.PreviousHash);
        return Reply.Ok(new VerificationView(
            run.Id,
            run.Operator,
            run.ClosedMonth.ToString(),
            isChainIntact && result.FirstDifference is null && result.Hash.AsSpan().SequenceEqual(run.Hash),
            Hex(run.Hash)!,
            Hex(result.Hash)!,
            Hex(run.PreviousHash)!,
            isChainIntact,
            result.Rows,
            result.FirstDifference));
    }

    private static async Task<MonthEndRun> SeeAsync(Call call, Guid id)
    {
        StaffOperators.RequireAny(call);
        return await MonthEndRun.FindAsync(call.Db, id) is { } run && call.Principal.StaffOf.Contains(run.OperatorId)
            ? run : throw Problems.NotFound();
    }

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
