using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Messages;

/// <summary>Lists the messages of the operators that the principal is staff of, in the order of their ids.</summary>
internal sealed class ListMessages
{
    /// <param name="work">The principal's.</param>
    /// <param name="operatorCode">Of one operator; of all unless given.</param>
    /// <param name="state">That have come so far; all unless given.</param>
    /// <param name="page">Which part.</param>
    /// <exception cref="RefusedException">The principal is no staff, or not of the operator that was named.</exception>
    public async Task<IReadOnlyList<MessageRow>> RunAsync(
        UnitOfWork work, string? operatorCode, MessageState? state, ListPage page)
    {
        var operators = await StaffOperators.ListedAsync(work, operatorCode);
        return [.. await work.Db.QueryAsync<MessageRow>(
            $"""
            select {MessageRow.Columns}
            where m.id in (
              select n.id
              from unnest(@operators) k(id)
              cross join lateral (
                select n.id from control.message n
                where n.operator_id = k.id and n.id > @After and (@state = 0 or n.state = @state)
                order by n.id limit @Count) n)
            order by m.id limit @Count
            """,
            new { operators, state = (short?)state ?? 0, page.After, page.Count })];
    }
}
