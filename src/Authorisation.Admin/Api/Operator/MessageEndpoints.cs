using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Work;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Operator;

/// <summary>A message and how far it has come. Its text is not shown: it has codes and links.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Operator">The operator's code.</param>
/// <param name="OrganisationId">The organisation that it is about.</param>
/// <param name="TravellerId">The traveller that it is about.</param>
/// <param name="CreditAccountId">The credit that it is about.</param>
/// <param name="Channel">sms or email.</param>
/// <param name="Kind">What it is, such as activation_code or invitation.</param>
/// <param name="Recipient">The number or address that it goes to.</param>
/// <param name="Status">
/// waiting; sent; dead: given up after many tries; overtaken: not sent any more, as a newer one was or it came too
/// late.
/// </param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="MadeAt">When it was written.</param>
/// <param name="SentAt">When the gateway or mail server took it.</param>
/// <param name="NextAttemptAt">When it is tried next; absent when it is not waiting.</param>
/// <param name="LastError">Why the last try failed.</param>
internal sealed record MessageView(
    Guid Id,
    string Operator,
    Guid? OrganisationId,
    Guid? TravellerId,
    Guid? CreditAccountId,
    [AllowedValues("sms", "email")] string Channel,
    string Kind,
    string Recipient,
    [AllowedValues("waiting", "sent", "dead", "overtaken")] string Status,
    int Attempts,
    DateTime MadeAt,
    DateTime? SentAt,
    DateTime? NextAttemptAt,
    string? LastError);

/// <summary>What was sent, tried and given up.</summary>
internal static class MessageEndpoints
{
    private const string Waiting = "waiting";
    private const string Sent = "sent";
    private const string Dead = "dead";
    private const string Overtaken = "overtaken";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/messages", ListAsync).WithName("list_messages").WithTags("messages")
            .Answers<Page<MessageView>>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden);
        routes.MapGet("/v1/messages/{id:guid}", GetAsync).WithName("get_message").WithTags("messages")
            .Answers<MessageView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPost("/v1/messages/{id:guid}/sending", SendAgainAsync).WithName("send_message_again").WithTags("messages")
            .Answers<MessageView>(
                StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
                StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Reply> ListAsync(
        Call call,
        ListMessages list,
        [AsParameters] PageQuery page,
        [FromQuery(Name = "operator")] string? @operator,
        [FromQuery, AllowedValues(Waiting, Sent, Dead, Overtaken)] string? status)
    {
        MessageState? state = status is null ? null : Words.Read<MessageState>(status);
        var rows = await list.RunAsync(call.Work, @operator, state, page.OfIds);
        return Reply.Ok(Page<MessageView>.Of(rows, page.Size, View, row => row.Id));
    }

    private static async Task<Reply> GetAsync(Call call, Guid id) =>
        Reply.Ok(View(await MessageRow.GetVisibleAsync(call.Work, id)));

    private static async Task<Reply> SendAgainAsync(Call call, SendMessageAgain send, Guid id) =>
        Reply.Ok(View(await send.RunAsync(call.Work, id)));

    private static MessageView View(MessageRow row) => new(
        row.Id,
        row.Operator,
        row.OrganisationId,
        row.TravellerId,
        row.AccountId,
        Words.Of(row.Channel),
        row.Kind,
        row.Recipient,
        Words.Of(row.State),
        row.Attempts,
        row.MadeAt,
        row.SentAt,
        row.State == MessageState.Waiting ? row.NextAttemptAt : null,
        row.LastError);
}
