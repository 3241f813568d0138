using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Messages;

/// <summary>How far a message has come. Stored; the numbers never change.</summary>
internal enum MessageState
{
    /// <summary>It is to be sent, or sent again.</summary>
    Waiting = 1,

    /// <summary>A gateway or a mail server took it.</summary>
    Sent = 2,

    /// <summary>It was given up.</summary>
    Dead = 3,

    /// <summary>A later one made it useless before it was sent.</summary>
    Overtaken = 4,
}

/// <summary>A message and how far it has come, without its text, which has codes and links.</summary>
internal sealed record MessageRow
{
    /// <summary>To be followed by <c>where</c>.</summary>
    public const string Columns = """
        m.id, o.code as operator, m.operator_id, m.organisation_id, m.traveller_id, m.account_id, m.channel, m.kind,
        m.recipient, m.state, m.attempts, m.made_at, m.sent_at, m.next_attempt_at, m.last_error,
        m.text is not null as has_text, m.expires_at <= ledger_now() as has_lapsed
        from control.message m join operator o on o.id = m.operator_id
        """;

    public required Guid Id { get; init; }

    /// <summary>The operator's code.</summary>
    public required string Operator { get; init; }

    public required int OperatorId { get; init; }

    public Guid? OrganisationId { get; init; }

    public Guid? TravellerId { get; init; }

    public Guid? AccountId { get; init; }

    public required MessageChannel Channel { get; init; }

    /// <summary>What it is about, as <see cref="MessageKind"/> names it.</summary>
    public required string Kind { get; init; }

    public required string Recipient { get; init; }

    public required MessageState State { get; init; }

    /// <summary>How often it was tried.</summary>
    public required short Attempts { get; init; }

    public required DateTime MadeAt { get; init; }

    public DateTime? SentAt { get; init; }

    /// <summary>When it is tried next, while it waits.</summary>
    public required DateTime NextAttemptAt { get; init; }

    public string? LastError { get; init; }

    /// <summary>Whether what it says is still kept.</summary>
    public required bool HasText { get; init; }

    /// <summary>Whether it is no longer needed.</summary>
    public required bool HasLapsed { get; init; }

    /// <summary>The message, for staff of its operator.</summary>
    /// <exception cref="RefusedException">There is none at the principal's operators.</exception>
    public static Task<MessageRow> GetVisibleAsync(UnitOfWork work, Guid id) => FindAsync(work, id, "");

    /// <summary>As <see cref="GetVisibleAsync"/>, to change it.</summary>
    public static Task<MessageRow> LockForChangeAsync(UnitOfWork work, Guid id) =>
        FindAsync(work, id, "for no key update of m");

    private static async Task<MessageRow> FindAsync(UnitOfWork work, Guid id, string locking) =>
        await work.Db.QuerySingleOrDefaultAsync<MessageRow>(
            $"select {Columns} where m.id = @id {locking}", new { id }) is { } row
        && work.Principal.StaffOf.Contains(row.OperatorId)
            ? row
            : throw Problems.NotFound();
}
