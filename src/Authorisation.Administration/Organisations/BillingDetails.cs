using Authorisation.Administration.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Organisations;

/// <summary>
/// Billing details along the tree of departments, and the billing snapshot that purchases are invoiced with. Billing
/// snapshots are only ever added: what was bought before an edit keeps the row that it had.
/// </summary>
internal static class BillingDetails
{
    /// <summary>
    /// Whose details are in force for a department: its own, or those of the nearest above that has its own.
    /// </summary>
    /// <returns>Null when it is the organisation itself.</returns>
    public static DepartmentRow? SourceOf(DepartmentRow department, IReadOnlyDictionary<Guid, DepartmentRow> all)
    {
        var at = department;
        for (var steps = 0; steps <= all.Count; steps++)
        {
            if (!at.InheritsBilling)
            {
                return at;
            }

            if (at.ParentId is not { } parent || !all.TryGetValue(parent, out var above))
            {
                return null;
            }

            at = above;
        }

        throw new InvalidOperationException($"Department {department.Id} lies below itself.");
    }

    /// <summary>The reference and the cost centre of a source; an organisation has no cost centre.</summary>
    public static (string Reference, string? CostCentre) InForce(DepartmentRow? source, OrganisationRow organisation) =>
        (source?.BillingReference ?? organisation.ReferenceInForce, source?.CostCentre);

    /// <summary>
    /// Brings references and cost centres that are inherited up to date after a change anywhere above. Purchases that
    /// are decided after the commit are invoiced by them: organisation and department are looked at with each account
    /// that is read for a decision (<c>billing_snapshot_in_force</c>), so that no account is touched, however many
    /// there are.
    /// </summary>
    /// <param name="work">
    /// Within a transaction that has locked the organisation. The trail gets a line a department.
    /// </param>
    /// <param name="organisation">The organisation as it is now.</param>
    public static async Task RefreshAsync(UnitOfWork work, OrganisationRow organisation)
    {
        var db = work.Db;
        var all = await DepartmentRow.AllOfAsync(db, organisation.Id);
        var changed = all.Values
            .Select(department => (department.Id, Before: (department.BillingReference, department.CostCentre),
                InForce: InForce(SourceOf(department, all), organisation)))
            .Where(one => one.Before != one.InForce)
            .ToList();
        await db.ExecuteAsync(
            """
            update department d
            set billing_reference = c.reference, cost_centre = c.cost_centre, revision = revision + 1
            from unnest(@ids, @references, @costCentres) as c(id, reference, cost_centre)
            where d.id = c.id
            """,
            new
            {
                ids = changed.Select(one => one.Id).ToArray(),
                references = changed.Select(one => one.InForce.Reference).ToArray(),
                costCentres = changed.Select(one => one.InForce.CostCentre).ToArray(),
            });
        foreach (var (id, before, inForce) in changed)
        {
            await work.AuditAsync(
                "department.changed", "department:" + id, organisation.OperatorId, organisation.Id, id,
                new { before.BillingReference, before.CostCentre },
                new { BillingReference = inForce.Reference, inForce.CostCentre });
        }
    }

    /// <summary>
    /// Gives the open credits of a traveller a billing snapshot that says the traveller's name as it is now.
    /// </summary>
    public static async Task RefreshTravellerAsync(NpgsqlConnection db, Guid travellerId)
    {
        await db.ExecuteAsync(
            """
            select from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id
            where p.traveller_id = @travellerId and a.removed_at is null
            order by a.id for no key update of a
            """,
            new { travellerId });
        // One look a billing snapshot: several credits can point at the same.
        await db.ExecuteAsync(
            """
            with renamed as materialized (
              select p.id, billing_snapshot_in_force(p.id) as in_force
              from billing_snapshot p
              where p.traveller_id = @travellerId
                and exists (select from credit_account a where a.billing_snapshot_id = p.id and a.removed_at is null)
            )
            update credit_account a set billing_snapshot_id = r.in_force
            from renamed r
            where a.billing_snapshot_id = r.id and r.in_force <> r.id and a.removed_at is null
            """,
            new { travellerId });
    }

    /// <summary>The billing snapshot of a traveller's purchases that a department pays for.</summary>
    public static async Task<long> BillingSnapshotAsync(NpgsqlConnection db, Guid travellerId, Guid departmentId) =>
        await db.ExecuteScalarAsync<long>(
            """
            insert into billing_snapshot (
              organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name,
              billing_reference, cost_centre)
            select g.id, g.name, d.id, d.name, t.id, coalesce(nullif(t.name, ''), t.email), d.billing_reference, d.cost_centre
            from traveller t, department d join organisation g on g.id = d.organisation_id
            where t.id = @travellerId and d.id = @departmentId
            returning id
            """,
            new { travellerId, departmentId });
}
