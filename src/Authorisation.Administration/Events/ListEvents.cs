using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Events;

/// <summary>Which events are asked for.</summary>
/// <param name="Operator">The operator's code; of all that the principal is staff of unless given.</param>
/// <param name="State">That have come so far; all unless given.</param>
/// <param name="Subject">Of one subject; of all unless given.</param>
/// <param name="After">The number that the list begins after.</param>
/// <param name="Count">How many rows are read.</param>
internal sealed record EventFilter(string? Operator, EventState? State, string? Subject, long After, int Count);

/// <summary>
/// Lists the events of the operators that the principal is staff of, or of the operator whose ticket system asks, in the
/// order in which they happened.
/// </summary>
internal sealed class ListEvents
{
    /// <exception cref="RefusedException">The caller is neither, or not of the operator that was named.</exception>
    public async Task<IReadOnlyList<EventRow>> RunAsync(UnitOfWork work, EventFilter filter)
    {
        var operators = work.TicketSystemIfAny is { } system
            ? [system.OperatorId]
            : await StaffOperators.ListedAsync(work, filter.Operator);
        return [.. await work.Db.QueryAsync<EventRow>(
            $"""
            select {EventRow.Columns}
            where e.id in (
              select n.id
              from unnest(@operators) k(id)
              cross join lateral (
                select n.id from control.event n
                where n.operator_id = k.id and n.number > @After and (@state = 0 or n.state = @state)
                  and (@Subject::text is null or n.subject = @Subject)
                order by n.number limit @Count) n)
            order by e.number limit @Count
            """,
            new { operators, state = (short?)filter.State ?? 0, filter.Subject, filter.After, filter.Count })];
    }
}
