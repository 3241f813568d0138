using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Credits;

/// <summary>A traveller as the database has it.</summary>
internal sealed record TravellerRow
{
    public const string Columns = """
        t.id, t.organisation_id, g.operator_id, t.department_id, t.email, t.name, t.mobile, t.employee_number, t.is_shared,
        t.revision, t.removed_at is not null as is_removed,
        coalesce(
          (select case when x.accepted_at is null then 'invited' else 'active' end
           from control.traveller_access x where x.traveller_id = t.id and x.ended_at is null),
          'none') as sign_in
        from traveller t join organisation g on g.id = t.organisation_id
        """;

    public required Guid Id { get; init; }

    public required Guid OrganisationId { get; init; }

    public required int OperatorId { get; init; }

    public Guid? DepartmentId { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    public string? Mobile { get; init; }

    /// <summary>The number that the employer knows the person by.</summary>
    public string? EmployeeNumber { get; init; }

    public required bool IsShared { get; init; }

    public required long Revision { get; init; }

    /// <summary>Removed, or one of no list, who has a subscription by a link only.</summary>
    public bool IsRemoved { get; init; }

    /// <summary><c>none</c>, <c>invited</c>, or <c>active</c> once the invitation to sign in was accepted.</summary>
    public string SignIn { get; init; } = "none";

    /// <summary>What the audit trail says of a traveller before and after a change of it.</summary>
    public object Audited() => new
    {
        Id,
        OrganisationId,
        DepartmentId,
        Email,
        Mobile,
        EmployeeNumber,
        Name = Name.Length == 0 ? null : Name,
        Shared = IsShared,
    };

    public static async Task<TravellerRow?> FindAsync(NpgsqlConnection db, Guid id, bool forChange = false) =>
        await db.QuerySingleOrDefaultAsync<TravellerRow>(
            $"select {Columns} where t.id = @id and t.removed_at is null {(forChange ? "for no key update of t" : "")}",
            new { id });

    /// <summary>The traveller, removed or not, as long as the personal data are there: null once they were erased.</summary>
    public static async Task<TravellerRow?> FindNotErasedAsync(NpgsqlConnection db, Guid id, bool forChange = false) =>
        await db.QuerySingleOrDefaultAsync<TravellerRow>(
            $"select {Columns} where t.id = @id and t.erased_at is null {(forChange ? "for no key update of t" : "")}",
            new { id });

    /// <summary>The traveller, removed or not, for a caller who may see it: what was bought stays to be read.</summary>
    public static async Task<(TravellerRow Row, AccessScope Scope)> GetVisibleOrRemovedAsync(UnitOfWork work, Guid id)
    {
        var row = await work.Db.QuerySingleOrDefaultAsync<TravellerRow>(
            $"select {Columns} where t.id = @id", new { id })
            ?? throw Problems.NotFound();
        return (row, work.Principal.At(row.OperatorId, row.OrganisationId).RequireSight(row.DepartmentId, id));
    }

    /// <summary>The traveller, for a principal who may see it.</summary>
    public static async Task<(TravellerRow Row, AccessScope Scope)> GetVisibleAsync(UnitOfWork work, Guid id)
    {
        var row = await FindAsync(work.Db, id) ?? throw Problems.NotFound();
        return (row, work.Principal.At(row.OperatorId, row.OrganisationId).RequireSight(row.DepartmentId, id));
    }

    /// <summary>
    /// As <see cref="GetVisibleAsync"/>, to change it: keeps the organisation as it is and locks the row, and with it
    /// the traveller's credits.
    /// </summary>
    /// <param name="work">The caller's.</param>
    /// <param name="id">The traveller.</param>
    /// <param name="orRemoved">Also one who was removed and not erased.</param>
    public static async Task<(TravellerRow Row, AccessScope Scope)> LockForChangeAsync(
        UnitOfWork work, Guid id, bool orRemoved = false)
    {
        var (row, scope) = orRemoved ? await GetVisibleOrRemovedAsync(work, id) : await GetVisibleAsync(work, id);
        await OrganisationRow.LockSharedAsync(work.Db, row.OrganisationId);
        row = (orRemoved ? await FindNotErasedAsync(work.Db, id, forChange: true) : await FindAsync(work.Db, id, forChange: true))
            ?? throw Problems.NotFound();
        // Another session may have moved the traveller while this waited.
        scope.RequireAdministration(row.DepartmentId, id);
        return (row, scope);
    }
}
