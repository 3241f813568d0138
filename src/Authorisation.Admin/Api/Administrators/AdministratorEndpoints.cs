using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Administrators;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

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
        routes.MapPost("/v1/organisations/{id:guid}/administrators", AddAsync).WithName("invite_administrator").WithTags("administrators")
            .Answers<AdministratorView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests);
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

    private static async Task<Reply> ListAsync(Call call, Guid id, [AsParameters] PageQuery page)
    {
        var (_, scope) = await OrganisationRow.GetVisibleAsync(call.Work, id);
        var rows = (await AdministratorRow.ListAsync(call.Db, id, page.AfterId))
            .Where(row => row.IsSeenBy(scope)).Take(page.Size + 1).ToList();
        return Reply.Ok(Page<AdministratorView>.Of(rows, page.Size, AdministratorView.Of, row => row.Id));
    }

    private static async Task<Reply> AddAsync(Call call, Guid id, Invitations invitations, Body<NewAdministrator> body)
    {
        var (organisation, scope) = await OrganisationRow.LockCustomerForChangeAsync(call.Work, id);
        scope.Require(AdministratorRights.Administrators);
        var sent = body.Value;
        var fields = new Fields();
        var email = fields.Email("email", sent.Email);
        var name = fields.Optional("name", sent.Name, Limits.NameCharactersMax) ?? "";
        var isWide = sent.OrganisationWide ?? sent.Departments is null or { Count: 0 };
        var rights = Rights(fields, sent.Rights);
        var departments = await DepartmentsAsync(call, fields, organisation, scope, isWide, sent.Departments);
        fields.ThrowIfAny();
        RequireWithin(scope, isWide, rights);
        var terms = await OperatorTerms.GetAsync(call.Db, organisation.OperatorId);
        var administrator = await invitations.AddAsync(
            call.Db, terms, organisation, email, name, isWide, rights, departments, call.Principal.PersonId);
        var view = AdministratorView.Of((await AdministratorRow.FindAsync(call.Db, administrator))!);
        await call.Work.AuditAsync(
            "administrator.invited", "administrator:" + administrator, organisation.OperatorId, id, after: view);
        return Reply.Created("/v1/administrators/" + administrator, view, 1);
    }

    private static async Task<Reply> GetAsync(Call call, Guid id)
    {
        var (row, _) = await SeeAsync(call, id);
        return Reply.Ok(AdministratorView.Of(row), row.Revision);
    }

    private static async Task<Reply> ChangeAsync(Call call, Guid id, Body<AdministratorChange> body)
    {
        var (row, scope) = await SeeAsync(call, id, forChange: true);
        RequireManagement(row, scope);
        call.RequireMatch(row.Revision);
        var sent = body.Value;
        var fields = new Fields();
        var organisation = (await OrganisationRow.FindAsync(call.Db, row.OrganisationId))!;
        var isWide = sent.OrganisationWide ?? (row.IsOrganisationWide && sent.Departments is null or { Count: 0 });
        var rights = sent.Rights is null ? row.Rights : Rights(fields, sent.Rights);
        var departments = await DepartmentsAsync(
            call, fields, organisation, scope, isWide, isWide ? sent.Departments : sent.Departments ?? row.Departments);
        fields.ThrowIfAny();
        RequireWithin(scope, isWide, rights);
        if (row.IsOrganisationWide && !isWide)
        {
            await RequireAnotherAsync(call, row);
        }

        await call.Db.ExecuteAsync(
            """
            update control.administrator
            set is_organisation_wide = @isWide, rights = @rights, revision = revision + 1 where id = @id;
            delete from control.administrator_department where administrator_id = @id;
            insert into control.administrator_department (administrator_id, department_id)
            select @id, unnest(@departments::uuid[])
            """,
            new { id, isWide, rights = (short)rights, departments = departments.ToArray() });
        var after = (await AdministratorRow.FindAsync(call.Db, id))!;
        await call.Work.AuditAsync(
            "administrator.changed", "administrator:" + id, row.OperatorId, row.OrganisationId,
            before: AdministratorView.Of(row), after: AdministratorView.Of(after));
        return Reply.Ok(AdministratorView.Of(after), after.Revision);
    }

    private static async Task<Reply> RemoveAsync(Call call, Guid id)
    {
        var (row, scope) = await SeeAsync(call, id, forChange: true);
        RequireManagement(row, scope);
        call.RequireMatch(row.Revision);
        if (row.IsOrganisationWide)
        {
            await RequireAnotherAsync(call, row);
        }

        await Invitations.EndAsync(call.Db, id);
        await call.Db.ExecuteAsync(
            "update control.administrator set removed_at = ledger_now(), revision = revision + 1 where id = @id", new { id });
        await call.Work.AuditAsync(
            "administrator.removed", "administrator:" + id, row.OperatorId, row.OrganisationId, before: AdministratorView.Of(row));
        return Reply.NoContent();
    }

    private static async Task<Reply> InviteAgainAsync(Call call, Guid id, Invitations invitations)
    {
        var (row, scope) = await SeeAsync(call, id, forChange: true);
        RequireManagement(row, scope);
        // Who has accepted and lost the password is given a way to choose another by an invitation, too.
        if (row.AcceptedAt is not null && row.HasPassword)
        {
            throw new RefusedException(ProblemCode.AcceptedAlready, "The invitation has been accepted.");
        }

        var organisation = (await OrganisationRow.FindAsync(call.Db, row.OrganisationId))!;
        var terms = await OperatorTerms.GetAsync(call.Db, row.OperatorId);
        await invitations.SendAsync(call.Db, terms, organisation, id, row.Email, call.Principal.PersonId);
        await call.Work.AuditAsync("administrator.invited_again", "administrator:" + id, row.OperatorId, row.OrganisationId);
        return Reply.NoContent();
    }

    // Changes of an organisation's administrators lock the organisation, so that the last two cannot remove each other.
    private static async Task<(AdministratorRow Row, AccessScope Scope)> SeeAsync(Call call, Guid id, bool forChange = false)
    {
        var row = await AdministratorRow.FindAsync(call.Db, id) ?? throw Problems.NotFound();
        var scope = call.Principal.At(row.OperatorId, row.OrganisationId);
        if (!row.IsSeenBy(scope))
        {
            throw Problems.NotFound();
        }

        if (forChange)
        {
            await call.Db.ExecuteAsync("select from organisation where id = @OrganisationId for no key update", new { row.OrganisationId });
            row = await AdministratorRow.FindAsync(call.Db, id) ?? throw Problems.NotFound();
        }

        return (row, scope);
    }

    // Who administers departments manages administrators of those only; nobody manages one with more rights.
    private static void RequireManagement(AdministratorRow row, AccessScope scope)
    {
        scope.Require(AdministratorRights.Administrators);
        RequireWithin(scope, row.IsOrganisationWide, row.Rights);
        if (!row.Departments.All(department => scope.Sees(department)))
        {
            throw Problems.Forbidden();
        }
    }

    private static void RequireWithin(AccessScope scope, bool isWide, AdministratorRights rights)
    {
        if (!scope.Has(rights) || (isWide && !scope.IsWide))
        {
            throw Problems.Forbidden();
        }
    }

    private static async Task RequireAnotherAsync(Call call, AdministratorRow row)
    {
        var others = await call.Db.ExecuteScalarAsync<bool>(
            """
            select exists (
              select from control.administrator
              where organisation_id = @OrganisationId and id <> @Id and is_organisation_wide and removed_at is null
                and (accepted_at is not null or not @isAccepted))
            """,
            new { row.OrganisationId, row.Id, isAccepted = row.AcceptedAt is not null });
        if (!others)
        {
            throw new RefusedException(ProblemCode.LastAdministrator, "This is the last administrator of the whole organisation.");
        }
    }

    private static AdministratorRights Rights(Fields fields, IReadOnlyList<string?>? sent)
    {
        var rights = AdministratorRights.None;
        foreach (var word in sent ?? [])
        {
            if (AdministratorView.Words.TryGetValue(word ?? "", out var right))
            {
                rights |= right;
            }
            else
            {
                fields.AddNotOneOf("rights", [.. AdministratorView.Words.Keys]);
            }
        }

        return rights;
    }

    private static async Task<IReadOnlyCollection<Guid>> DepartmentsAsync(
        Call call, Fields fields, OrganisationRow organisation, AccessScope scope, bool isWide, IReadOnlyList<Guid>? sent)
    {
        if (isWide)
        {
            if (sent is { Count: > 0 })
            {
                fields.Add("departments", FieldCode.NotPossible, "must be empty for an administrator of the whole organisation");
            }

            return [];
        }

        if (sent is null or { Count: 0 })
        {
            fields.Add("departments", FieldCode.Required, "must name a department, unless organisation_wide is true");
            return [];
        }

        foreach (var department in sent.Distinct())
        {
            await DepartmentRow.NamedAsync(call.Db, fields, "departments", department, organisation.Id, scope);
        }

        return [.. sent.Distinct()];
    }
}
