using Authorisation.Administration.Access;
using Authorisation.Administration.Work;

namespace Authorisation.Billing.Accounting;

/// <summary>Shows the accounts that an operator's invoices go to, to its staff.</summary>
internal sealed class GetAccounting
{
    /// <returns>The accounts and their revision.</returns>
    /// <exception cref="RefusedException">
    /// The principal is not the operator's staff, the operator is not in Sweden, or they are not set yet.
    /// </exception>
    public async Task<(AccountPlan Plan, long Revision)> RunAsync(UnitOfWork work, string code)
    {
        var terms = await AccountingOperator.GetAsync(work, code);
        var (plan, revision) = await AccountPlan.FindAsync(work.Db, terms.Id);
        return (plan ?? throw AccountingOperator.NotSet(terms), revision);
    }
}
