using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Access;

/// <summary>
/// The caller, with all rights of the person. Read again for every call: a right that was taken is gone.
/// </summary>
/// <param name="PersonId">The person.</param>
/// <param name="Email">The e-mail address that the person signs in with.</param>
/// <param name="StaffOf">The operators that the person is staff of.</param>
/// <param name="Memberships">What the person administers, by organisation.</param>
/// <param name="Travellers">The traveller that the person is, by organisation.</param>
internal sealed record Principal(
    Guid PersonId,
    string Email,
    IReadOnlySet<int> StaffOf,
    IReadOnlyDictionary<Guid, Membership> Memberships,
    IReadOnlyDictionary<Guid, Guid> Travellers)
{
    private const string Sql = """
        select operator_id from control.staff where person_id = @person and removed_at is null;
        select id, organisation_id, is_organisation_wide, rights
        from control.administrator
        where person_id = @person and removed_at is null and accepted_at is not null;
        with recursive below as (
          select ad.administrator_id, ad.department_id
          from control.administrator_department ad
          join control.administrator a on a.id = ad.administrator_id
          where a.person_id = @person and a.removed_at is null and not a.is_organisation_wide
          union
          select below.administrator_id, d.id
          from below join department d on d.parent_id = below.department_id
        )
        select administrator_id, department_id from below;
        select distinct on (t.organisation_id) t.organisation_id, t.id
        from control.traveller_access x join traveller t on t.id = x.traveller_id
        where x.person_id = @person and x.ended_at is null and x.accepted_at is not null and t.removed_at is null
        order by t.organisation_id, x.accepted_at
        """;

    /// <summary>What the person may reach at an organisation.</summary>
    public AccessScope At(int operatorId, Guid organisationId) =>
        new(
            StaffOf.Contains(operatorId),
            Memberships.GetValueOrDefault(organisationId),
            Travellers.TryGetValue(organisationId, out var traveller) ? traveller : null);

    /// <summary>All that the person may, as a SHA-256: another one when any of it has changed.</summary>
    public byte[] Digest()
    {
        var text = new StringBuilder(PersonId.ToString());
        text.AppendJoin(',', StaffOf.Order());
        foreach (var member in Memberships.Values.OrderBy(one => one.OrganisationId))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{member.AdministratorId} {member.OrganisationId} ")
                .Append(CultureInfo.InvariantCulture, $"{member.IsOrganisationWide} {(int)member.Rights} ")
                .AppendJoin(',', member.Departments.Order());
        }

        foreach (var (organisation, traveller) in Travellers.OrderBy(one => one.Key))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{organisation} {traveller}");
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Reads all that a person is.</summary>
    public static async Task<Principal> ReadAsync(NpgsqlConnection db, Guid personId, string email)
    {
        await using var results = await db.QueryMultipleAsync(Sql, new { person = personId });
        var staff = (await results.ReadAsync<int>()).ToHashSet();
        var administrators = (await results.ReadAsync<(Guid Id, Guid OrganisationId, bool IsWide, short Rights)>()).ToList();
        var departments = (await results.ReadAsync<(Guid AdministratorId, Guid DepartmentId)>())
            .ToLookup(row => row.AdministratorId, row => row.DepartmentId);
        var travellers = await results.ReadAsync<(Guid OrganisationId, Guid Id)>();
        return new Principal(
            personId,
            email,
            staff,
            administrators.ToDictionary(
                row => row.OrganisationId,
                row => new Membership(
                    row.Id, row.OrganisationId, row.IsWide, (AdministratorRights)row.Rights, departments[row.Id].ToHashSet())),
            travellers.ToDictionary(row => row.OrganisationId, row => row.Id));
    }
}
