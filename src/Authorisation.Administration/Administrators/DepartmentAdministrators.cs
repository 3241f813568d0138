using Authorisation.Administration.Access;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Administrators;

/// <summary>Who administers a department: its own administrators, those of the departments above it and of the whole.</summary>
internal static class DepartmentAdministrators
{
    /// <summary>The e-mail addresses of those with a right, the first invited first.</summary>
    public static async Task<IReadOnlyList<string>> EmailsAsync(
        NpgsqlConnection db, Guid organisationId, Guid? departmentId, AdministratorRights right) =>
        [.. await db.QueryAsync<string>(
            """
            with recursive above as (
              select id, parent_id from department where id = @departmentId
              union all
              select d.id, d.parent_id from above join department d on d.id = above.parent_id
            )
            select p.email
            from control.administrator a join control.person p on p.id = a.person_id
            where a.organisation_id = @organisationId and a.removed_at is null and a.accepted_at is not null
              and a.rights & @right <> 0
              and (a.is_organisation_wide or exists (
                select from control.administrator_department ad join above on above.id = ad.department_id
                where ad.administrator_id = a.id))
            order by a.id limit @most
            """,
            new { departmentId, organisationId, right = (short)right, most = Limits.RequestReceiversMax })];
}
