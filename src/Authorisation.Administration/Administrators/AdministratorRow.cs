using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
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
    /// The person's own once the invitation was accepted; until then the one in the invitation, as the other would
    /// reveal to the inviter that the person is known.
    /// </summary>
    public string? Name { get; init; }

    public required bool HasPassword { get; init; }

    public required bool IsOrganisationWide { get; init; }

    public required AdministratorRights Rights { get; init; }

    public DateTime? AcceptedAt { get; init; }

    public required Guid[] Departments { get; init; }

    public required long Revision { get; init; }

    /// <summary>What the audit trail says of an administrator before and after a change of it.</summary>
    public object Audited() => new
    {
        Id,
        OrganisationId,
        Email,
        Name = string.IsNullOrEmpty(Name) ? null : Name,
        OrganisationWide = IsOrganisationWide,
        Departments,
        Rights = RightNames.Of(Rights),
        Status,
        AcceptedAt,
    };

    /// <summary><c>invited</c>, or <c>active</c> once the invitation was accepted.</summary>
    public string Status => AcceptedAt is null ? "invited" : "active";

    /// <summary>Whether a caller sees this one: one of the same departments, or of all.</summary>
    public bool IsSeenBy(AccessScope scope) =>
        scope.IsWide || (!IsOrganisationWide && Departments.Any(department => scope.Sees(department)));

    public static async Task<AdministratorRow?> FindAsync(NpgsqlConnection db, Guid id) =>
        await db.QuerySingleOrDefaultAsync<AdministratorRow>($"select {Columns} and a.id = @id", new { id });

    public static Task<IEnumerable<AdministratorRow>> ListAsync(NpgsqlConnection db, Guid organisationId, Guid after) =>
        db.QueryAsync<AdministratorRow>(
            $"select {Columns} and a.organisation_id = @organisationId and a.id > @after order by a.id",
            new { organisationId, after });

    /// <summary>The administrator, for a principal who may see it.</summary>
    public static async Task<(AdministratorRow Row, AccessScope Scope)> GetVisibleAsync(UnitOfWork work, Guid id)
    {
        var row = await FindAsync(work.Db, id) ?? throw Problems.NotFound();
        var scope = work.Principal.At(row.OperatorId, row.OrganisationId);
        return row.IsSeenBy(scope) ? (row, scope) : throw Problems.NotFound();
    }

    /// <summary>
    /// As <see cref="GetVisibleAsync"/>, to change it: locks its organisation, as all changes of administrators do, so
    /// that the last two cannot remove each other.
    /// </summary>
    public static async Task<(AdministratorRow Row, AccessScope Scope)> LockForChangeAsync(UnitOfWork work, Guid id)
    {
        var (row, scope) = await GetVisibleAsync(work, id);
        await work.Db.ExecuteAsync(
            "select from organisation where id = @OrganisationId for no key update", new { row.OrganisationId });
        return (await FindAsync(work.Db, id) ?? throw Problems.NotFound(), scope);
    }

    /// <summary>
    /// Refuses a principal that may not manage this one: those who administer departments manage administrators of
    /// these only, and no administrator manages one with more rights.
    /// </summary>
    /// <exception cref="RefusedException"><see cref="ProblemCode.Forbidden"/>.</exception>
    public void RequireManagement(AccessScope scope)
    {
        scope.Require(AdministratorRights.Administrators);
        AdministratorPlace.RequireWithin(scope, IsOrganisationWide, Rights);
        if (!Departments.All(department => scope.Sees(department)))
        {
            throw Problems.Forbidden();
        }
    }

    /// <summary>Refuses to take away the last administrator of the whole organisation.</summary>
    /// <exception cref="RefusedException"><see cref="ProblemCode.LastAdministrator"/>.</exception>
    public async Task RequireAnotherAsync(NpgsqlConnection db)
    {
        var others = await db.ExecuteScalarAsync<bool>(
            """
            select exists (
              select from control.administrator
              where organisation_id = @OrganisationId and id <> @Id and is_organisation_wide and removed_at is null
                and (accepted_at is not null or not @isAccepted))
            """,
            new { OrganisationId, Id, isAccepted = AcceptedAt is not null });
        if (!others)
        {
            throw new RefusedException(
                ProblemCode.LastAdministrator, "This is the last administrator of the whole organisation.");
        }
    }
}
