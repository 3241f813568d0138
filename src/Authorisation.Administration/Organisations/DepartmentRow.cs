using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Organisations;

/// <summary>A department as the database has it.</summary>
internal sealed record DepartmentRow
{
    private const string Columns = """
        d.id, d.organisation_id, g.operator_id, d.parent_id, d.name, d.billing_reference, d.cost_centre,
        d.inherits_billing, d.billing_address::text as billing_address, d.e_invoice_address, d.closed_at, d.revision
        from department d join organisation g on g.id = d.organisation_id
        """;

    public required Guid Id { get; init; }

    public required Guid OrganisationId { get; init; }

    public required int OperatorId { get; init; }

    public Guid? ParentId { get; init; }

    public required string Name { get; init; }

    public required string BillingReference { get; init; }

    public string? CostCentre { get; init; }

    public required bool InheritsBilling { get; init; }

    public string? BillingAddress { get; init; }

    public string? EInvoiceAddress { get; init; }

    public DateTime? ClosedAt { get; init; }

    public required long Revision { get; init; }

    /// <summary>Refuses to change a department that is closed.</summary>
    /// <exception cref="RefusedException"><see cref="ProblemCode.Closed"/>.</exception>
    public void RequireOpen()
    {
        if (ClosedAt is not null)
        {
            throw new RefusedException(ProblemCode.Closed, "The department is closed.");
        }
    }

    public static async Task<DepartmentRow?> FindAsync(NpgsqlConnection db, Guid id) =>
        await db.QuerySingleOrDefaultAsync<DepartmentRow>($"select {Columns} where d.id = @id", new { id });

    /// <summary>All departments of an organisation, parents and children in no order.</summary>
    public static async Task<IReadOnlyDictionary<Guid, DepartmentRow>> AllOfAsync(
        NpgsqlConnection db, Guid organisationId) =>
        (await db.QueryAsync<DepartmentRow>(
            $"select {Columns} where d.organisation_id = @organisationId", new { organisationId }))
        .ToDictionary(row => row.Id);

    /// <summary>The open departments of an organisation that a principal sees, the first of them first.</summary>
    public static async Task<IReadOnlyList<DepartmentRow>> OpenAsync(
        NpgsqlConnection db, Guid organisationId, AccessScope scope) =>
        [.. (await AllOfAsync(db, organisationId)).Values.Where(row => row.ClosedAt is null && scope.Sees(row.Id)).OrderBy(row => row.Id)];

    /// <summary>The department, for a principal who may see it.</summary>
    public static async Task<(DepartmentRow Row, AccessScope Scope)> GetVisibleAsync(UnitOfWork work, Guid id)
    {
        var row = await FindAsync(work.Db, id) ?? throw Problems.NotFound();
        return (row, work.Principal.At(row.OperatorId, row.OrganisationId).RequireSight(id));
    }

    /// <summary>
    /// As <see cref="GetVisibleAsync"/>, to change it: locks its organisation, as all changes of the tree do.
    /// </summary>
    public static async Task<(DepartmentRow Row, AccessScope Scope)> LockForChangeAsync(UnitOfWork work, Guid id)
    {
        var (row, scope) = await GetVisibleAsync(work, id);
        await work.Db.ExecuteAsync(
            "select from organisation where id = @OrganisationId for no key update", new { row.OrganisationId });
        return (await FindAsync(work.Db, id) ?? throw Problems.NotFound(), scope);
    }

    /// <summary>
    /// The department of a traveller that is added without one: the first department of the organisation that the
    /// caller has.
    /// </summary>
    public static DepartmentRow? DefaultOf(IReadOnlyList<DepartmentRow> open) => open.Count == 0 ? null : open[0];

    /// <summary>
    /// The open department of an organisation that a field names; null, with the field's error, when the caller sees
    /// none such.
    /// </summary>
    public static async Task<DepartmentRow?> NamedAsync(
        NpgsqlConnection db, Fields fields, string field, Guid? id, Guid organisationId, AccessScope scope)
    {
        if (id is not { } given)
        {
            fields.Add(field, FieldCode.Required, "is required: the id of a department");
            return null;
        }

        var row = await FindAsync(db, given);
        if (row is null || row.OrganisationId != organisationId || row.ClosedAt is not null || !scope.Sees(given))
        {
            fields.Add(field, FieldCode.NotFound, "must be an open department of the organisation");
            return null;
        }

        return row;
    }
}
