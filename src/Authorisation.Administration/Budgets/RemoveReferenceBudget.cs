using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Budgets;

/// <summary>Takes the budget of a billing reference away; where there is none nothing changes.</summary>
internal sealed class RemoveReferenceBudget
{
    /// <exception cref="RefusedException">
    /// The organisation cannot be seen or changed, or the budget was changed by another.
    /// </exception>
    public async Task RunAsync(UnitOfWork work, Guid organisationId, string? reference, Request request)
    {
        var (_, scope) = await OrganisationRow.LockForChangeAsync(work, organisationId);
        scope.RequireWide().Require(AdministratorRights.Credits);
        if (string.IsNullOrWhiteSpace(reference))
        {
            throw Problems.Field("billing_reference", FieldCode.Required, "is required: the reference whose budget is taken away");
        }

        var before = await BudgetRow.OfReferenceAsync(work.Db, organisationId, reference.Trim());
        request.RequireRevision(before?.Revision ?? 0);
        if (before is not null)
        {
            await BudgetWriter.RemoveAsync(work, before);
        }
    }
}
