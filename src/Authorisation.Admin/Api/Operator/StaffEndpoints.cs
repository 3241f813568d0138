using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Staff;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Operator;

/// <summary>A person to make staff.</summary>
/// <param name="Operator">The operator's code; staff of one operator only need not say it.</param>
/// <param name="Email">The e-mail address that the person signs in with.</param>
/// <param name="Name">The person's name.</param>
internal sealed record NewStaff(
    [MaxLength(Limits.OperatorCodeCharactersMax)] string? Operator,
    [Required, MaxLength(Limits.EmailCharactersMax)] string? Email,
    [MaxLength(Limits.NameCharactersMax)] string? Name);

/// <summary>A person who is staff of an operator.</summary>
/// <param name="Id">To remove the person by.</param>
/// <param name="Operator">The operator's code.</param>
/// <param name="Email">The person's e-mail address.</param>
/// <param name="Name">The person's name; absent when it is not known.</param>
/// <param name="Status"><c>active</c>, or <c>invited</c> while the person has no password.</param>
/// <param name="MadeAt">Since when.</param>
internal sealed record StaffView(
    Guid Id, string Operator, string Email, string? Name, [AllowedValues("active", "invited")] string Status, DateTime MadeAt);

/// <summary>Operator staff, managed by staff. The first one is made by the command <c>create-staff</c>.</summary>
internal static class StaffEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/staff", ListAsync).WithName("list_staff").WithTags("staff")
            .Answers<Page<StaffView>>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden);
        routes.MapPost("/v1/staff", AddAsync).WithName("add_staff").WithTags("staff")
            .Answers<StaffView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict,
                StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests);
        routes.MapGet("/v1/staff/{id:guid}", GetAsync).WithName("get_staff").WithTags("staff")
            .Answers<StaffView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapDelete("/v1/staff/{id:guid}", RemoveAsync).WithName("remove_staff").WithTags("staff")
            .AnswersNothing(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }

    private static async Task<Reply> ListAsync(
        Call call, ListStaff list, [AsParameters] PageQuery page, [FromQuery(Name = "operator")] string? @operator) =>
        Reply.Ok(
            Page<StaffView>.Of(await list.RunAsync(call.Work, @operator, page.OfIds), page.Size, View, row => row.Id));

    private static async Task<Reply> GetAsync(Call call, Guid id) =>
        Reply.Ok(View(await StaffRow.GetVisibleAsync(call.Work, id)));

    private static async Task<Reply> AddAsync(Call call, AddStaff add, Body<NewStaff> body)
    {
        var row = await add.RunAsync(
            call.Work, call.Request(body, sent => new StaffRequest(sent.Operator, sent.Email, sent.Name)));
        return Reply.Created("/v1/staff/" + row.Id, View(row));
    }

    private static async Task<Reply> RemoveAsync(Call call, RemoveStaff remove, Guid id)
    {
        await remove.RunAsync(call.Work, id);
        return Reply.NoContent();
    }

    private static StaffView View(StaffRow row) =>
        new(row.Id, row.Operator, row.Email, row.Name.Length == 0 ? null : row.Name, row.Status, row.MadeAt);
}
