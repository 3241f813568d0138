using System.Security.Cryptography;
using Authorisation.Administration.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Standalone.Demo;

/// <summary>Creates the people who can sign in to the demo's control plane.</summary>
internal sealed class DemoPeople(NpgsqlDataSource owner)
{
    private const string PasswordCharacters = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int PasswordLength = 16;

    private readonly Passwords _passwords = new();

    /// <summary>
    /// Staff of an operator, and administrators of the organisation at a place and of its department.
    /// </summary>
    public async Task<DemoAdministrators> CreateAsync(OperatorProfile profile, DemoPlace place)
    {
        await using var db = await owner.OpenConnectionAsync();
        var (staff, staffId) = await PersonAsync(db, $"staff@{profile.Terms.Code}.example");
        await db.ExecuteAsync(
            """
            insert into control.staff (person_id, operator_id) values (@staffId, @OperatorId)
            on conflict (person_id, operator_id) do update set removed_at = null
            """,
            new { staffId, place.OperatorId });
        var (organisation, organisationId) = await PersonAsync(db, $"organisation@{profile.Terms.Code}.example");
        await AdministratorAsync(db, place, organisationId, isWide: true);
        var (department, departmentId) = await PersonAsync(db, DepartmentEmail(profile.Terms.Code));
        await AdministratorAsync(db, place, departmentId, isWide: false);
        // Administrators of departments see their own travellers.
        await db.ExecuteAsync(
            "update traveller set department_id = @DepartmentId where organisation_id = @OrganisationId and department_id is null", place);
        return new DemoAdministrators(staff, organisation, department);
    }

    /// <summary>Lets the traveller of an app sign in.</summary>
    public async Task<DemoPerson> AddTravellerAsync(OperatorProfile profile, DemoApp app)
    {
        await using var db = await owner.OpenConnectionAsync();
        var (traveller, personId) = await PersonAsync(db, $"traveller@{profile.Terms.Code}.example");
        await db.ExecuteAsync(
            """
            with own as (
              update traveller t
              set email = @Email
              from credit_account a join billing_snapshot s on s.id = a.billing_snapshot_id
              where a.id = @AppAccountId and t.id = s.traveller_id
              returning t.id, t.organisation_id
            )
            insert into control.traveller_access (id, traveller_id, organisation_id, person_id, accepted_at)
            select @id, own.id, own.organisation_id, @personId, ledger_now() from own
            """,
            new { id = Guid.CreateVersion7(), traveller.Email, app.AppAccountId, personId });
        return traveller;
    }

    /// <summary>The place whose organisation and department have the demo's administrators at an operator.</summary>
    public async Task<DemoPlace> PlaceAsync(string code)
    {
        await using var db = await owner.OpenConnectionAsync();
        var (operatorId, organisation, department) = await db.QuerySingleAsync<(int, Guid, Guid)>(
            """
            select g.operator_id, g.id, d.department_id
            from control.person p
            join control.administrator a on a.person_id = p.id
            join control.administrator_department d on d.administrator_id = a.id
            join organisation g on g.id = a.organisation_id
            where p.email = @email
            order by a.id desc
            limit 1
            """,
            new { email = DepartmentEmail(code) });
        return new DemoPlace(operatorId, organisation, department);
    }

    private static string DepartmentEmail(string code) => $"department@{code}.example";

    private async Task<(DemoPerson Person, Guid Id)> PersonAsync(NpgsqlConnection db, string email)
    {
        var password = RandomNumberGenerator.GetString(PasswordCharacters, PasswordLength);
        var id = await db.ExecuteScalarAsync<Guid>(
            """
            insert into control.person (id, email, name, password_hash) values (@id, @email, @email, @hash)
            on conflict (email) do update set password_hash = excluded.password_hash
            returning id
            """,
            new { id = Guid.CreateVersion7(), email, hash = _passwords.Hash(password) });
        return (new DemoPerson(email, password), id);
    }

    private static Task<int> AdministratorAsync(NpgsqlConnection db, DemoPlace place, Guid personId, bool isWide) => db.ExecuteAsync(
        """
        with added as (
          insert into control.administrator (id, organisation_id, person_id, is_organisation_wide, rights, accepted_at)
          values (@id, @OrganisationId, @personId, @isWide, @rights, ledger_now())
          returning id
        )
        insert into control.administrator_department (administrator_id, department_id)
        select id, @DepartmentId from added where not @isWide
        """,
        new
        {
            id = Guid.CreateVersion7(),
            place.OrganisationId,
            place.DepartmentId,
            personId,
            isWide,
            rights = (short)AdministratorRights.All,
        });
}
