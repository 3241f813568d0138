using Authorisation.Admin.Web;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Travellers;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Travellers;

/// <summary>
/// A traveller to be added or changed. An e-mail address is enough to add one, who is put into the first department
/// that the caller has; in a change, a field that is not sent stays.
/// </summary>
internal sealed record TravellerBody(string? Email, string? Mobile, string? Name, Guid? DepartmentId, bool? Shared);

/// <summary>The travellers of organisations.</summary>
internal static class TravellerEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/organisations/{id:guid}/travellers", ListAsync).WithName("list_travellers").WithTags("travellers")
            .Answers<Page<TravellerView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPost("/v1/organisations/{id:guid}/travellers", AddAsync).WithName("add_traveller").WithTags("travellers")
            .Answers<TravellerView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity);
        routes.MapGet("/v1/travellers/{id:guid}", GetAsync).WithName("get_traveller").WithTags("travellers")
            .Answers<TravellerView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPatch("/v1/travellers/{id:guid}", ChangeAsync).WithName("change_traveller").WithTags("travellers")
            .Answers<TravellerView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed,
                StatusCodes.Status429TooManyRequests);
        routes.MapDelete("/v1/travellers/{id:guid}", RemoveAsync).WithName("remove_traveller").WithTags("travellers")
            .AnswersNothing(
                StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Reply> ListAsync(
        Call call, ListTravellers list, Guid id, [AsParameters] PageQuery page, [FromQuery] string? q,
        [FromQuery(Name = "department_id")] Guid? departmentId)
    {
        var rows = await list.RunAsync(call.Work, id, new TravellerFilter(q, departmentId), page.OfIds);
        return Reply.Ok(Page<TravellerView>.Of(rows, page.Size, TravellerView.Of, row => row.Id));
    }

    private static async Task<Reply> AddAsync(Call call, AddTraveller add, Guid id, Body<TravellerBody> body)
    {
        var row = await add.RunAsync(call.Work, id, call.Request(body, sent => new AddTravellerRequest(
            sent.Email, sent.Mobile, sent.Name, body.Sent("department_id", sent.DepartmentId), sent.Shared)));
        return Reply.Created("/v1/travellers/" + row.Id, TravellerView.Of(row), row.Revision);
    }

    private static async Task<Reply> GetAsync(Call call, Guid id)
    {
        var (row, _) = await TravellerRow.GetVisibleAsync(call.Work, id);
        return Reply.Ok(TravellerView.Of(row), row.Revision);
    }

    private static async Task<Reply> ChangeAsync(Call call, ChangeTraveller change, Guid id, Body<TravellerBody> body)
    {
        var row = await change.RunAsync(call.Work, id, call.Request(body, sent => new ChangeTravellerRequest(
            body.Sent("email", sent.Email),
            body.Sent("mobile", sent.Mobile),
            body.Sent("name", sent.Name),
            body.Sent("department_id", sent.DepartmentId),
            sent.Shared)));
        return Reply.Ok(TravellerView.Of(row), row.Revision);
    }

    private static async Task<Reply> RemoveAsync(Call call, RemoveTraveller remove, Guid id)
    {
        await remove.RunAsync(call.Work, id, call.Request());
        return Reply.NoContent();
    }
}
