using Authorisation.Administration.Access;
using Authorisation.Administration.Charges;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Subscriptions;

/// <summary>How subscriptions are to be ordered, approved and paid for.</summary>
/// <param name="DepartmentId">The department that pays for what is ordered by the link.</param>
/// <param name="Approval"><c>by_administrator</c> or <c>automatic</c>.</param>
/// <param name="AsksEmail"><c>no</c>, <c>optional</c> or <c>required</c>; no unless given.</param>
/// <param name="AsksEmployeeNumber">As that; no unless given.</param>
/// <param name="EmployerPercent">What the employer bears of each month, 0 to 100 per cent.</param>
/// <param name="EmployerMinor">The same as an amount in minor units; not beside per cent.</param>
internal sealed record SubscriptionSettingsRequest(
    Guid? DepartmentId, string? Approval, string? AsksEmail, string? AsksEmployeeNumber, int? EmployerPercent, long? EmployerMinor);

/// <summary>
/// Sets how an organisation's subscriptions are ordered, approved and paid for; by its organisation-wide administrators.
/// Holds for what is ordered, and for months that begin, from then on.
/// </summary>
internal sealed class SetSubscriptionSettings
{
    private const string Automatic = "automatic";
    private const string ByAdministrator = "by_administrator";

    /// <returns>The settings in force.</returns>
    /// <exception cref="RefusedException">
    /// The organisation cannot be seen or changed, another changed them first, or fields are wrong.
    /// </exception>
    public async Task<SubscriptionSettings> RunAsync(
        UnitOfWork work, Guid organisationId, Request<SubscriptionSettingsRequest> request)
    {
        var (organisation, scope) = await OrganisationRow.LockCustomerForChangeAsync(work, organisationId);
        scope.RequireWide().Require(AdministratorRights.Purchases);
        var before = await SubscriptionSettings.FindAsync(work.Db, organisationId);
        request.RequireRevision(before?.Revision ?? 0);
        var asked = request.Read();
        var fields = new Fields();
        var department = await DepartmentRow.NamedAsync(
            work.Db, fields, "department_id", asked.DepartmentId, organisationId, scope);
        var approval = fields.Required("approval", asked.Approval, Limits.CodeCharactersMax);
        if (approval.Length > 0 && approval is not (Automatic or ByAdministrator))
        {
            fields.AddNotOneOf("approval", ByAdministrator, Automatic);
        }

        var email = AskedOf(fields, "asks_email", asked.AsksEmail);
        var number = AskedOf(fields, "asks_employee_number", asked.AsksEmployeeNumber);
        EmployerShare.Check(fields, asked.EmployerPercent, asked.EmployerMinor);
        fields.ThrowIfAny();
        await work.Db.ExecuteAsync(
            """
            insert into control.subscription_settings (
              organisation_id, department_id, approves_automatically, asks_email, asks_employee_number, employer_percent,
              employer_minor)
            values (@organisationId, @department, @isAutomatic, @email, @number, @percent, @EmployerMinor)
            on conflict (organisation_id) do update
            set department_id = @department, approves_automatically = @isAutomatic, asks_email = @email,
                asks_employee_number = @number, employer_percent = @percent, employer_minor = @EmployerMinor,
                revision = subscription_settings.revision + 1
            """,
            new
            {
                organisationId,
                department = department!.Id,
                isAutomatic = approval == Automatic,
                email = (short)email,
                number = (short)number,
                percent = (short?)asked.EmployerPercent,
                asked.EmployerMinor,
            });
        var after = (await SubscriptionSettings.FindAsync(work.Db, organisationId))!;
        await work.AuditAsync(
            "subscription_settings.set", "organisation:" + organisationId, organisation.OperatorId, organisationId,
            before: before?.Audited(), after: after.Audited());
        return after;
    }

    private static Asked AskedOf(Fields fields, string field, string? word)
    {
        foreach (var value in Enum.GetValues<Asked>())
        {
            if (word is null || Words.Of(value) == word)
            {
                return value;
            }
        }

        fields.AddNotOneOf(field, [.. Enum.GetValues<Asked>().Select(Words.Of)]);
        return Asked.No;
    }
}
