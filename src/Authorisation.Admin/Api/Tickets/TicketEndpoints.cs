using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Tickets;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Tickets;

/// <summary>Tickets that were sent: what they are, and what may still be done with them.</summary>
internal static class TicketEndpoints
{
    private const string Tag = "tickets";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/organisations/{id:guid}/tickets", ListAsync).WithName("list_tickets").WithTags(Tag)
            .Answers<Page<TicketView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        routes.MapGet("/v1/travellers/{id:guid}/tickets", ListForAsync).WithName("list_tickets_of").WithTags(Tag)
            .Answers<Page<TicketView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        routes.MapGet("/v1/tickets/{id:guid}", GetAsync).WithName("get_ticket").WithTags(Tag)
            .Answers<TicketView>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        routes.MapPut("/v1/tickets/{id:guid}/bearer", ChangeBearerAsync).WithName("change_ticket_bearer").WithTags(Tag)
            .Answers<TicketView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed);
        routes.MapPost("/v1/tickets/{id:guid}/end", EndAsync).WithName("end_ticket").WithTags(Tag)
            .Answers<TicketView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed, StatusCodes.Status422UnprocessableEntity);
        routes.MapPost("/v1/tickets/{id:guid}/cancellation", CancelAsync).WithName("cancel_ticket").WithTags(Tag)
            .Answers<TicketView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed, StatusCodes.Status422UnprocessableEntity);
        routes.MapPost("/v1/tickets/{id:guid}/events", ReportAsync).WithName("report_ticket_event").WithTags(Tag)
            .Answers<TicketEventAnswerView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity);
        routes.MapPost("/v1/ticket-events", ReportManyAsync).WithName("report_ticket_events").WithTags(Tag)
            .Answers<TicketEventAnswersView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Reply> ListAsync(
        Call call, ListTickets list, Guid id, [AsParameters] PageQuery page, [FromQuery, WordsOf<TicketState>] string? state,
        [FromQuery(Name = "traveller_id")] Guid? travellerId, [FromQuery(Name = "department_id")] Guid? departmentId,
        [FromQuery] CreditMonth? month, [FromQuery, RegularExpression("^[0-9]{4}$")] string? bearer)
    {
        var filter = new TicketFilter(
            state is null ? null : Words.Read<TicketState>(state), travellerId, departmentId, month, bearer);
        var rows = await list.RunAsync(call.Work, id, filter, page.OfIds);
        return Reply.Ok(Page<TicketView>.Of(rows, page.Size, TicketView.Of, row => row.Id));
    }

    private static async Task<Reply> ListForAsync(Call call, ListTickets list, Guid id, [AsParameters] PageQuery page) =>
        Reply.Ok(Page<TicketView>.Of(await list.RunForAsync(call.Work, id, page.OfIds), page.Size, TicketView.Of, row => row.Id));

    private static async Task<Reply> GetAsync(Call call, GetTicket get, Guid id) => Shown(await get.RunAsync(call.Work, id));

    private static async Task<Reply> ChangeBearerAsync(Call call, ChangeBearer change, Guid id, Body<BearerBody> body) =>
        Shown(await change.RunAsync(call.Work, id, call.Request(body, sent => sent.ToRequest())));

    private static async Task<Reply> EndAsync(Call call, EndTicket end, Guid id) =>
        Shown(await end.RunAsync(call.Work, id, call.Request()));

    private static async Task<Reply> CancelAsync(Call call, CancelTicket cancel, Guid id, Body<CancellationBody> body) =>
        Shown(await cancel.RunAsync(call.Work, id, call.Request(body, sent => new CancelRequest(sent.Reason))));

    private static async Task<Reply> ReportAsync(Call call, ReportTicketEvents report, Guid id, Body<TicketEventBody> body) =>
        Reply.Ok(TicketEventAnswerView.Of(await report.RunAsync(call.Work, id, call.Request(body, sent =>
            new TicketEventRequest(id, sent.Event, sent.OccurredAt, sent.EventId, sent.Reason)))));

    private static async Task<Reply> ReportManyAsync(Call call, ReportTicketEvents report, Body<TicketEventsBody> body)
    {
        var answers = await report.RunAsync(call.Work, call.Request(body, sent =>
            (IReadOnlyList<TicketEventRequest?>?)sent.Events?.Select(one => one is null
                ? null
                : new TicketEventRequest(one.TicketId, one.Event, one.OccurredAt, one.EventId, one.Reason)).ToList()));
        return Reply.Ok(new TicketEventAnswersView([.. answers.Select(TicketEventAnswerView.Of)]));
    }

    private static Reply Shown(TicketDetails ticket) => Reply.Ok(TicketView.Of(ticket), ticket.Row.Revision);
}
