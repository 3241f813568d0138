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
internal sealed record MonthEndView(
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
internal sealed record NewMonthEnd(string? Operator, string? Month);

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
