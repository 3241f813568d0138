using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Organisations;

/// <summary>
/// Billing details along the tree of departments, and the particulars that purchases are invoiced with. Particulars are
/// only ever added: after an edit each open credit points at a new row, and what was bought before keeps the old one.
/// </summary>
internal static class Billing
{
    /// <summary>Whose details are in force for a department: its own, or those of the nearest above that has its own.</summary>
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
    /// Brings references and cost centres that are inherited up to date after a change anywhere above, and the particulars
    /// with them.
    /// </summary>
    /// <param name="db">Within a transaction that has locked the organisation.</param>
    /// <param name="organisation">The organisation as it is now.</param>
    /// <param name="renamed">Departments whose particulars change in any case; all of them if null.</param>
    public static async Task RefreshAsync(NpgsqlConnection db, OrganisationRow organisation, IReadOnlyCollection<Guid>? renamed)
    {
        var all = await DepartmentRow.AllOfAsync(db, organisation.Id);
        var touched = new HashSet<Guid>(renamed ?? [.. all.Keys]);
        foreach (var department in all.Values)
        {
            var (reference, costCentre) = InForce(SourceOf(department, all), organisation);
            if (reference != department.BillingReference || costCentre != department.CostCentre)
            {
                await db.ExecuteAsync(
                    """
                    update department
                    set billing_reference = @reference, cost_centre = @costCentre, revision = revision + 1
                    where id = @Id
                    """,
                    new { reference, costCentre, department.Id });
                touched.Add(department.Id);
            }
        }

        await RefreshParticularsAsync(db, "p.department_id = any(@ids)", [.. touched]);
    }

    /// <summary>Gives the open credits of a traveller particulars as they are now.</summary>
    public static Task RefreshTravellerAsync(NpgsqlConnection db, Guid travellerId) =>
        RefreshParticularsAsync(db, "p.traveller_id = any(@ids)", [travellerId]);

    /// <summary>The particulars of a traveller's purchases that a department pays for.</summary>
    public static async Task<long> ParticularsAsync(NpgsqlConnection db, Guid travellerId, Guid departmentId) =>
        await db.ExecuteScalarAsync<long>(
            """
            insert into particulars (
              organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name,
              billing_reference, cost_centre)
            select g.id, g.name, d.id, d.name, t.id, coalesce(nullif(t.name, ''), t.email), d.billing_reference, d.cost_centre
            from traveller t, department d join organisation g on g.id = d.organisation_id
            where t.id = @travellerId and d.id = @departmentId
            returning id
            """,
            new { travellerId, departmentId });

    private static async Task RefreshParticularsAsync(NpgsqlConnection db, string which, Guid[] ids)
    {
        if (ids.Length == 0)
        {
            return;
        }

        await db.ExecuteAsync(
            $"""
            select from credit_account a join particulars p on p.id = a.particulars_id
            where {which} and a.removed_at is null
            order by a.id for no key update of a
            """,
            new { ids });
        await db.ExecuteAsync(
            $"""
            with affected as (
              select a.id, p.department_id, p.traveller_id
              from credit_account a join particulars p on p.id = a.particulars_id
              where {which} and a.removed_at is null
            ), fresh as (
              insert into particulars (
                organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name,
                billing_reference, cost_centre)
              select g.id, g.name, d.id, d.name, t.id, coalesce(nullif(t.name, ''), t.email), d.billing_reference,
                     d.cost_centre
              from (select distinct department_id, traveller_id from affected) x
              join department d on d.id = x.department_id
              join organisation g on g.id = d.organisation_id
              join traveller t on t.id = x.traveller_id
              returning id, department_id, traveller_id
            )
            update credit_account a
            set particulars_id = f.id
            from affected x join fresh f on f.department_id = x.department_id and f.traveller_id = x.traveller_id
            where a.id = x.id
            """,
            new { ids });
    }
}
