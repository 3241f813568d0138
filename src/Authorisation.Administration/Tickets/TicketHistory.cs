using Dapper;
using Npgsql;

namespace Authorisation.Administration.Tickets;

/// <summary>One thing that happened to a ticket.</summary>
internal sealed record TicketEventRow
{
    /// <summary>The ticket.</summary>
    public required Guid TicketId { get; init; }

    public required int OperatorId { get; init; }

    /// <summary>What: <c>ordered</c>, or as <see cref="TicketRule.NameOf"/> calls a command.</summary>
    public required string Event { get; init; }

    /// <summary>The id that the ticket system gave what it reported.</summary>
    public Guid? EventId { get; init; }

    /// <summary>When it happened, as reported; null when it happened here and now.</summary>
    public DateTime? OccurredAt { get; init; }

    /// <summary>When it was recorded; set by the database.</summary>
    public DateTime RecordedAt { get; init; }

    public Guid? PersonId { get; init; }

    /// <summary>The person's e-mail address; empty for the ticket system and the service itself.</summary>
    public required string RecordedBy { get; init; }

    /// <summary>The ticket system, where no person did it.</summary>
    public long? ClientId { get; init; }

    public TicketState? StateBefore { get; init; }

    public required TicketState StateAfter { get; init; }

    public string? BearerBefore { get; init; }

    public string? BearerAfter { get; init; }

    public string? Reason { get; init; }
}

/// <summary>What happened to tickets; only ever added to.</summary>
internal static class TicketHistory
{
    private const string Columns = """
        ticket_id, operator_id, event, event_id, occurred_at, recorded_at, person_id, recorded_by, client_id, state_before, state_after,
        bearer_before, bearer_after, reason
        """;

    /// <summary>Adds a row, unless its id is that of another one of the operator's.</summary>
    /// <returns>Whether it was added.</returns>
    public static async Task<bool> AddAsync(NpgsqlConnection db, TicketEventRow row) => await db.ExecuteAsync(
        $"""
        insert into control.ticket_event ({Columns})
        values (
          @TicketId, @OperatorId, @Event, @EventId, coalesce(@OccurredAt, ledger_now()), ledger_now(), @PersonId, @RecordedBy,
          @ClientId, @before, @after, @BearerBefore, @BearerAfter, @Reason)
        on conflict (operator_id, event_id) where event_id is not null do nothing
        """,
        new
        {
            row.TicketId,
            row.OperatorId,
            row.Event,
            row.EventId,
            row.OccurredAt,
            row.PersonId,
            row.RecordedBy,
            row.ClientId,
            before = (short?)row.StateBefore,
            after = (short)row.StateAfter,
            row.BearerBefore,
            row.BearerAfter,
            row.Reason,
        }) > 0;

    /// <summary>All of a ticket's, in order.</summary>
    public static async Task<IReadOnlyList<TicketEventRow>> OfAsync(NpgsqlConnection db, Guid ticketId) =>
        [.. await db.QueryAsync<TicketEventRow>(
            $"select {Columns} from control.ticket_event where ticket_id = @ticketId order by id", new { ticketId })];

    /// <summary>What was recorded under an id that the operator's ticket system gave; null when nothing was.</summary>
    public static async Task<TicketEventRow?> FindAsync(NpgsqlConnection db, int operatorId, Guid eventId) =>
        await db.QuerySingleOrDefaultAsync<TicketEventRow>(
            $"select {Columns} from control.ticket_event where operator_id = @operatorId and event_id = @eventId",
            new { operatorId, eventId });
}
