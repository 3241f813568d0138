using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Accounts;

/// <summary>A credit to be given.</summary>
/// <param name="Kind">app, or card where the operator offers credit on cards.</param>
/// <param name="CardNumber">
/// The number on the back of the card, with or without spaces; required of a card, and not for app credit.
/// </param>
/// <param name="DepartmentId">The department that pays; the traveller's unless given.</param>
/// <param name="LimitMinor">
/// The limit of each month, in minor units; all limits of a traveller together stay within the caps.
/// </param>
/// <param name="FirstDay">The first day on which something may be bought, as YYYY-MM-DD; none unless given.</param>
/// <param name="LastDay">The last one.</param>
internal sealed record AccountBody(
    [Required, WordsOf<InstrumentKind>] string? Kind,
    [MaxLength(Limits.WrittenNumberCharactersMax)] string? CardNumber,
    Guid? DepartmentId,
    [Required, Range(Limits.CreditLimitMinorMin, Limits.CreditLimitMinorMax)] long? LimitMinor,
    [MaxLength(Limits.DayCharacters)] DateOnly? FirstDay = null,
    [MaxLength(Limits.DayCharacters)] DateOnly? LastDay = null);

/// <summary>What is to be changed of a credit; a field that is not sent stays.</summary>
/// <param name="LimitMinor">
/// The limit of each month, in minor units. One below what is spent takes nothing back.
/// </param>
/// <param name="DepartmentId">The department that pays from now on.</param>
/// <param name="Status">blocked to have every purchase declined, active to end that.</param>
/// <param name="FirstDay">The first day on which something may be bought, as YYYY-MM-DD; null for none.</param>
/// <param name="LastDay">The last one; null for none.</param>
/// <param name="ExtraMinor">
/// What this month has beyond the limit, in minor units, instead of what it had; null for nothing. It lapses with the month,
/// and counts in the caps like the limit.
/// </param>
internal sealed record AccountChange(
    [Range(Limits.CreditLimitMinorMin, Limits.CreditLimitMinorMax)] long? LimitMinor,
    Guid? DepartmentId,
    [AllowedValues("active", "blocked")] string? Status,
    [Clearable, MaxLength(Limits.DayCharacters)] DateOnly? FirstDay,
    [Clearable, MaxLength(Limits.DayCharacters)] DateOnly? LastDay,
    [Clearable, Range(1, Limits.CreditLimitMinorMax)] long? ExtraMinor);

/// <summary>A code has been sent; only the traveller sees it.</summary>
/// <param name="ExpiresAt">Until when it can be used.</param>
internal sealed record CodeSent(DateTime ExpiresAt);

/// <summary>The credits of travellers.</summary>
internal static class AccountEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/travellers/{id:guid}/credit-accounts", ListAsync).WithName("list_credit_accounts").WithTags("credit accounts")
            .Answers<Page<AccountView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPost("/v1/travellers/{id:guid}/credit-accounts", GiveAsync).WithName("grant_credit").WithTags("credit accounts")
            .Answers<AccountView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests);
        routes.MapGet("/v1/credit-accounts/{id:guid}", GetAsync).WithName("get_credit_account").WithTags("credit accounts")
            .Answers<AccountView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPatch("/v1/credit-accounts/{id:guid}", ChangeAsync).WithName("change_credit_account").WithTags("credit accounts")
            .Answers<AccountView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status412PreconditionFailed);
        routes.MapDelete("/v1/credit-accounts/{id:guid}", RemoveAsync).WithName("revoke_credit").WithTags("credit accounts")
            .AnswersNothing(
                StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed);
        routes.MapPost("/v1/credit-accounts/{id:guid}/activation-codes", SendCodeAsync).WithName("send_activation_code").WithTags("credit accounts")
            .Answers<CodeSent>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests);
    }

    private static async Task<Reply> ListAsync(Call call, ListCredits list, Guid id, [AsParameters] PageQuery page)
    {
        var rows = await list.RunAsync(call.Work, id, page.OfIds);
        var now = await ControlDatabase.NowAsync(call.Db);
        return Reply.Ok(Page<AccountView>.Of(rows, page.Size, row => AccountView.Of(row, now), row => row.Id));
    }

    private static async Task<Reply> GiveAsync(Call call, GrantCredit grant, Guid id, Body<AccountBody> body)
    {
        var row = await grant.RunAsync(call.Work, id, call.Request(body, sent =>
            new CreditRequest(
                sent.Kind, sent.CardNumber, sent.DepartmentId, sent.LimitMinor, sent.FirstDay, sent.LastDay)));
        return Reply.Created("/v1/credit-accounts/" + row.Id, await ViewAsync(call, row), row.Revision);
    }

    private static async Task<Reply> GetAsync(Call call, Guid id)
    {
        var (row, _) = await AccountRow.GetVisibleAsync(call.Work, id);
        return Reply.Ok(await ViewAsync(call, row), row.Revision);
    }

    private static async Task<Reply> ChangeAsync(Call call, ChangeCredit change, Guid id, Body<AccountChange> body)
    {
        var row = await change.RunAsync(call.Work, id, call.Request(body, sent => new CreditChange(
            body.Sent("limit_minor", sent.LimitMinor),
            body.Sent("department_id", sent.DepartmentId),
            body.Sent("status", sent.Status),
            body.Sent("first_day", sent.FirstDay),
            body.Sent("last_day", sent.LastDay),
            body.Sent("extra_minor", sent.ExtraMinor))));
        return Reply.Ok(await ViewAsync(call, row), row.Revision);
    }

    private static async Task<Reply> RemoveAsync(Call call, RevokeCredit revoke, Guid id)
    {
        await revoke.RunAsync(call.Work, id, call.Request());
        return Reply.NoContent();
    }

    private static async Task<Reply> SendCodeAsync(Call call, SendActivationCode send, Guid id) =>
        new(StatusCodes.Status201Created, new CodeSent(await send.RunAsync(call.Work, id)));

    private static async Task<AccountView> ViewAsync(Call call, AccountRow row) =>
        AccountView.Of(row, await ControlDatabase.NowAsync(call.Db));
}
