using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Events;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Operator;

/// <summary>Where events are to be sent.</summary>
/// <param name="Url">
/// The address that they are posted to; https and public, unless the control plane allows private addresses.
/// </param>
internal sealed record WebhookBody([Required, MaxLength(Limits.WebhookAddressCharactersMax)] string? Url);

/// <summary>Where an operator's events are sent, and how that goes.</summary>
/// <param name="Operator">The operator's code.</param>
/// <param name="Url">The address that they are posted to.</param>
/// <param name="Secret">
/// What they are signed with, as Standard Webhooks writes it; only in the answer that made it.
/// </param>
/// <param name="SecretBeforeUntil">Until when the secret before signs beside it.</param>
/// <param name="Status">reachable; away: it could not be reached and is left alone until away_until.</param>
/// <param name="AwayUntil">When it is tried again.</param>
/// <param name="LastError">Why it could not be reached the last time.</param>
/// <param name="LastFailedAt">When that was.</param>
/// <param name="LastAnsweredAt">When it last took an event.</param>
/// <param name="Waiting">How many events wait for it.</param>
/// <param name="Undelivered">How many were given up.</param>
internal sealed record WebhookView(
    string Operator,
    string Url,
    string? Secret,
    DateTime? SecretBeforeUntil,
    [AllowedValues("reachable", "away")] string Status,
    DateTime? AwayUntil,
    string? LastError,
    DateTime? LastFailedAt,
    DateTime? LastAnsweredAt,
    long Waiting,
    long Undelivered)
{
    public static WebhookView Of(WebhookRow row, string? secret = null) => new(
        row.Operator,
        row.Url,
        secret,
        row.BeforeUntil,
        row.Failures > 0 ? "away" : "reachable",
        row.Failures > 0 ? row.AwayUntil : null,
        row.LastError,
        row.LastFailedAt,
        row.LastAnsweredAt,
        row.Waiting,
        row.Undelivered);
}

/// <summary>Where an operator's events are sent; set by its staff.</summary>
internal static class WebhookEndpoints
{
    private const string Route = "/v1/operators/{code}/webhook";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, GetAsync).WithName("get_webhook").WithTags("events")
            .Answers<WebhookView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPut(Route, SetAsync).WithName("set_webhook").WithTags("events")
            .Answers<WebhookView>(
                StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed);
        routes.MapDelete(Route, RemoveAsync).WithName("remove_webhook").WithTags("events")
            .AnswersNothing(StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed);
        routes.MapPost(Route + "/secrets", RenewAsync).WithName("renew_webhook_secret").WithTags("events")
            .Answers<WebhookView>(
                StatusCodes.Status201Created, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
                StatusCodes.Status422UnprocessableEntity);
        routes.MapPost(Route + "/test", TestAsync).WithName("test_webhook").WithTags("events")
            .AnswersNothing(StatusCodes.Status404NotFound, StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Reply> GetAsync(Call call, string code)
    {
        var row = await WebhookRow.GetVisibleAsync(call.Work, code);
        return Reply.Ok(WebhookView.Of(row), row.Revision);
    }

    private static async Task<Reply> SetAsync(Call call, SetWebhook set, string code, Body<WebhookBody> body)
    {
        var (row, secret) = await set.RunAsync(call.Work, code, call.Request(body, sent => new WebhookRequest(sent.Url)));
        return Reply.Ok(WebhookView.Of(row, secret), row.Revision);
    }

    private static async Task<Reply> RemoveAsync(Call call, RemoveWebhook remove, string code)
    {
        await remove.RunAsync(call.Work, code, call.Request());
        return Reply.NoContent();
    }

    private static async Task<Reply> RenewAsync(Call call, RenewWebhookSecret renew, string code)
    {
        var (row, secret) = await renew.RunAsync(call.Work, code);
        return Reply.Created($"/v1/operators/{row.Operator}/webhook", WebhookView.Of(row, secret), row.Revision)
            with
        { HoldsSecret = true };
    }

    private static async Task<Reply> TestAsync(Call call, TestWebhook test, string code)
    {
        await test.RunAsync(call.Work, code);
        return Reply.NoContent();
    }
}
