using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Departments;

/// <summary>Adds a department to an organisation.</summary>
internal sealed class AddDepartment
{
    /// <returns>The department.</returns>
    /// <exception cref="RefusedException">
    /// The organisation cannot be seen, changed or is no customer, or a field is wrong.
    /// </exception>
    public async Task<DepartmentDetails> RunAsync(
        UnitOfWork work, Guid organisationId, Request<DepartmentRequest> request)
    {
        var (organisation, scope) = await OrganisationRow.LockCustomerForChangeAsync(work, organisationId);
        scope.RequireWide();
        var all = await DepartmentRow.AllOfAsync(work.Db, organisationId);
        var top = all.Values.Where(one => one.ParentId is null).MinBy(one => one.Id);
        var asked = request.Read();
        var blank = new DepartmentRow
        {
            Id = Guid.CreateVersion7(),
            OrganisationId = organisationId,
            OperatorId = organisation.OperatorId,
            ParentId = top?.Id,
            Name = "",
            BillingReference = "",
            InheritsBilling = !asked.HasReference,
            Revision = 1,
        };
        var row = DepartmentFields.Check(asked, blank, isNew: true, all, organisation);
        await work.Db.ExecuteAsync(
            """
            insert into department
              (id, organisation_id, parent_id, name, billing_reference, cost_centre, inherits_billing, billing_address,
               e_invoice_address)
            values
              (@Id, @OrganisationId, @ParentId, @Name, @BillingReference, @CostCentre, @InheritsBilling,
               @BillingAddress::jsonb, @EInvoiceAddress)
            """,
            row);
        var added = await DepartmentDetails.ReadAsync(work.Db, row.Id, organisation);
        await work.AuditAsync(
            "department.added", "department:" + row.Id, row.OperatorId, organisationId, row.Id, after: added.Audited());
        return added;
    }
}
