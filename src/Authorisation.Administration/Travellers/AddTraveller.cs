using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Travellers;

/// <summary>A traveller to be added.</summary>
/// <param name="Email">The e-mail address, which no other traveller of the organisation has.</param>
/// <param name="Mobile">
/// The mobile number that codes are sent to, as it is written in the operator's country; none unless given.
/// </param>
/// <param name="Name">The name; invoices have the e-mail address without one.</param>
/// <param name="DepartmentId">The department; the first open one that the principal sees unless given.</param>
/// <param name="IsShared">Whether several people travel on it; false unless given.</param>
/// <param name="EmployeeNumber">The number at the employer, for its payroll; none unless given.</param>
internal sealed record AddTravellerRequest(
    string? Email, string? Mobile = null, string? Name = null, Sent<Guid?> DepartmentId = default,
    bool? IsShared = null, string? EmployeeNumber = null);

/// <summary>Adds a traveller to an organisation.</summary>
internal sealed class AddTraveller
{
    /// <returns>The traveller.</returns>
    /// <exception cref="RefusedException">
    /// The organisation cannot be seen or is no customer, the principal may not change travellers, or a field is wrong.
    /// </exception>
    public async Task<TravellerRow> RunAsync(UnitOfWork work, Guid organisationId, Request<AddTravellerRequest> request)
    {
        var (organisation, scope) = await OrganisationRow.GetVisibleCustomerAsync(work, organisationId);
        scope.Require(AdministratorRights.Travellers);
        await OrganisationRow.LockSharedAsync(work.Db, organisationId);
        var terms = await OperatorTerms.GetAsync(work.Db, organisation.OperatorId);
        var asked = request.Read();
        var fields = new Fields();
        var department = asked.DepartmentId.IsSent
            ? asked.DepartmentId.Value
            : DepartmentRow.DefaultOf(await DepartmentRow.OpenAsync(work.Db, organisationId, scope))?.Id;
        var named = await DepartmentRow.NamedAsync(
            work.Db, fields, "department_id", department, organisationId, scope);
        var row = new TravellerRow
        {
            Id = Guid.CreateVersion7(),
            OrganisationId = organisationId,
            OperatorId = organisation.OperatorId,
            DepartmentId = named?.Id,
            Email = fields.Email("email", asked.Email),
            Name = fields.Optional("name", asked.Name, Limits.NameCharactersMax) ?? "",
            Mobile = fields.Mobile("mobile", asked.Mobile, terms.Country),
            EmployeeNumber = fields.Optional("employee_number", asked.EmployeeNumber, Limits.EmployeeNumberCharactersMax),
            IsShared = asked.IsShared ?? false,
            Revision = 1,
        };
        await TravellerEmail.CheckAsync(work.Db, row, fields);
        fields.ThrowIfAny();
        await ApplyAsync(work, row);
        return row;
    }

    /// <summary>Adds a traveller whose fields were checked and whose e-mail address was claimed.</summary>
    public async Task ApplyAsync(UnitOfWork work, TravellerRow row)
    {
        await work.Db.ExecuteAsync(
            """
            insert into traveller (id, organisation_id, department_id, name, email, mobile, employee_number, is_shared)
            values (@Id, @OrganisationId, @DepartmentId, @Name, @Email, @Mobile, @EmployeeNumber, @IsShared)
            """,
            row);
        await work.AuditAsync(
            "traveller.added", "traveller:" + row.Id, row.OperatorId, row.OrganisationId, row.DepartmentId,
            after: row.Audited());
    }
}
