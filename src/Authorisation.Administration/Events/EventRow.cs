using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Events;

/// <summary>How far an event has come. Stored; the numbers never change.</summary>
internal enum EventState
{
    /// <summary>It is to be sent, or sent again, or waits behind another of its subject.</summary>
    Waiting = 1,

    /// <summary>The receiver took it.</summary>
    Delivered = 2,

    /// <summary>It was given up; those of its subject wait behind it.</summary>
    Undelivered = 3,

    /// <summary>Staff decided that the receiver need not have it.</summary>
    Dismissed = 4,
}

/// <summary>An event and how far it has come.</summary>
internal sealed record EventRow
{
    /// <summary>To be followed by <c>where</c>.</summary>
    public const string Columns = """
        e.id, e.number, o.code as operator, e.operator_id, e.type, e.subject, e.data::text as data, e.made_at, e.state, e.attempts,
        e.next_attempt_at, e.last_error, e.ended_at
        from control.event e join operator o on o.id = e.operator_id
        """;

    public required Guid Id { get; init; }

    /// <summary>Later ones have higher numbers.</summary>
    public required long Number { get; init; }

    /// <summary>The operator's code.</summary>
    public required string Operator { get; init; }

    public required int OperatorId { get; init; }

    public required string Type { get; init; }

    public required string Subject { get; init; }

    /// <summary>What the receiver has to know, as JSON.</summary>
    public required string Data { get; init; }

    public required DateTime MadeAt { get; init; }

    public required EventState State { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>When it is tried next at the soonest, while it waits.</summary>
    public required DateTime NextAttemptAt { get; init; }

    public string? LastError { get; init; }

    /// <summary>When it was delivered, given up or dismissed.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>The event, for staff of its operator and for its ticket system.</summary>
    /// <exception cref="RefusedException">There is none that the caller may see.</exception>
    public static async Task<EventRow> GetVisibleAsync(UnitOfWork work, Guid id) =>
        await FindAsync(work, id, "") is { } row && IsOf(work, row.OperatorId) ? row : throw Problems.NotFound();

    /// <summary>The event, for staff of its operator to change it.</summary>
    /// <exception cref="RefusedException">There is none at the principal's operators.</exception>
    public static async Task<EventRow> LockForChangeAsync(UnitOfWork work, Guid id) =>
        await FindAsync(work, id, "for no key update of e") is { } row && work.Principal.StaffOf.Contains(row.OperatorId)
            ? row
            : throw Problems.NotFound();

    private static bool IsOf(UnitOfWork work, int operatorId) => work.TicketSystemIfAny is { } system
        ? system.OperatorId == operatorId
        : work.Principal.StaffOf.Contains(operatorId);

    private static Task<EventRow?> FindAsync(UnitOfWork work, Guid id, string locking) =>
        work.Db.QuerySingleOrDefaultAsync<EventRow>($"select {Columns} where e.id = @id {locking}", new { id });
}
