using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Npgsql;

namespace Authorisation.Administration.Departments;

/// <summary>A department with the billing details that are in force for it.</summary>
/// <param name="Row">The department, with the reference and the cost centre in force.</param>
/// <param name="BillingAddress">The address in force: its own, one that it inherits, or the organisation's.</param>
/// <param name="EInvoiceAddress">The address for e-invoices in force, likewise.</param>
internal sealed record DepartmentDetails(DepartmentRow Row, PostalAddress? BillingAddress, string? EInvoiceAddress)
{
    /// <summary>Whether it is <c>open</c>, or <c>closed</c> for good.</summary>
    public string Status => Row.ClosedAt is null ? "open" : "closed";

    /// <summary>What the audit trail says of a department before and after a change of it.</summary>
    public object Audited() => new
    {
        Row.Id,
        Row.OrganisationId,
        Row.ParentId,
        Row.Name,
        Status,
        Row.InheritsBilling,
        Row.BillingReference,
        Row.CostCentre,
        BillingAddress,
        EInvoiceAddress,
    };

    /// <summary>A department of an organisation, all of whose departments were read.</summary>
    public static DepartmentDetails Of(
        DepartmentRow row, IReadOnlyDictionary<Guid, DepartmentRow> all, OrganisationRow organisation)
    {
        var source = BillingDetails.SourceOf(row, all);
        return new DepartmentDetails(
            row,
            PostalAddress.Read(source?.BillingAddress ?? organisation.BillingAddress),
            source?.EInvoiceAddress ?? organisation.EInvoiceAddress);
    }

    /// <summary>Reads a department of an organisation as it is now.</summary>
    public static async Task<DepartmentDetails> ReadAsync(NpgsqlConnection db, Guid id, OrganisationRow organisation)
    {
        var all = await DepartmentRow.AllOfAsync(db, organisation.Id);
        return Of(all[id], all, organisation);
    }

    /// <summary>The department, for a principal who may see it.</summary>
    public static async Task<DepartmentDetails> GetVisibleAsync(UnitOfWork work, Guid id)
    {
        var (row, _) = await DepartmentRow.GetVisibleAsync(work, id);
        return await ReadAsync(work.Db, id, (await OrganisationRow.FindAsync(work.Db, row.OrganisationId))!);
    }
}
