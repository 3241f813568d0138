using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Authorisation.Admin.Web;
using Authorisation.Administration.Events;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Operator;

/// <summary>Why an event need not be delivered.</summary>
/// <param name="Reason">For people to read.</param>
internal sealed record DismissalBody([Required, MaxLength(Limits.DismissalReasonCharactersMax)] string? Reason);

/// <summary>An event and how far it has come.</summary>
/// <param name="Id">Its id, the webhook-id that it is sent with.</param>
/// <param name="Number">Later ones have higher numbers.</param>
/// <param name="Operator">The operator's code.</param>
/// <param name="Type">What happened, such as ticket.ordered.</param>
/// <param name="Subject">What it happened to, such as a ticket's id.</param>
/// <param name="Data">What the receiver has to know.</param>
/// <param name="MadeAt">When it happened.</param>
/// <param name="Status">
/// waiting: to be sent, or behind another of its subject; delivered; undelivered: given up after three days, and those of
/// its subject wait behind it; dismissed by staff.
/// </param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="NextAttemptAt">When it is tried next at the soonest; absent when it is not waiting.</param>
/// <param name="LastError">Why the last try failed.</param>
/// <param name="EndedAt">When it was delivered, given up or dismissed.</param>
internal sealed record EventView(
    Guid Id,
    long Number,
    string Operator,
    string Type,
    string Subject,
    JsonElement Data,
    DateTime MadeAt,
    [AllowedValues("waiting", "delivered", "undelivered", "dismissed")] string Status,
    int Attempts,
    DateTime? NextAttemptAt,
    string? LastError,
    DateTime? EndedAt);

/// <summary>What is sent to an operator's ticket system.</summary>
internal static class EventEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/events", ListAsync).WithName("list_events").WithTags("events")
            .Answers<Page<EventView>>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden);
        routes.MapGet("/v1/events/{id:guid}", GetAsync).WithName("get_event").WithTags("events")
            .Answers<EventView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPost("/v1/events/{id:guid}/sending", SendAgainAsync).WithName("send_event_again").WithTags("events")
            .Answers<EventView>(
                StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
                StatusCodes.Status422UnprocessableEntity);
        routes.MapPost("/v1/events/{id:guid}/dismissal", DismissAsync).WithName("dismiss_event").WithTags("events")
            .Answers<EventView>(
                StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
                StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Reply> ListAsync(
        Call call,
        ListEvents list,
        [AsParameters] PageQuery page,
        [FromQuery(Name = "operator")] string? @operator,
        [FromQuery, AllowedValues("waiting", "delivered", "undelivered", "dismissed")] string? status,
        [FromQuery] string? subject)
    {
        EventState? state = status is null ? null : Words.Read<EventState>(status);
        var rows = await list.RunAsync(
            call.Work, new EventFilter(@operator, state, subject, page.AfterNumber, page.Size + 1));
        return Reply.Ok(Page<EventView>.Of(rows, page.Size, View, row => row.Number));
    }

    private static async Task<Reply> GetAsync(Call call, Guid id) =>
        Reply.Ok(View(await EventRow.GetVisibleAsync(call.Work, id)));

    private static async Task<Reply> SendAgainAsync(Call call, SendEventAgain send, Guid id) =>
        Reply.Ok(View(await send.RunAsync(call.Work, id)));

    private static async Task<Reply> DismissAsync(Call call, DismissEvent dismiss, Guid id, Body<DismissalBody> body) =>
        Reply.Ok(View(await dismiss.RunAsync(call.Work, id, call.Request(body, sent => new DismissalRequest(sent.Reason)))));

    private static EventView View(EventRow row) => new(
        row.Id,
        row.Number,
        row.Operator,
        row.Type,
        row.Subject,
        JsonElement.Parse(row.Data),
        row.MadeAt,
        Words.Of(row.State),
        row.Attempts,
        row.State == EventState.Waiting ? row.NextAttemptAt : null,
        row.LastError,
        row.EndedAt);
}
