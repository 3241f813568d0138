using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Messages;

/// <summary>A message that is to be delivered now, by the host that leased it.</summary>
internal sealed record LeasedMessage
{
    public required Guid Id { get; init; }

    public required MessageChannel Channel { get; init; }

    public required string Sender { get; init; }

    public required string Recipient { get; init; }

    public string? Subject { get; init; }

    /// <summary>What it says, encrypted.</summary>
    public byte[]? Text { get; init; }

    /// <summary>How often it was tried, this time included.</summary>
    public required short Attempts { get; init; }

    /// <summary>Whether it is no longer needed.</summary>
    public required bool HasLapsed { get; init; }
}

/// <summary>
/// What waits in the outbox, for those who deliver it. Any number of hosts may lease beside each other; a host that
/// dies leaves its lease to lapse. A message that was overtaken meanwhile stays so.
/// </summary>
internal static class MessageQueue
{
    /// <summary>Leases messages that are due: those of some channels, and those that are no longer needed.</summary>
    public static async Task<IReadOnlyList<LeasedMessage>> LeaseAsync(
        NpgsqlConnection db, IEnumerable<MessageChannel> channels) =>
        [.. await db.QueryAsync<LeasedMessage>(
            """
            update control.message m
            set attempts = attempts + 1, next_attempt_at = ledger_now() + @lease
            from (
              select id from control.message
              where state = 1 and next_attempt_at <= ledger_now()
                and (channel = any(@channels) or expires_at <= ledger_now())
              order by next_attempt_at limit @most for update skip locked
            ) due
            where m.id = due.id
            returning m.id, m.channel, m.sender, m.recipient, m.subject, m.text, m.attempts,
                      m.expires_at <= ledger_now() as has_lapsed
            """,
            new
            {
                lease = Limits.MessageLease,
                most = Limits.MessagesAtOnce,
                channels = channels.Select(channel => (short)channel).ToArray(),
            })];

    /// <summary>Records that a message was sent; what it said is kept no longer.</summary>
    public static Task SentAsync(NpgsqlConnection db, Guid id) => db.ExecuteAsync(
        """
        update control.message set state = 2, sent_at = ledger_now(), text = null, last_error = null
        where id = @id and state = 1
        """,
        new { id });

    /// <summary>Records that a message is given up, and why.</summary>
    public static Task GivenUpAsync(NpgsqlConnection db, Guid id, string why) => db.ExecuteAsync(
        "update control.message set state = 3, last_error = @why where id = @id and state = 1", new { id, why });

    /// <summary>Records why a message was not sent, and after how long it is tried again.</summary>
    public static Task FailedAsync(NpgsqlConnection db, Guid id, string why, TimeSpan wait) => db.ExecuteAsync(
        """
        update control.message set last_error = @why, next_attempt_at = ledger_now() + @wait
        where id = @id and state = 1
        """,
        new { id, why, wait });
}
