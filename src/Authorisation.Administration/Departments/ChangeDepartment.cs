using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Departments;

/// <summary>Changes a department; those below that inherit its billing details follow.</summary>
internal sealed class ChangeDepartment
{
    /// <returns>The department as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or changed, was changed by another, is closed, or a field is wrong.
    /// </exception>
    public async Task<DepartmentDetails> RunAsync(UnitOfWork work, Guid id, Request<DepartmentRequest> request)
    {
        var (row, scope) = await DepartmentRow.LockForChangeAsync(work, id);
        scope.RequireWide();
        request.RequireRevision(row.Revision);
        row.RequireOpen();
        var organisation = (await OrganisationRow.FindAsync(work.Db, row.OrganisationId))!;
        var all = await DepartmentRow.AllOfAsync(work.Db, row.OrganisationId);
        var before = DepartmentDetails.Of(row, all, organisation);
        var changed = DepartmentFields.Check(request.Read(), row, isNew: false, all, organisation);
        await work.Db.ExecuteAsync(
            """
            update department
            set name = @Name, parent_id = @ParentId, inherits_billing = @InheritsBilling,
                billing_reference = @BillingReference, cost_centre = @CostCentre,
                billing_address = @BillingAddress::jsonb, e_invoice_address = @EInvoiceAddress, revision = revision + 1
            where id = @Id
            """,
            changed);
        await BillingDetails.RefreshAsync(work, organisation);
        var after = await DepartmentDetails.ReadAsync(work.Db, id, organisation);
        await work.AuditAsync(
            "department.changed", "department:" + id, row.OperatorId, row.OrganisationId, id, before.Audited(),
            after.Audited());
        return after;
    }
}
