using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Travellers;

/// <summary>What is to change of a traveller.</summary>
/// <param name="Email">The e-mail address, which no other traveller of the organisation has.</param>
/// <param name="Mobile">The mobile number that codes are sent to; null for none, which open app credit forbids.</param>
/// <param name="Name">The name; null for none.</param>
/// <param name="DepartmentId">The department; the credits that the old one pays for go along.</param>
/// <param name="IsShared">Whether several people travel on it; null leaves it as it is.</param>
/// <param name="EmployeeNumber">The number at the employer, for its payroll; null for none.</param>
internal sealed record ChangeTravellerRequest(
    Sent<string> Email = default,
    Sent<string> Mobile = default,
    Sent<string> Name = default,
    Sent<Guid?> DepartmentId = default,
    bool? IsShared = null,
    Sent<string> EmployeeNumber = default);

/// <summary>
/// Changes a traveller, and the open credits that follow: those that the old department pays for move with the
/// traveller, and the app goes to another number or gets a code for another login. Of one who was removed the number at the
/// employer alone can be set: the payroll of what is over may still need it.
/// </summary>
internal sealed class ChangeTraveller(ActivationCodes codes)
{
    /// <returns>The traveller as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or changed, was changed by another, or a field is wrong.
    /// </exception>
    public async Task<TravellerRow> RunAsync(UnitOfWork work, Guid id, Request<ChangeTravellerRequest> request)
    {
        var (row, scope) = await TravellerRow.LockForChangeAsync(work, id, orRemoved: true);
        scope.Require(AdministratorRights.Travellers);
        request.RequireRevision(row.Revision);
        var terms = await OperatorTerms.GetAsync(work.Db, row.OperatorId);
        var asked = request.Read();
        if (row.IsRemoved)
        {
            return await NumberRemovedAsync(work, row, asked);
        }

        var fields = new Fields();
        var changed = row with
        {
            Email = asked.Email.IsSent ? fields.Email("email", asked.Email.Value) : row.Email,
            Name = asked.Name.IsSent
                ? fields.Optional("name", asked.Name.Value, Limits.NameCharactersMax) ?? ""
                : row.Name,
            Mobile = asked.Mobile.IsSent ? fields.Mobile("mobile", asked.Mobile.Value, terms.Country) : row.Mobile,
            EmployeeNumber = asked.EmployeeNumber.IsSent
                ? fields.Optional("employee_number", asked.EmployeeNumber.Value, Limits.EmployeeNumberCharactersMax)
                : row.EmployeeNumber,
            IsShared = asked.IsShared ?? row.IsShared,
            DepartmentId = asked.DepartmentId.IsSent
                ? (await DepartmentRow.NamedAsync(
                    work.Db, fields, "department_id", asked.DepartmentId.Value, row.OrganisationId, scope))?.Id
                : row.DepartmentId,
        };
        if (await LacksAsync(work.Db, terms, scope, row, changed) is { } lacks)
        {
            throw Problems.Forbidden($"This {lacks.Message}.");
        }

        await CheckAsync(work, terms, row, changed, fields);
        fields.ThrowIfAny();
        await ApplyAsync(work, terms, row, changed);
        return (await TravellerRow.FindAsync(work.Db, id))!;
    }

    /// <summary>Adds to the fields what prevents a change of a locked traveller.</summary>
    public async Task CheckAsync(
        UnitOfWork work, OperatorTerms terms, TravellerRow before, TravellerRow after, Fields fields)
    {
        await TravellerEmail.CheckAsync(work.Db, after, fields);
        await CheckAppAsync(work.Db, terms, before, after, fields);
    }

    /// <summary>
    /// What the principal lacks to make a change of a traveller whose open credit goes along: one whose app follows to
    /// another number or login, and those that another department would pay for. The field is the one that asks for it.
    /// </summary>
    /// <returns>Null when the principal lacks nothing.</returns>
    public static async Task<FieldError?> LacksAsync(
        NpgsqlConnection db, OperatorTerms terms, AccessScope scope, TravellerRow before, TravellerRow after)
    {
        if (await AffectedAppAsync(db, terms, before, after) is { } app
            && scope.LacksForCredit(app.DepartmentId) is { } lacks)
        {
            return new FieldError(after.Mobile != before.Mobile ? "mobile" : "email", FieldCode.NotAllowed, lacks);
        }

        if (!TakesCreditAlong(before, after))
        {
            return null;
        }

        var missing = scope.LacksForCredit(before.DepartmentId!.Value)
            ?? scope.LacksForCredit(after.DepartmentId!.Value);
        return missing is not null && (await CreditsToMoveAsync(db, before)).Count > 0
            ? new FieldError("department_id", FieldCode.NotAllowed, missing)
            : null;
    }

    /// <summary>
    /// Makes a change that was checked, for a principal that lacks nothing, and has the open credits follow.
    /// </summary>
    /// <exception cref="TooManyMessagesException">429: a new code is one too many.</exception>
    public async Task ApplyAsync(UnitOfWork work, OperatorTerms terms, TravellerRow before, TravellerRow after)
    {
        var db = work.Db;
        await db.ExecuteAsync(
            """
            update traveller
            set department_id = @DepartmentId, name = @Name, email = @Email, mobile = @Mobile, is_shared = @IsShared,
                employee_number = @EmployeeNumber, revision = revision + 1
            where id = @Id
            """,
            after);
        if (TakesCreditAlong(before, after))
        {
            await MoveCreditsAsync(work, before, after.DepartmentId!.Value);
        }

        if (after.Name != before.Name || after.Email != before.Email)
        {
            await BillingDetails.RefreshTravellerAsync(db, before.Id);
        }

        if (after.Email != before.Email || after.IsShared)
        {
            // The person of the old address may be another, and what several people share is nobody's own.
            await TravellerAccess.EndAsync(db, before.Id);
        }

        await FollowInAppAsync(work, terms, before, after);
        await work.AuditAsync(
            "traveller.changed", "traveller:" + before.Id, before.OperatorId, before.OrganisationId, after.DepartmentId,
            before.Audited(), after.Audited());
    }

    private static async Task<TravellerRow> NumberRemovedAsync(UnitOfWork work, TravellerRow row, ChangeTravellerRequest asked)
    {
        if (asked != new ChangeTravellerRequest(EmployeeNumber: asked.EmployeeNumber) || !asked.EmployeeNumber.IsSent)
        {
            throw Problems.NotFound();
        }

        var fields = new Fields();
        var number = fields.Required("employee_number", asked.EmployeeNumber.Value, Limits.EmployeeNumberCharactersMax);
        fields.ThrowIfAny();
        await work.Db.ExecuteAsync(
            "update traveller set employee_number = @number, revision = revision + 1 where id = @Id", new { row.Id, number });
        var after = (await TravellerRow.FindNotErasedAsync(work.Db, row.Id))!;
        await work.AuditAsync(
            "traveller.changed", "traveller:" + row.Id, row.OperatorId, row.OrganisationId, row.DepartmentId, row.Audited(),
            after.Audited());
        return after;
    }

    // What open app credit needs of its traveller.
    private static async Task CheckAppAsync(
        NpgsqlConnection db, OperatorTerms terms, TravellerRow before, TravellerRow after, Fields fields)
    {
        if ((after.Mobile == before.Mobile && !after.IsShared)
            || await OpenAppAsync(db, before.Id) is not { Id: var app })
        {
            return;
        }

        if (after.IsShared)
        {
            fields.Add("shared", FieldCode.NotPossible, "cannot be true for a traveller with app credit");
        }

        if (after.Mobile is null)
        {
            if (before.Mobile is not null)
            {
                fields.Add("mobile", FieldCode.Required, "is needed for the app credit: remove that first");
            }
        }
        else if (!terms.SendsSmsTo(after.Mobile))
        {
            fields.Add(
                "mobile", FieldCode.NotPossible,
                "must be one that the app credit's code can be sent to: "
                + $"the operator sends SMS to {terms.SmsNumbers} only");
        }
        else
        {
            await Claim.MobileAsync(db, before.OperatorId, after.Mobile);
            if (await db.ExecuteScalarAsync<bool>(
                """
                select exists (
                  select from credit_account
                  where operator_id = @OperatorId and mobile = @Mobile and removed_at is null and id <> @app)
                """,
                new { before.OperatorId, after.Mobile, app }))
            {
                fields.Add("mobile", FieldCode.Taken, "has open app credit already, as another traveller's");
            }
        }
    }

    // The open app credit whose access a change ends, or whose code it sends again; null when it leaves the app alone.
    // To make such a change takes what sending a code takes.
    private static async Task<OpenApp?> AffectedAppAsync(
        NpgsqlConnection db, OperatorTerms terms, TravellerRow before, TravellerRow after)
    {
        var isOnAnotherNumber = after.Mobile != before.Mobile && after.Mobile is not null;
        var hasAnotherLogin = after.Email != before.Email && terms.ActivationLogin == ActivationLogin.Email;
        if ((!isOnAnotherNumber && !hasAnotherLogin) || await OpenAppAsync(db, before.Id) is not { } app)
        {
            return null;
        }

        // A code that is out goes with the old address.
        return isOnAnotherNumber || await db.ExecuteScalarAsync<bool>(
            """
            select exists (
              select from control.activation_code where account_id = @Id and used_at is null and ended_at is null)
            """,
            new { app.Id }) ? app : null;
    }

    // A traveller who moves takes along the credits that the old department pays for; others stay with those who pay
    // for them.
    private static bool TakesCreditAlong(TravellerRow before, TravellerRow after) =>
        before.DepartmentId is not null && after.DepartmentId is not null && after.DepartmentId != before.DepartmentId;

    private static async Task<List<AccountRow>> CreditsToMoveAsync(NpgsqlConnection db, TravellerRow before) =>
        (await db.QueryAsync<AccountRow>(
            $"""
            select {AccountRow.Columns}
            where p.traveller_id = @Id and p.department_id = @DepartmentId and a.removed_at is null order by a.id
            """,
            new { before.Id, before.DepartmentId })).ToList();

    private static async Task MoveCreditsAsync(UnitOfWork work, TravellerRow before, Guid departmentId)
    {
        await work.Db.ExecuteAsync(
            """
            select from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id
            where p.traveller_id = @Id and p.department_id = @DepartmentId and a.removed_at is null
            order by a.id for no key update of a
            """,
            before);
        var credits = await CreditsToMoveAsync(work.Db, before);
        if (credits.Count == 0)
        {
            return;
        }

        var billingSnapshot = await BillingDetails.BillingSnapshotAsync(work.Db, before.Id, departmentId);
        await work.Db.ExecuteAsync(
            """
            update credit_account set billing_snapshot_id = @billingSnapshot, revision = revision + 1
            where id = any(@ids)
            """,
            new { billingSnapshot, ids = credits.Select(credit => credit.Id).ToArray() });
        foreach (var credit in credits)
        {
            await work.AuditAsync(
                "credit_account.changed", "credit_account:" + credit.Id, before.OperatorId, before.OrganisationId,
                departmentId,
                credit.Audited(), (credit with { DepartmentId = departmentId }).Audited());
        }
    }

    private async Task FollowInAppAsync(UnitOfWork work, OperatorTerms terms, TravellerRow before, TravellerRow after)
    {
        var db = work.Db;
        if (await AffectedAppAsync(db, terms, before, after) is not { } app)
        {
            return;
        }

        if (after.Mobile != before.Mobile)
        {
            // The old number may belong to another person by now: its access ends before the new one gets a code.
            await db.ExecuteAsync(
                """
                update credit_account set mobile = @Mobile, activated_at = null, revision = revision + 1
                where id = @Id
                """,
                new { after.Mobile, app.Id });
            await ActivationCodes.EndAccessAsync(db, app.Id);
            await work.AuditAsync(
                "credit_account.changed", "credit_account:" + app.Id, before.OperatorId, before.OrganisationId,
                app.DepartmentId,
                new { before.Mobile, Activated = app.IsActivated }, new { after.Mobile, Activated = false });
        }

        await codes.SendAsync(db, terms, app.Id);
        await work.AuditAsync(
            "activation_code.sent", "credit_account:" + app.Id, before.OperatorId, before.OrganisationId,
            app.DepartmentId);
    }

    private static async Task<OpenApp?> OpenAppAsync(NpgsqlConnection db, Guid travellerId) =>
        await db.QuerySingleOrDefaultAsync<OpenApp>(
            """
            select a.id, p.department_id, a.activated_at is not null as is_activated
            from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id
            where p.traveller_id = @travellerId and a.kind = 2 and a.removed_at is null
            order by a.id limit 1 for no key update of a
            """,
            new { travellerId });

    /// <summary>App credit that is open, and the department that pays for it.</summary>
    private sealed record OpenApp
    {
        public required Guid Id { get; init; }

        public required Guid DepartmentId { get; init; }

        public required bool IsActivated { get; init; }
    }
}
