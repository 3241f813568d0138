using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Products;

/// <summary>
/// What an operator sells, to those who may see it: its staff, and the administrators of its customers, who choose from it.
/// </summary>
internal static class Catalogue
{
    /// <summary>The operator of a code, for those who see its catalogue.</summary>
    /// <returns>The operator, and the day that it is there.</returns>
    /// <exception cref="RefusedException">404: the principal sees no such operator's catalogue.</exception>
    public static async Task<(OperatorTerms Terms, DateOnly Today)> GetVisibleAsync(UnitOfWork work, string code)
    {
        var terms = await OperatorTerms.FindAsync(work.Db, code) ?? throw Problems.NotFound();
        if (!work.Principal.StaffOf.Contains(terms.Id) && !await IsCustomerOfAsync(work, terms.Id))
        {
            throw Problems.NotFound();
        }

        return (terms, await TodayAsync(work, terms));
    }

    /// <summary>The operator of a code, for its staff.</summary>
    /// <returns>The operator, and the day that it is there.</returns>
    /// <exception cref="RefusedException">
    /// 404: the principal does not see it. 403: the principal administers one of its customers.
    /// </exception>
    public static async Task<(OperatorTerms Terms, DateOnly Today)> GetOfStaffAsync(UnitOfWork work, string code)
    {
        var found = await GetVisibleAsync(work, code);
        return work.Principal.StaffOf.Contains(found.Terms.Id) ? found : throw Problems.Forbidden();
    }

    /// <summary>The day that it is by the operator's clocks.</summary>
    public static async Task<DateOnly> TodayAsync(UnitOfWork work, OperatorTerms terms) =>
        LocalDay.Of(await ControlDatabase.NowAsync(work.Db), terms.Zone);

    private static Task<bool> IsCustomerOfAsync(UnitOfWork work, int operatorId) => work.Db.ExecuteScalarAsync<bool>(
        "select exists (select from organisation where id = any(@ids) and operator_id = @operatorId)",
        new { ids = work.Principal.Memberships.Keys.ToArray(), operatorId });
}
