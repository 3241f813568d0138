using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Clients;

/// <summary>Lists the clients of operators that the principal is staff of, in the order of their ids.</summary>
internal sealed class ListClients
{
    /// <param name="work">The unit of work.</param>
    /// <param name="operator">The code of one operator; null for all.</param>
    /// <param name="after">The id that the list begins after.</param>
    /// <param name="count">How many rows are read.</param>
    /// <exception cref="RefusedException">The principal is no staff, or not of the operator.</exception>
    public async Task<IReadOnlyList<ClientRow>> RunAsync(UnitOfWork work, string? @operator, long after, int count)
    {
        var operators = await StaffOperators.ListedAsync(work, @operator);
        return [.. await work.Db.QueryAsync<ClientRow>(
            $"""
            select {ClientRow.Columns} where c.operator_id = any(@operators) and c.id > @after
            order by c.id limit @count
            """,
            new { operators, after, count })];
    }
}
