using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Work;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Operator;

/// <summary>A message and how far it has come. What it says is not shown: codes and links stand in it.</summary>
internal sealed record MessageView(
    Guid Id,
    string Operator,
    Guid? OrganisationId,
    Guid? TravellerId,
    Guid? CreditAccountId,
    string Channel,
    string Kind,
    string Recipient,
    string Status,
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
