using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Api.Organisations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Travellers;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Travellers;

/// <summary>A traveller to be added.</summary>
/// <param name="Email">The e-mail address; no other traveller of the organisation has it.</param>
/// <param name="Mobile">The mobile number that activation codes are sent to, with or without country code.</param>
/// <param name="Name">The name, as it stands on invoices; the e-mail address stands there without one.</param>
/// <param name="DepartmentId">The department; the first one that the caller has unless given.</param>
/// <param name="Shared">Whether several people travel on it, such as with a pool card; false unless given.</param>
internal sealed record NewTraveller(
    [Required, MaxLength(Limits.EmailCharactersMax)] string? Email,
    [MaxLength(Limits.WrittenNumberCharactersMax)] string? Mobile,
    [MaxLength(Limits.NameCharactersMax)] string? Name,
    Guid? DepartmentId,
    bool? Shared);

/// <summary>What is to be changed of a traveller; a field that is not sent stays.</summary>
/// <param name="Email">The e-mail address; no other traveller of the organisation has it.</param>
/// <param name="Mobile">
/// The mobile number that activation codes are sent to, with or without country code; null for none.
/// </param>
/// <param name="Name">The name, as it stands on invoices from now on; null for none.</param>
/// <param name="DepartmentId">The department that the traveller is moved to.</param>
/// <param name="Shared">Whether several people travel on it, such as with a pool card.</param>
internal sealed record TravellerChange(
    [MaxLength(Limits.EmailCharactersMax)] string? Email,
    [Clearable, MaxLength(Limits.WrittenNumberCharactersMax)] string? Mobile,
    [Clearable, MaxLength(Limits.NameCharactersMax)] string? Name,
    Guid? DepartmentId,
    bool? Shared);

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
                StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed, StatusCodes.Status429TooManyRequests);
        routes.MapDelete("/v1/travellers/{id:guid}", RemoveAsync).WithName("remove_traveller").WithTags("travellers")
            .AnswersNothing(
                StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Reply> ListAsync(
        Call call, Guid id, [AsParameters] PageQuery page, [FromQuery] string? q, [FromQuery(Name = "department_id")] Guid? departmentId)
    {
        var (_, scope) = await OrganisationRow.GetVisibleAsync(call.Work, id);
        var rows = (await call.Db.QueryAsync<TravellerRow>(
            $"""
            select {TravellerRow.Columns}
            where t.organisation_id = @id and t.removed_at is null and t.id > @after
              and (@departments::uuid[] is null or t.department_id = any(@departments))
              and (@departmentId::uuid is null or t.department_id = @departmentId)
              and (@q::text is null or t.name ilike @q or t.email ilike @q or t.mobile like @digits)
            order by t.id limit @count
            """,
            new
            {
                id,
                after = page.AfterId,
                count = page.Size + 1,
                departments = scope.ListedDepartments,
                departmentId,
                q = string.IsNullOrWhiteSpace(q) ? null : $"%{OrganisationEndpoints.Like(q.Trim())}%",
                digits = DigitsOf(q),
            })).ToList();
        return Reply.Ok(Page<TravellerView>.Of(rows, page.Size, TravellerView.Of, row => row.Id));
    }

    private static async Task<Reply> AddAsync(Call call, Guid id, Body<NewTraveller> body)
    {
        var (organisation, scope) = await OrganisationRow.GetVisibleCustomerAsync(call.Work, id);
        scope.Require(AdministratorRights.Travellers);
        await OrganisationRow.LockSharedAsync(call.Db, id);
        var terms = await OperatorTerms.GetAsync(call.Db, organisation.OperatorId);
        var sent = body.Value;
        var fields = new Fields();
        var row = new TravellerRow
        {
            Id = Guid.CreateVersion7(),
            OrganisationId = id,
            OperatorId = organisation.OperatorId,
            DepartmentId = body.Has("department_id")
                ? (await DepartmentRow.NamedAsync(call.Db, fields, "department_id", sent.DepartmentId, id, scope))?.Id
                : DepartmentRow.DefaultOf(await DepartmentRow.OpenAsync(call.Db, id, scope))?.Id,
            Email = fields.Email("email", sent.Email),
            Name = fields.Optional("name", sent.Name, Limits.NameCharactersMax) ?? "",
            Mobile = fields.Mobile("mobile", sent.Mobile, terms.Country),
            IsShared = sent.Shared ?? false,
            Revision = 1,
        };
        await TravellerEditor.CheckEmailAsync(call.Db, fields, row);
        fields.ThrowIfAny();
        await TravellerEditor.AddAsync(call.Work, row);
        return Reply.Created("/v1/travellers/" + row.Id, TravellerView.Of(row), row.Revision);
    }

    private static async Task<Reply> GetAsync(Call call, Guid id)
    {
        var (row, _) = await TravellerRow.GetVisibleAsync(call.Work, id);
        return Reply.Ok(TravellerView.Of(row), row.Revision);
    }

    private static async Task<Reply> ChangeAsync(Call call, Guid id, TravellerEditor editor, Body<TravellerChange> body)
    {
        var (row, scope) = await TravellerRow.LockForChangeAsync(call.Work, id);
        scope.Require(AdministratorRights.Travellers);
        call.RequireMatch(row.Revision);
        var terms = await OperatorTerms.GetAsync(call.Db, row.OperatorId);
        var sent = body.Value;
        var fields = new Fields();
        var changed = row with
        {
            Email = body.Has("email") ? fields.Email("email", sent.Email) : row.Email,
            Name = body.Has("name") ? fields.Optional("name", sent.Name, Limits.NameCharactersMax) ?? "" : row.Name,
            Mobile = body.Has("mobile") ? fields.Mobile("mobile", sent.Mobile, terms.Country) : row.Mobile,
            IsShared = sent.Shared ?? row.IsShared,
            DepartmentId = body.Has("department_id")
                ? (await DepartmentRow.NamedAsync(call.Db, fields, "department_id", sent.DepartmentId, row.OrganisationId, scope))?.Id
                : row.DepartmentId,
        };
        await TravellerEditor.RequireAsync(call.Db, terms, scope, row, changed);
        await TravellerEditor.CheckEmailAsync(call.Db, fields, changed);
        await TravellerEditor.CheckAppAsync(call.Db, fields, terms, row, changed);
        fields.ThrowIfAny();
        await editor.ChangeAsync(call.Work, terms, scope, row, changed);
        return Reply.Ok(TravellerView.Of(changed), row.Revision + 1);
    }

    private static async Task<Reply> RemoveAsync(Call call, Guid id)
    {
        var (row, scope) = await TravellerRow.LockForChangeAsync(call.Work, id);
        scope.Require(AdministratorRights.Travellers);
        call.RequireMatch(row.Revision);
        await TravellerEditor.RemoveAsync(call.Work, scope, row);
        return Reply.NoContent();
    }

    // 070-123 and +46 70 123 find the same number.
    private static string? DigitsOf(string? q)
    {
        var digits = new string([.. (q ?? "").Where(char.IsAsciiDigit)]).TrimStart('0');
        return digits.Length < 4 ? null : $"%{digits}%";
    }
}
