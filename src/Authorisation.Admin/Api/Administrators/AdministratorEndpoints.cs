using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Administrators;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Administrators;

/// <summary>An administrator to be invited.</summary>
/// <param name="Email">The e-mail address that the invitation is sent to, and that the person signs in with.</param>
/// <param name="Name">The person's name.</param>
/// <param name="OrganisationWide">
/// Whether the person administers the whole organisation; true unless departments are named.
/// </param>
/// <param name="Departments">
/// The ids of the departments that the person administers; none for the whole organisation.
/// </param>
/// <param name="Rights">What the person may do beside reading; nothing unless given.</param>
internal sealed record NewAdministrator(
    [Required, MaxLength(Limits.EmailCharactersMax)] string? Email,
    [MaxLength(Limits.NameCharactersMax)] string? Name,
    bool? OrganisationWide,
    IReadOnlyList<Guid>? Departments,
    [RightWords] IReadOnlyList<string?>? Rights);

/// <summary>What is to be changed of an administrator; a field that is not sent stays.</summary>
/// <param name="OrganisationWide">Whether the person administers the whole organisation.</param>
/// <param name="Departments">
/// The ids of all departments that the person administers; none for the whole organisation.
/// </param>
/// <param name="Rights">All that the person may do beside reading.</param>
internal sealed record AdministratorChange(
    bool? OrganisationWide, IReadOnlyList<Guid>? Departments, [RightWords] IReadOnlyList<string?>? Rights);

/// <summary>The administrators of organisations.</summary>
internal static class AdministratorEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/organisations/{id:guid}/administrators", ListAsync).WithName("list_administrators").WithTags("administrators")
            .Answers<Page<AdministratorView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPost("/v1/organisations/{id:guid}/administrators", InviteAsync).WithName("invite_administrator").WithTags("administrators")
            .Answers<AdministratorView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity,
                StatusCodes.Status429TooManyRequests);
        routes.MapGet("/v1/administrators/{id:guid}", GetAsync).WithName("get_administrator").WithTags("administrators")
            .Answers<AdministratorView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPatch("/v1/administrators/{id:guid}", ChangeAsync).WithName("change_administrator").WithTags("administrators")
            .Answers<AdministratorView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed);
        routes.MapDelete("/v1/administrators/{id:guid}", RemoveAsync).WithName("remove_administrator").WithTags("administrators")
            .AnswersNothing(
                StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
                StatusCodes.Status412PreconditionFailed);
        routes.MapPost("/v1/administrators/{id:guid}/invitations", InviteAgainAsync).WithName("invite_again").WithTags("administrators")
            .AnswersNothing(
                StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
                StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests);
    }

    private static async Task<Reply> ListAsync(
        Call call, ListAdministrators list, Guid id, [AsParameters] PageQuery page)
    {
        var rows = await list.RunAsync(call.Work, id, page.OfIds);
        return Reply.Ok(Page<AdministratorView>.Of(rows, page.Size, AdministratorView.Of, row => row.Id));
    }

    private static async Task<Reply> InviteAsync(
        Call call, InviteAdministrator invite, Guid id, Body<NewAdministrator> body)
    {
        var row = await invite.RunAsync(call.Work, id, call.Request(body, sent => new InviteAdministratorRequest(
            sent.Email, sent.Name, sent.OrganisationWide, sent.Departments, sent.Rights)));
        return Reply.Created("/v1/administrators/" + row.Id, AdministratorView.Of(row), row.Revision);
    }

    private static async Task<Reply> GetAsync(Call call, Guid id)
    {
        var (row, _) = await AdministratorRow.GetVisibleAsync(call.Work, id);
        return Reply.Ok(AdministratorView.Of(row), row.Revision);
    }

    private static async Task<Reply> ChangeAsync(
        Call call, ChangeAdministrator change, Guid id, Body<AdministratorChange> body)
    {
        var row = await change.RunAsync(call.Work, id, call.Request(body, sent => new ChangeAdministratorRequest(
            sent.OrganisationWide, sent.Departments, sent.Rights)));
        return Reply.Ok(AdministratorView.Of(row), row.Revision);
    }

    private static async Task<Reply> RemoveAsync(Call call, RemoveAdministrator remove, Guid id)
    {
        await remove.RunAsync(call.Work, id, call.Request());
        return Reply.NoContent();
    }

    private static async Task<Reply> InviteAgainAsync(Call call, SendInvitation send, Guid id)
    {
        await send.RunAsync(call.Work, id);
        return Reply.NoContent();
    }
}
