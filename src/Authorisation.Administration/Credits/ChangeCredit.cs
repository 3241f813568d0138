using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Credits;

/// <summary>What is to change of a credit.</summary>
/// <param name="LimitMinor">The limit a month, 1 kr up to what the caps leave.</param>
/// <param name="DepartmentId">The department that pays from now on.</param>
/// <param name="Status"><c>active</c> or <c>blocked</c>.</param>
/// <param name="FirstDay">The first day on which something may be bought; null for no such day.</param>
/// <param name="LastDay">The last one.</param>
/// <param name="ExtraMinor">
/// What this month has beyond the limit, instead of what it had; null for nothing. It lapses with the month.
/// </param>
internal sealed record CreditChange(
    Sent<long?> LimitMinor = default,
    Sent<Guid?> DepartmentId = default,
    Sent<string> Status = default,
    Sent<DateOnly?> FirstDay = default,
    Sent<DateOnly?> LastDay = default,
    Sent<long?> ExtraMinor = default);

/// <summary>
/// Changes an open credit: its limit, the department that pays, and whether it is blocked. It holds for every purchase
/// that is decided once the change is committed; a limit below what is spent takes nothing back.
/// </summary>
internal sealed class ChangeCredit
{
    /// <returns>The credit as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or changed, was changed by another, or a field is wrong.
    /// </exception>
    public async Task<AccountRow> RunAsync(UnitOfWork work, Guid id, Request<CreditChange> request)
    {
        var (row, scope) = await AccountRow.LockForChangeAsync(work, id);
        scope.Require(AdministratorRights.Credits);
        request.RequireRevision(row.Revision);
        var change = request.Read();
        var fields = new Fields();
        await CheckAsync(work, row, scope, change, fields);
        fields.ThrowIfAny();
        return await ApplyAsync(work, row, change);
    }

    /// <summary>Adds to the fields what is wrong with a change of a credit that is locked.</summary>
    public async Task CheckAsync(UnitOfWork work, AccountRow row, AccessScope scope, CreditChange change, Fields fields)
    {
        if (change.LimitMinor is { IsSent: true, Value: null })
        {
            fields.Add("limit_minor", FieldCode.Required, "must be a number");
        }
        else
        {
            await CheckLimitAsync(work, row, change, fields);
        }

        GrantCredit.CheckDays(fields, change.FirstDay.Or(row.FirstDay), change.LastDay.Or(row.LastDay));

        if (change.DepartmentId.IsSent)
        {
            await DepartmentRow.NamedAsync(
                work.Db, fields, "department_id", change.DepartmentId.Value, row.OrganisationId, scope);
        }

        if (change.Status.IsSent && change.Status.Value is not ("active" or "blocked"))
        {
            fields.AddNotOneOf("status", "active", "blocked");
        }
    }

    private static async Task CheckLimitAsync(UnitOfWork work, AccountRow row, CreditChange change, Fields fields)
    {
        var limit = change.LimitMinor.Value ?? row.LimitMinor;
        var extra = ExtraAfter(row, change);
        if (change.ExtraMinor.Value < 1)
        {
            fields.AddOutOfRange("extra_minor", 1, Limits.CreditLimitMinorMax);
            return;
        }

        var (raisesLimit, raisesExtra) = (!CreditCap.IsLowered(limit, row.LimitMinor), extra > row.ExtraThisMonthMinor);
        if (!raisesLimit && !raisesExtra)
        {
            return;
        }

        var organisation = (await OrganisationRow.FindAsync(work.Db, row.OrganisationId))!;
        var terms = await OperatorTerms.GetAsync(work.Db, row.OperatorId);
        if (raisesLimit)
        {
            await GrantCredit.CheckLimitAsync(work.Db, fields, terms, organisation, row.TravellerId, limit, row.Id);
        }

        if (extra > 0 && fields.IsValid)
        {
            await GrantCredit.CheckLimitAsync(work.Db, fields, terms, organisation, row.TravellerId, limit, row.Id, extra);
        }
    }

    private static long ExtraAfter(AccountRow row, CreditChange change) =>
        change.ExtraMinor.IsSent ? change.ExtraMinor.Value ?? 0 : row.ExtraThisMonthMinor;

    /// <summary>
    /// Makes a change that was checked; one that changes nothing only raises the revision.
    /// </summary>
    public async Task<AccountRow> ApplyAsync(UnitOfWork work, AccountRow row, CreditChange change)
    {
        var department = change.DepartmentId.Or(row.DepartmentId)!.Value;
        await work.Db.ExecuteAsync(
            """
            update credit_account
            set limit_minor = @limit, first_day = @first, last_day = @last,
                extra_month = case when @extra > 0 then @Month end, extra_minor = nullif(@extra, 0),
                blocked_at = case when not @isBlocked then null when blocked_at is null then ledger_now() else blocked_at end,
                revision = revision + 1
            where id = @Id
            """,
            new
            {
                row.Id,
                row.Month,
                limit = change.LimitMinor.Or(row.LimitMinor),
                first = change.FirstDay.Or(row.FirstDay),
                last = change.LastDay.Or(row.LastDay),
                extra = ExtraAfter(row, change),
                isBlocked = change.Status.Or(row.Status) == "blocked",
            });
        if (department != row.DepartmentId)
        {
            await work.Db.ExecuteAsync(
                "update credit_account set billing_snapshot_id = @billingSnapshot where id = @Id",
                new { row.Id, billingSnapshot = await BillingDetails.BillingSnapshotAsync(work.Db, row.TravellerId, department) });
        }

        var after = (await AccountRow.FindAsync(work.Db, row.Id))!;
        await work.AuditAsync(
            "credit_account.changed", "credit_account:" + row.Id, row.OperatorId, row.OrganisationId, department,
            row.Audited(), after.Audited());
        return after;
    }
}
