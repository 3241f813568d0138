using Authorisation.Administration.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Administrators;

/// <summary>An administrator as the database has it.</summary>
internal sealed record AdministratorRow
{
    private const string Columns = """
        a.id, a.organisation_id, g.operator_id, p.email,
        case when a.accepted_at is null then a.invited_name else p.name end as name, p.password_hash is not null as has_password,
        a.is_organisation_wide, a.rights, a.accepted_at, a.revision,
        array(select department_id from control.administrator_department where administrator_id = a.id) as departments
        from control.administrator a
        join control.person p on p.id = a.person_id
        join organisation g on g.id = a.organisation_id
        where a.removed_at is null
        """;

    public required Guid Id { get; init; }

    public required Guid OrganisationId { get; init; }

    public required int OperatorId { get; init; }

    public required string Email { get; init; }

    /// <summary>
    /// The person's own once the invitation was accepted; until then the one in the invitation, as the other would tell who
    /// invites that somebody knows the person.
    /// </summary>
    public string? Name { get; init; }

    public required bool HasPassword { get; init; }

    public required bool IsOrganisationWide { get; init; }

    public required AdministratorRights Rights { get; init; }

    public DateTime? AcceptedAt { get; init; }

    public required Guid[] Departments { get; init; }

    public required long Revision { get; init; }

    /// <summary>Whether a caller sees this one: one of the same departments, or of all.</summary>
    public bool IsSeenBy(AccessScope scope) =>
        scope.IsWide || (!IsOrganisationWide && Departments.Any(department => scope.Sees(department)));

    public static async Task<AdministratorRow?> FindAsync(NpgsqlConnection db, Guid id) =>
        await db.QuerySingleOrDefaultAsync<AdministratorRow>($"select {Columns} and a.id = @id", new { id });

    public static Task<IEnumerable<AdministratorRow>> ListAsync(NpgsqlConnection db, Guid organisationId, Guid after) =>
        db.QueryAsync<AdministratorRow>(
            $"select {Columns} and a.organisation_id = @organisationId and a.id > @after order by a.id",
            new { organisationId, after });
}
