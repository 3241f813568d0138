using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Staff;

/// <summary>Lists the staff of the operators that the principal is staff of, in the order of their ids.</summary>
internal sealed class ListStaff
{
    /// <param name="work">The principal's.</param>
    /// <param name="operatorCode">Of one operator; of all unless given.</param>
    /// <param name="page">Which part.</param>
    /// <exception cref="RefusedException">The principal is no staff, or not of the operator that was named.</exception>
    public async Task<IReadOnlyList<StaffRow>> RunAsync(UnitOfWork work, string? operatorCode, ListPage page)
    {
        var operators = await StaffOperators.ListedAsync(work, operatorCode);
        return [.. await work.Db.QueryAsync<StaffRow>(
            $"""
            select {StaffRow.Columns} and s.operator_id = any(@operators) and s.id > @After
            order by s.id limit @Count
            """,
            new { operators, page.After, page.Count })];
    }
}
