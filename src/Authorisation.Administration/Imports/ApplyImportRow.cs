using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Travellers;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Imports;

/// <summary>What the rows of one transaction are applied by.</summary>
/// <param name="Work">The transaction, with the importer as principal.</param>
/// <param name="Terms">The operator, with the part of its bounds that imports may use.</param>
/// <param name="Organisation">The organisation, which is kept as it is.</param>
/// <param name="Access">What the importer may do now.</param>
/// <param name="OpenDepartments">The open departments that the importer sees.</param>
internal sealed record ImportScope(
    UnitOfWork Work, OperatorTerms Terms, OrganisationRow Organisation, AccessScope Access,
    IReadOnlySet<Guid> OpenDepartments);

/// <summary>
/// Applies a row of an import by the operations that single calls go by: a traveller is added or changed, and app
/// credit granted or changed.
/// </summary>
internal sealed class ApplyImportRow(
    AddTraveller add, ChangeTraveller change, GrantCredit grantCredit, ChangeCredit changeCredit)
{
    /// <summary>
    /// Applies a row. What is wrong with it is added to the fields; the caller then undoes what was done, as a
    /// traveller may have been changed before the limit was refused.
    /// </summary>
    /// <returns>Whether anything was changed.</returns>
    /// <exception cref="TooManyMessagesException">A code is one too many.</exception>
    public async Task<bool> RunAsync(ImportScope scope, ImportRow row, Fields fields)
    {
        await Claim.TravellerEmailAsync(scope.Work.Db, scope.Organisation.Id, row.Email);
        var known = await scope.Work.Db.QuerySingleOrDefaultAsync<TravellerRow>(
            $"""
            select {TravellerRow.Columns}
            where t.organisation_id = @Id and t.email = @Email and t.removed_at is null and t.department_id is not null
            for no key update of t
            """,
            new { scope.Organisation.Id, row.Email });
        CheckStillAllowed(scope, row, known, fields);
        if (!fields.IsValid)
        {
            return false;
        }

        var traveller = known is null ? New(scope.Organisation, row) : Changed(known, row);
        if (known is null)
        {
            await add.ApplyAsync(scope.Work, traveller);
        }
        else if (traveller != known)
        {
            await ChangeAsync(scope, known, traveller, fields);
        }

        var isChanged = traveller != known;
        return fields.IsValid && row.LimitMinor is { } limit
            ? await SetLimitAsync(scope, traveller, limit, fields) || isChanged
            : isChanged;
    }

    // Since the file was checked, the importer may have lost rights, a department may have been closed, and a traveller
    // moved or removed.
    private static void CheckStillAllowed(ImportScope scope, ImportRow row, TravellerRow? known, Fields fields)
    {
        if (!scope.Access.Has(AdministratorRights.Travellers))
        {
            fields.Add(
                "file", FieldCode.NotAllowed, "cannot be applied: you no longer have the right to change travellers");
        }
        else if (row.LimitMinor is not null && !scope.Access.Has(AdministratorRights.Credits))
        {
            fields.Add(
                "limit_minor", FieldCode.NotAllowed, "cannot be set: you no longer have the right to give credit");
        }
        else if (known is not null && !scope.Access.Sees(known.DepartmentId))
        {
            fields.Add("email", FieldCode.NotAllowed, "is a traveller's of another department");
        }
        else if (known is null && row.DepartmentId is null)
        {
            fields.Add("department_id", FieldCode.Required, "is required: the traveller has been removed meanwhile");
        }
        else if (row.DepartmentId is { } department && !scope.OpenDepartments.Contains(department))
        {
            fields.Add("department_id", FieldCode.NotFound, "must be an open department of the organisation");
        }
    }

    private async Task ChangeAsync(ImportScope scope, TravellerRow before, TravellerRow after, Fields fields)
    {
        if (await ChangeTraveller.LacksAsync(scope.Work.Db, scope.Terms, scope.Access, before, after) is { } lacks)
        {
            fields.Add(lacks.Field, lacks.Code, lacks.Message);
        }

        await change.CheckAsync(scope.Work, scope.Terms, before, after, fields);
        if (fields.IsValid)
        {
            await change.ApplyAsync(scope.Work, scope.Terms, before, after);
        }
    }

    private async Task<bool> SetLimitAsync(ImportScope scope, TravellerRow traveller, long limit, Fields fields)
    {
        var app = await scope.Work.Db.QuerySingleOrDefaultAsync<AccountRow>(
            $"""
            select {AccountRow.Columns}
            where p.traveller_id = @Id and a.kind = 2 and a.removed_at is null for no key update of a
            """,
            new { traveller.Id });
        if (app is null)
        {
            await grantCredit.TryGrantAsync(
                scope.Work, scope.Terms, scope.Organisation, traveller,
                new NewAccount(InstrumentKind.App, null, traveller.DepartmentId!.Value, limit), fields);
            return true;
        }

        if (scope.Access.LacksForCredit(app.DepartmentId) is { } lacks)
        {
            fields.Add("limit_minor", FieldCode.NotAllowed, lacks);
            return false;
        }

        if (app.LimitMinor == limit)
        {
            return false;
        }

        var asked = new CreditChange(LimitMinor: limit);
        await changeCredit.CheckAsync(scope.Work, app, scope.Access, asked, fields);
        if (fields.IsValid)
        {
            await changeCredit.ApplyAsync(scope.Work, app, asked);
        }

        return true;
    }

    private static TravellerRow Changed(TravellerRow known, ImportRow row) => known with
    {
        Name = row.Name.Length > 0 ? row.Name : known.Name,
        Mobile = row.Mobile ?? known.Mobile,
        DepartmentId = row.DepartmentId ?? known.DepartmentId,
    };

    private static TravellerRow New(OrganisationRow organisation, ImportRow row) => new()
    {
        Id = Guid.CreateVersion7(),
        OrganisationId = organisation.Id,
        OperatorId = organisation.OperatorId,
        DepartmentId = row.DepartmentId,
        Email = row.Email,
        Name = row.Name,
        Mobile = row.Mobile,
        IsShared = false,
        Revision = 1,
    };
}
