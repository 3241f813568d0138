using System.Text.Json;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Operator;

/// <summary>One line of the audit trail.</summary>
/// <param name="Id">Its number; later lines have higher ones.</param>
/// <param name="At">When.</param>
/// <param name="Operator">The operator's code.</param>
/// <param name="OrganisationId">The organisation that it is about.</param>
/// <param name="DepartmentId">The department that it is about.</param>
/// <param name="Who">
/// The e-mail address of the person; absent for a call without a session, and for what the service does itself.
/// </param>
/// <param name="ClientId">The client that did it, where no person did: the operator's ticket system.</param>
/// <param name="From">The network address that the call came from.</param>
/// <param name="What">What was done, such as <c>traveller.changed</c>.</param>
/// <param name="Subject">What it was done to, such as <c>traveller:</c> and an id.</param>
/// <param name="Before">The state before, as an object.</param>
/// <param name="After">The state after, as an object.</param>
internal sealed record AuditView(
    long Id,
    DateTime At,
    string Operator,
    Guid? OrganisationId,
    Guid? DepartmentId,
    string? Who,
    long? ClientId,
    string? From,
    string What,
    string Subject,
    JsonElement? Before,
    JsonElement? After);

/// <summary>Who did what, when and from where, with the state before and after; newest first.</summary>
internal static class AuditEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/audit", ListAsync).WithName("list_audit").WithTags("audit")
            .Answers<Page<AuditView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);

    private static async Task<Reply> ListAsync(
        Call call,
        ListAuditEntries list,
        [AsParameters] PageQuery page,
        [FromQuery(Name = "organisation_id")] Guid? organisationId,
        [FromQuery] string? subject)
    {
        var rows = await list.RunAsync(
            call.Work, new AuditFilter(organisationId, subject, page.AfterNumber, page.Size + 1));
        return Reply.Ok(Page<AuditView>.Of(rows, page.Size, View, row => row.Id));
    }

    private static AuditView View(AuditRow row) => new(
        row.Id,
        row.MadeAt,
        row.Operator,
        row.OrganisationId,
        row.DepartmentId,
        row.PersonEmail.Length == 0 ? null : row.PersonEmail,
        row.ClientId,
        row.Address,
        row.Action,
        row.Subject,
        Json(row.Before),
        Json(row.After));

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}
