using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Administrators;

/// <summary>What is to change of an administrator; null leaves it as it is.</summary>
/// <param name="IsOrganisationWide">Whether the whole organisation is administered.</param>
/// <param name="Departments">The ids of all departments that are administered.</param>
/// <param name="Rights">The names of all rights.</param>
internal sealed record ChangeAdministratorRequest(
    bool? IsOrganisationWide, IReadOnlyList<Guid>? Departments, IReadOnlyList<string?>? Rights);

/// <summary>
/// Changes what an administrator administers and may do there. The last one of the whole organisation stays that.
/// </summary>
internal sealed class ChangeAdministrator
{
    /// <returns>The administrator as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or managed, was changed by another, a field is wrong, more is to be given than the principal
    /// has, or it is the last of the whole organisation.
    /// </exception>
    public async Task<AdministratorRow> RunAsync(UnitOfWork work, Guid id, Request<ChangeAdministratorRequest> request)
    {
        var (row, scope) = await AdministratorRow.LockForChangeAsync(work, id);
        row.RequireManagement(scope);
        request.RequireRevision(row.Revision);
        var asked = request.Read();
        var fields = new Fields();
        var isWide = asked.IsOrganisationWide ?? (row.IsOrganisationWide && asked.Departments is null or { Count: 0 });
        var rights = asked.Rights is null ? row.Rights : RightNames.Read(fields, "rights", asked.Rights);
        var departments = await AdministratorPlace.DepartmentsAsync(
            work.Db, fields, row.OrganisationId, scope, isWide,
            isWide ? asked.Departments : asked.Departments ?? row.Departments);
        fields.ThrowIfAny();
        AdministratorPlace.RequireWithin(scope, isWide, rights);
        if (row.IsOrganisationWide && !isWide)
        {
            await row.RequireAnotherAsync(work.Db);
        }

        await work.Db.ExecuteAsync(
            """
            update control.administrator
            set is_organisation_wide = @isWide, rights = @rights, revision = revision + 1 where id = @id;
            delete from control.administrator_department where administrator_id = @id;
            insert into control.administrator_department (administrator_id, department_id)
            select @id, unnest(@departments::uuid[])
            """,
            new { id, isWide, rights = (short)rights, departments = departments.ToArray() });
        var after = (await AdministratorRow.FindAsync(work.Db, id))!;
        await work.AuditAsync(
            "administrator.changed", "administrator:" + id, row.OperatorId, row.OrganisationId,
            before: row.Audited(), after: after.Audited());
        return after;
    }
}
