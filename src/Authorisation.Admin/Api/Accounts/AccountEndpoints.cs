using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Travellers;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Admin.Api.Accounts;

/// <summary>A credit to be given.</summary>
internal sealed record AccountBody(string? Kind, string? CardNumber, Guid? DepartmentId, long? LimitMinor);

/// <summary>What is to be changed; a field that is not sent stays.</summary>
internal sealed record AccountChange(long? LimitMinor, Guid? DepartmentId, string? Status);

/// <summary>A code has been sent; only the traveller sees it.</summary>
internal sealed record CodeSent(DateTime ExpiresAt);

/// <summary>The credits of travellers.</summary>
internal static class AccountEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/travellers/{id:guid}/credit-accounts", ListAsync).WithName("list_credit_accounts").WithTags("credit accounts")
            .Answers<Page<AccountView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPost("/v1/travellers/{id:guid}/credit-accounts", GiveAsync).WithName("grant_credit").WithTags("credit accounts")
            .Answers<AccountView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests);
        routes.MapGet("/v1/credit-accounts/{id:guid}", GetAsync).WithName("get_credit_account").WithTags("credit accounts")
            .Answers<AccountView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPatch("/v1/credit-accounts/{id:guid}", ChangeAsync).WithName("change_credit_account").WithTags("credit accounts")
            .Answers<AccountView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status412PreconditionFailed);
        routes.MapDelete("/v1/credit-accounts/{id:guid}", RemoveAsync).WithName("revoke_credit").WithTags("credit accounts")
            .AnswersNothing(
                StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed);
        routes.MapPost("/v1/credit-accounts/{id:guid}/activation-codes", SendCodeAsync).WithName("send_activation_code").WithTags("credit accounts")
            .Answers<CodeSent>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests);
    }

    private static async Task<Reply> ListAsync(Call call, Guid id, [AsParameters] PageQuery page)
    {
        var (_, scope) = await TravellerRow.SeeAsync(call.Work, id);
        var rows = (await call.Db.QueryAsync<AccountRow>(
            $"""
            select {AccountRow.Columns}
            where p.traveller_id = @id and a.removed_at is null and a.id > @after
              and (@departments::uuid[] is null or p.department_id = any(@departments))
            order by a.id limit @count
            """,
            new { id, after = page.AfterId, count = page.Size + 1, departments = scope.ListedDepartments })).ToList();
        var now = await ControlDatabase.NowAsync(call.Db);
        return Reply.Ok(Page<AccountView>.Of(rows, page.Size, row => AccountView.Of(row, now), row => row.Id));
    }

    private static async Task<Reply> GiveAsync(
        Call call, GrantCredit giver, Guid id, Body<AccountBody> body)
    {
        var (traveller, scope) = await TravellerRow.SeeAsync(call.Work, id, forChange: true);
        scope.Require(AdministratorRights.Credits);
        var organisation = (await OrganisationRow.FindAsync(call.Db, traveller.OrganisationId))!;
        var terms = await OperatorTerms.GetAsync(call.Db, traveller.OperatorId);
        var sent = body.Value;
        var fields = new Fields();
        var kind = sent.Kind switch
        {
            "app" => InstrumentKind.App,
            "card" => InstrumentKind.Card,
            _ => (InstrumentKind?)null,
        };
        if (kind is null)
        {
            fields.AddNotOneOf("kind", "app", "card");
        }

        var card = kind == InstrumentKind.Card ? fields.CardNumber("card_number", sent.CardNumber) : null;
        if (kind == InstrumentKind.App && sent.CardNumber is not null)
        {
            fields.Add("card_number", FieldCode.NotPossible, "must not be given for app credit");
        }

        var department = await DepartmentRow.NamedAsync(
            call.Db, fields, "department_id", sent.DepartmentId ?? traveller.DepartmentId, organisation.Id, scope);
        fields.ThrowIfAny();
        if (sent.LimitMinor is not { } limit)
        {
            throw Problems.Field("limit_minor", FieldCode.Required, "is required");
        }

        var account = await giver.GiveAsync(
            call.Work, terms, organisation, traveller, new NewAccount(kind!.Value, card, department!.Id, limit), fields);
        fields.ThrowIfAny();
        var row = (await AccountRow.FindAsync(call.Db, account!.Value))!;
        return Reply.Created("/v1/credit-accounts/" + row.Id, AccountView.Of(row, await ControlDatabase.NowAsync(call.Db)), row.Revision);
    }

    private static async Task<Reply> GetAsync(Call call, Guid id)
    {
        var (row, _) = await AccountRow.SeeAsync(call.Work, id);
        return Reply.Ok(AccountView.Of(row, await ControlDatabase.NowAsync(call.Db)), row.Revision);
    }

    private static async Task<Reply> ChangeAsync(Call call, Guid id, Body<AccountChange> body)
    {
        var (row, scope) = await AccountRow.SeeAsync(call.Work, id, forChange: true);
        scope.Require(AdministratorRights.Credits);
        call.RequireMatch(row.Revision);
        var (limit, department, isBlocked) = await CheckAsync(call, row, scope, body);
        await call.Db.ExecuteAsync(
            """
            update credit_account
            set limit_minor = @limit,
                blocked_at = case when not @isBlocked then null when blocked_at is null then ledger_now() else blocked_at end,
                revision = revision + 1
            where id = @id
            """,
            new { id, limit, isBlocked });
        if (department != row.DepartmentId)
        {
            await call.Db.ExecuteAsync(
                "update credit_account set billing_snapshot_id = @billingSnapshot where id = @id",
                new { id, billingSnapshot = await BillingDetails.BillingSnapshotAsync(call.Db, row.TravellerId, department) });
        }

        var after = (await AccountRow.FindAsync(call.Db, id))!;
        await call.Work.AuditAsync(
            "credit_account.changed", "credit_account:" + id, row.OperatorId, row.OrganisationId, department,
            row.Audited, after.Audited);
        return Reply.Ok(AccountView.Of(after, await ControlDatabase.NowAsync(call.Db)), after.Revision);
    }

    private static async Task<(long Limit, Guid Department, bool IsBlocked)> CheckAsync(
        Call call, AccountRow row, AccessScope scope, Body<AccountChange> body)
    {
        var sent = body.Value;
        var fields = new Fields();
        if (sent.LimitMinor is { } limit)
        {
            // One below what is spent takes nothing back. Lowering is always allowed, also to above a cap that was lowered.
            if (limit < Limits.CreditLimitMinorMin || limit > row.LimitMinor)
            {
                var organisation = (await OrganisationRow.FindAsync(call.Db, row.OrganisationId))!;
                var terms = await OperatorTerms.GetAsync(call.Db, row.OperatorId);
                await GrantCredit.CheckLimitAsync(call.Db, fields, terms, organisation, row.TravellerId, limit, row.Id);
            }
        }
        else if (body.Has("limit_minor"))
        {
            fields.Add("limit_minor", FieldCode.Required, "must be a number");
        }

        if (body.Has("department_id"))
        {
            await DepartmentRow.NamedAsync(call.Db, fields, "department_id", sent.DepartmentId, row.OrganisationId, scope);
        }

        if (body.Has("status") && sent.Status is not ("active" or "blocked"))
        {
            fields.AddNotOneOf("status", "active", "blocked");
        }

        fields.ThrowIfAny();
        return (
            sent.LimitMinor ?? row.LimitMinor,
            sent.DepartmentId ?? row.DepartmentId,
            sent.Status is null ? row.BlockedAt is not null : sent.Status == "blocked");
    }

    private static async Task<Reply> RemoveAsync(Call call, Guid id)
    {
        var (row, scope) = await AccountRow.SeeAsync(call.Work, id, forChange: true);
        scope.Require(AdministratorRights.Credits);
        call.RequireMatch(row.Revision);
        await TravellerEditor.RemoveCreditAsync(call.Work, row);
        return Reply.NoContent();
    }

    private static async Task<Reply> SendCodeAsync(Call call, ActivationCodes codes, Guid id)
    {
        var (row, scope) = await AccountRow.SeeAsync(call.Work, id, forChange: true);
        scope.Require(AdministratorRights.Credits);
        if (row.Kind != InstrumentKind.App)
        {
            throw new RefusedException(ProblemCode.NotAnApp, "Only app credit has codes.");
        }

        if (row.Mobile is null)
        {
            throw new RefusedException(ProblemCode.NoMobile, "The credit has no mobile number to send a code to.");
        }

        var expiresAt = await codes.SendAsync(call.Db, await OperatorTerms.GetAsync(call.Db, row.OperatorId), id);
        await call.Work.AuditAsync(
            "activation_code.sent", "credit_account:" + id, row.OperatorId, row.OrganisationId, row.DepartmentId);
        return new Reply(StatusCodes.Status201Created, new CodeSent(expiresAt));
    }
}
