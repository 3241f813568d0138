using Authorisation.Admin.Api.Administrators;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Administrators;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Admin.Api.Organisations;

/// <summary>Approving and refusing applications, suspending customers and lifting that.</summary>
internal static class DecideOnOrganisation
{
    private static readonly TimeSpan MessageLifetime = TimeSpan.FromDays(7);

    public static void Map(IEndpointRouteBuilder routes)
    {
        Route(routes.MapPost("/v1/organisations/{id:guid}/approval", ApproveAsync), "approve_organisation");
        Route(routes.MapPost("/v1/organisations/{id:guid}/refusal", RefuseAsync), "refuse_organisation");
        Route(routes.MapPost("/v1/organisations/{id:guid}/suspension", SuspendAsync), "suspend_organisation");
        Route(routes.MapPost("/v1/organisations/{id:guid}/reinstatement", ReinstateAsync), "reinstate_organisation");
    }

    private static void Route(RouteHandlerBuilder route, string name) => route.WithName(name).WithTags("organisations")
        .Answers<OrganisationView>(
            StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
            StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed, StatusCodes.Status422UnprocessableEntity,
            StatusCodes.Status429TooManyRequests);

    private static async Task<Reply> ApproveAsync(Call call, Guid id, Invitations invitations)
    {
        var row = await SeeApplicationAsync(call, id);
        var terms = await OperatorTerms.GetAsync(call.Db, row.OperatorId);
        if (row.AppliesTo is { } customerId)
        {
            var customer = (await OrganisationRow.FindAsync(call.Db, customerId))!;
            var added = await invitations.AddAsync(
                call.Db, terms, customer, row.ContactEmail!, row.ContactName ?? "", isOrganisationWide: true,
                RightsToGive(call, customer), [], call.Principal.PersonId);
            await AuditInvitedAsync(call, added);
            return await MoveAsync(call, row, OrganisationStatus.Joined, "organisation.approved");
        }

        await RequireNoCustomerAsync(call, row);
        await call.Db.ExecuteAsync(
            """
            insert into department (id, organisation_id, name, billing_reference, inherits_billing)
            values (@department, @Id, @Name, @ReferenceInForce, true)
            """,
            new { department = Guid.CreateVersion7(), row.Id, row.Name, row.ReferenceInForce });
        var reply = await MoveAsync(call, row, OrganisationStatus.Customer, "organisation.approved");
        var first = await invitations.AddAsync(
            call.Db, terms, row, row.ContactEmail!, row.ContactName ?? "", isOrganisationWide: true,
            AdministratorRights.All, [], call.Principal.PersonId);
        await AuditInvitedAsync(call, first);
        return reply;
    }

    private static async Task RequireNoCustomerAsync(Call call, OrganisationRow row)
    {
        if (row.OrganisationNumber is not { } number)
        {
            return;
        }

        await Claim.CustomerAsync(call.Db, row.OperatorId, number);
        if (await call.Db.ExecuteScalarAsync<bool>(
            "select exists (select from organisation where operator_id = @OperatorId and organisation_number = @number and status = 2)",
            new { row.OperatorId, number }))
        {
            throw new RefusedException(ProblemCode.Taken, "The organisation is a customer already.");
        }
    }

    private static async Task AuditInvitedAsync(Call call, Guid administrator)
    {
        var row = (await AdministratorRow.FindAsync(call.Db, administrator))!;
        await call.Work.AuditAsync(
            "administrator.invited", "administrator:" + administrator, row.OperatorId, row.OrganisationId,
            after: AdministratorView.Of(row));
    }

    private static async Task<Reply> RefuseAsync(Call call, Guid id, Outbox outbox, Body<Refusal> body)
    {
        var row = await SeeApplicationAsync(call, id);
        var fields = new Fields();
        var reason = fields.Optional("reason", body.Value.Reason, Core.Limits.ReasonCharactersMax);
        fields.ThrowIfAny();
        var terms = await OperatorTerms.GetAsync(call.Db, row.OperatorId);
        var (subject, text) = MessageTexts.Refused(terms, row.OrganisationNumber, reason);
        // Refused all the same if that address has been told too often: anybody can apply with it.
        await outbox.TryAddAsync(call.Db, new NewMessage(
            terms, MessageKind.ApplicationRefused, row.ContactEmail!, subject, text, MessageLifetime));
        return await MoveAsync(call, row, OrganisationStatus.Refused, "organisation.refused");
    }

    private static Task<Reply> SuspendAsync(Call call, Guid id) =>
        SetSuspendedAsync(call, id, isSuspended: true, "organisation.suspended");

    private static Task<Reply> ReinstateAsync(Call call, Guid id) =>
        SetSuspendedAsync(call, id, isSuspended: false, "organisation.reinstated");

    // A trigger raises the organisation's version, so it holds for every purchase decided after the commit.
    private static async Task<Reply> SetSuspendedAsync(Call call, Guid id, bool isSuspended, string action)
    {
        var (row, scope) = await OrganisationRow.LockForChangeAsync(call.Work, id);
        scope.RequireStaff();
        if (row.Status != OrganisationStatus.Customer)
        {
            throw new RefusedException(ProblemCode.NotACustomer, "The organisation is not a customer.");
        }

        call.RequireMatch(row.Revision);
        if (isSuspended == (row.SuspendedAt is not null))
        {
            return Reply.Ok(OrganisationView.Of(row), row.Revision);
        }

        await call.Db.ExecuteAsync(
            "update organisation set suspended_at = case when @isSuspended then ledger_now() end, revision = revision + 1 where id = @id",
            new { id, isSuspended });
        return await AnswerAsync(call, row, action);
    }

    // Operator staff decide on new customers; on people who want to join a customer, its own administrators, too.
    private static async Task<OrganisationRow> SeeApplicationAsync(Call call, Guid id)
    {
        var (row, scope) = await OrganisationRow.LockForChangeAsync(call.Work, id);
        if (row.AppliesTo is null)
        {
            scope.RequireStaff();
        }

        if (row.Status != OrganisationStatus.Applied)
        {
            throw new RefusedException(ProblemCode.DecidedAlready, "The application has been decided on.");
        }

        call.RequireMatch(row.Revision);
        return row;
    }

    // Nobody gives away more than he has.
    private static AdministratorRights RightsToGive(Call call, OrganisationRow customer)
    {
        var scope = call.Principal.At(customer.OperatorId, customer.Id);
        return scope.IsStaff ? AdministratorRights.All : scope.Member!.Rights;
    }

    private static async Task<Reply> MoveAsync(Call call, OrganisationRow row, OrganisationStatus status, string action)
    {
        await call.Db.ExecuteAsync(
            "update organisation set status = @status, revision = revision + 1 where id = @Id",
            new { status = (short)status, row.Id });
        return await AnswerAsync(call, row, action);
    }

    private static async Task<Reply> AnswerAsync(Call call, OrganisationRow before, string action)
    {
        var after = (await OrganisationRow.FindAsync(call.Db, before.Id))!;
        await call.Work.AuditAsync(
            action, "organisation:" + before.Id, before.OperatorId, before.AppliesTo ?? before.Id,
            before: OrganisationView.Of(before), after: OrganisationView.Of(after));
        return Reply.Ok(OrganisationView.Of(after), after.Revision);
    }
}
