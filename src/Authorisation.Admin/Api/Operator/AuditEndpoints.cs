using System.Text.Json;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Operator;

/// <summary>One line of the audit trail.</summary>
/// <param name="Id">Its number; later lines have higher ones.</param>
/// <param name="At">When.</param>
/// <param name="Operator">The operator's code.</param>
/// <param name="OrganisationId">The organisation that it is about.</param>
/// <param name="DepartmentId">The department that it is about.</param>
/// <param name="Principal">
/// The e-mail address of the person; absent for a call without a session, and for what the service does itself.
/// </param>
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
    string? Principal,
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
        [AsParameters] PageQuery page,
        [FromQuery(Name = "organisation_id")] Guid? organisationId,
        [FromQuery] string? subject)
    {
        var members = call.Principal.Memberships.Values;
        if (organisationId is { } id && !members.Any(one => one.OrganisationId == id)
            && !call.Principal.StaffOf.Contains(await call.Db.QuerySingleOrDefaultAsync<int>(
                "select operator_id from organisation where id = @id", new { id })))
        {
            throw Problems.NotFound();
        }

        var rows = (await call.Db.QueryAsync<Row>(
            """
            select e.id, e.made_at, o.code as operator, e.organisation_id, e.department_id, e.person_email, e.address, e.action,
                   e.subject, e.before::text as before, e.after::text as after
            from control.audit_entry e join operator o on o.id = e.operator_id
            where (@before = 0 or e.id < @before)
              and (e.operator_id = any(@staffOf) or e.organisation_id = any(@wide) or e.department_id = any(@departments))
              and (@organisationId::uuid is null or e.organisation_id = @organisationId)
              and (@subject::text is null or e.subject = @subject)
            order by e.id desc limit @count
            """,
            new
            {
                before = page.AfterNumber,
                staffOf = call.Principal.StaffOf.ToArray(),
                wide = members.Where(one => one.IsOrganisationWide).Select(one => one.OrganisationId).ToArray(),
                departments = members.Where(one => !one.IsOrganisationWide).SelectMany(one => one.Departments).ToArray(),
                organisationId,
                subject,
                count = page.Size + 1,
            })).ToList();
        return Reply.Ok(Page<AuditView>.Of(rows, page.Size, View, row => row.Id));
    }

    private static AuditView View(Row row) => new(
        row.Id,
        row.MadeAt,
        row.Operator,
        row.OrganisationId,
        row.DepartmentId,
        row.PersonEmail.Length == 0 ? null : row.PersonEmail,
        row.Address,
        row.Action,
        row.Subject,
        Json(row.Before),
        Json(row.After));

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);

    private sealed record Row
    {
        public required long Id { get; init; }

        public required DateTime MadeAt { get; init; }

        public required string Operator { get; init; }

        public Guid? OrganisationId { get; init; }

        public Guid? DepartmentId { get; init; }

        public required string PersonEmail { get; init; }

        public string? Address { get; init; }

        public required string Action { get; init; }

        public required string Subject { get; init; }

        public string? Before { get; init; }

        public string? After { get; init; }
    }
}
