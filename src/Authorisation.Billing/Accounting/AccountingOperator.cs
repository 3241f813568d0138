using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;

namespace Authorisation.Billing.Accounting;

/// <summary>The operators whose bookkeeping is served: Swedish ones, as SIE is the format of Sweden's programs.</summary>
internal static class AccountingOperator
{
    /// <exception cref="RefusedException">The principal is not the operator's staff, or it is not in Sweden.</exception>
    public static async Task<OperatorTerms> GetAsync(UnitOfWork work, string code)
    {
        var terms = await OperatorTerms.GetVisibleAsync(work, code);
        return terms.Country == "SE" ? terms : throw new RefusedException(
            ProblemCode.AccountingNotThere,
            $"Accounting is exported in SIE, the format of Swedish bookkeeping, and {terms.Name} is in {terms.Country}: "
            + "its invoices are at GET /v1/invoices, as JSON, CSV or e-invoices.");
    }

    /// <summary>The refusal of what needs accounts that were not set.</summary>
    public static RefusedException NotSet(OperatorTerms terms) => new(
        ProblemCode.AccountingNotSet, $"The accounts are not set: PUT /v1/operators/{terms.Code}/accounting.");
}
