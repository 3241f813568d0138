using Dapper;
using Npgsql;

namespace Authorisation.Administration.Access;

/// <summary>A line of the audit trail: who did what, from where, with the state before and after as JSON.</summary>
internal sealed record AuditLine(
    string Action,
    string Subject,
    int OperatorId,
    Guid? OrganisationId,
    Guid? DepartmentId,
    Guid? PersonId,
    string PersonEmail,
    long? ClientId,
    string? Address,
    string? Before,
    string? After);

/// <summary>Adds to the audit trail, in the transaction of the change itself.</summary>
internal static class Audit
{
    public static Task AddAsync(NpgsqlConnection db, AuditLine line) => db.ExecuteAsync(
        """
        insert into control.audit_entry
          (operator_id, organisation_id, department_id, person_id, person_email, client_id, address, action, subject, before,
           after)
        values
          (@OperatorId, @OrganisationId, @DepartmentId, @PersonId, @PersonEmail, @ClientId, @Address, @Action, @Subject,
           @Before::jsonb, @After::jsonb)
        """,
        line);
}
