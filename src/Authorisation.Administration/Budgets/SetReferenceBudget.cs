using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Budgets;

/// <summary>A budget of a billing reference that is asked for.</summary>
/// <param name="BillingReference">One that a department of the organisation is billed on.</param>
/// <param name="Budget">The budget.</param>
internal sealed record ReferenceBudgetRequest(string? BillingReference, BudgetRequest Budget);

/// <summary>
/// Sets the monthly budget of a billing reference, over all departments that are billed on it. For those who administer
/// all of the organisation and have the right to credits.
/// </summary>
internal sealed class SetReferenceBudget
{
    /// <returns>The budget as it is now.</returns>
    /// <exception cref="RefusedException">
    /// The organisation cannot be seen or changed or is no customer, the budget was changed by another, or a field is wrong.
    /// </exception>
    public async Task<BudgetRow> RunAsync(UnitOfWork work, Guid organisationId, Request<ReferenceBudgetRequest> request)
    {
        var (organisation, scope) = await OrganisationRow.LockForChangeAsync(work, organisationId);
        scope.RequireWide().Require(AdministratorRights.Credits);
        if (organisation.Status != OrganisationStatus.Customer)
        {
            throw new RefusedException(ProblemCode.NotACustomer, "The organisation is not a customer.");
        }

        var asked = request.Read();
        var fields = new Fields();
        var reference = fields.Required("billing_reference", asked.BillingReference, Limits.BillingReferenceCharactersMax);
        var budget = asked.Budget.Check(fields);
        if (reference.Length > 0 && !await IsBilledOnAsync(work, organisationId, reference))
        {
            fields.Add("billing_reference", FieldCode.NotFound, "must be a reference that an open department of the organisation is billed on");
        }

        fields.ThrowIfAny();
        var before = await BudgetRow.OfReferenceAsync(work.Db, organisationId, reference);
        request.RequireRevision(before?.Revision ?? 0);
        await BudgetWriter.WriteAsync(work, before, organisationId, departmentId: null, reference, budget);
        var after = (await BudgetRow.OfReferenceAsync(work.Db, organisationId, reference))!;
        await BudgetWriter.AuditAsync(work, before, after);
        return after;
    }

    private static Task<bool> IsBilledOnAsync(UnitOfWork work, Guid organisationId, string reference) =>
        work.Db.ExecuteScalarAsync<bool>(
            """
            select exists (
              select from department
              where organisation_id = @organisationId and billing_reference = @reference and closed_at is null)
            """,
            new { organisationId, reference });
}
