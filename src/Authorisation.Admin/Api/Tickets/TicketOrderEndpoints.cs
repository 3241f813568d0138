using Authorisation.Admin.Web;
using Authorisation.Administration.Tickets;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Tickets;

/// <summary>Orders of tickets, which administrators send to travellers and to others.</summary>
internal static class TicketOrderEndpoints
{
    private const string Tag = "tickets";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/organisations/{id:guid}/ticket-orders", OrderAsync).WithName("order_tickets").WithTags(Tag)
            .Answers<TicketOrderView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity);
        routes.MapGet("/v1/organisations/{id:guid}/ticket-orders", ListAsync).WithName("list_ticket_orders").WithTags(Tag)
            .Answers<Page<TicketOrderView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        routes.MapGet("/v1/ticket-orders/{id:guid}", GetAsync).WithName("get_ticket_order").WithTags(Tag)
            .Answers<TicketOrderView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
    }

    private static async Task<Reply> OrderAsync(Call call, OrderTickets order, Guid id, Body<TicketOrderBody> body)
    {
        var made = await order.RunAsync(call.Work, id, call.Request(body, sent => sent.ToRequest()));
        return Reply.Created("/v1/ticket-orders/" + made.Row.Id, TicketOrderView.Of(made));
    }

    private static async Task<Reply> ListAsync(
        Call call, ListTicketOrders list, Guid id, [AsParameters] PageQuery page,
        [FromQuery(Name = "department_id")] Guid? departmentId) => Reply.Ok(Page<TicketOrderView>.Of(
            await list.RunAsync(call.Work, id, departmentId, page.OfIds), page.Size, TicketOrderView.Of, row => row.Id));

    private static async Task<Reply> GetAsync(Call call, Guid id) =>
        Reply.Ok(TicketOrderView.Of(await TicketOrderDetails.GetVisibleAsync(call.Work, id)));
}
