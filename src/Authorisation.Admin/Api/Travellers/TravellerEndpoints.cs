using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Travellers;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Travellers;

/// <summary>A traveller to be added.</summary>
/// <param name="Email">The e-mail address; no other traveller of the organisation has it.</param>
/// <param name="Mobile">The mobile number that activation codes are sent to, with or without country code.</param>
/// <param name="Name">The name, as printed on invoices; without one, the e-mail address is printed.</param>
/// <param name="DepartmentId">The department; the first one that the caller has unless given.</param>
/// <param name="Shared">Whether several people travel on it, such as with a pool card; false unless given.</param>
/// <param name="EmployeeNumber">The number at the employer, for its payroll.</param>
internal sealed record NewTraveller(
    [Required, MaxLength(Limits.EmailCharactersMax)] string? Email,
    [MaxLength(Limits.WrittenNumberCharactersMax)] string? Mobile,
    [MaxLength(Limits.NameCharactersMax)] string? Name,
    Guid? DepartmentId,
    bool? Shared,
    [MaxLength(Limits.EmployeeNumberCharactersMax)] string? EmployeeNumber);

/// <summary>What is to be changed of a traveller; a field that is not sent stays.</summary>
/// <param name="Email">The e-mail address; no other traveller of the organisation has it.</param>
/// <param name="Mobile">
/// The mobile number that activation codes are sent to, with or without country code; null for none.
/// </param>
/// <param name="Name">The name, as printed on invoices from now on; null for none.</param>
/// <param name="DepartmentId">The department that the traveller is moved to.</param>
/// <param name="Shared">Whether several people travel on it, such as with a pool card.</param>
/// <param name="EmployeeNumber">The number at the employer, for its payroll; null for none.</param>
internal sealed record TravellerChange(
    [MaxLength(Limits.EmailCharactersMax)] string? Email,
    [Clearable, MaxLength(Limits.WrittenNumberCharactersMax)] string? Mobile,
    [Clearable, MaxLength(Limits.NameCharactersMax)] string? Name,
    Guid? DepartmentId,
    bool? Shared,
    [Clearable, MaxLength(Limits.EmployeeNumberCharactersMax)] string? EmployeeNumber);

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

    private static async Task<Reply> AddAsync(Call call, AddTraveller add, Guid id, Body<NewTraveller> body)
    {
        var row = await add.RunAsync(call.Work, id, call.Request(body, sent => new AddTravellerRequest(
            sent.Email, sent.Mobile, sent.Name, body.Sent("department_id", sent.DepartmentId), sent.Shared,
            sent.EmployeeNumber)));
        return Reply.Created("/v1/travellers/" + row.Id, TravellerView.Of(row), row.Revision);
    }

    private static async Task<Reply> GetAsync(Call call, Guid id)
    {
        var (row, _) = await TravellerRow.GetVisibleAsync(call.Work, id);
        return Reply.Ok(TravellerView.Of(row), row.Revision);
    }

    private static async Task<Reply> ChangeAsync(Call call, ChangeTraveller change, Guid id, Body<TravellerChange> body)
    {
        var row = await change.RunAsync(call.Work, id, call.Request(body, sent => new ChangeTravellerRequest(
            body.Sent("email", sent.Email),
            body.Sent("mobile", sent.Mobile),
            body.Sent("name", sent.Name),
            body.Sent("department_id", sent.DepartmentId),
            sent.Shared,
            body.Sent("employee_number", sent.EmployeeNumber))));
        return Reply.Ok(TravellerView.Of(row), row.Revision);
    }

    private static async Task<Reply> RemoveAsync(Call call, RemoveTraveller remove, Guid id)
    {
        await remove.RunAsync(call.Work, id, call.Request());
        return Reply.NoContent();
    }
}
