using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Events;

/// <summary>An event that is to be sent now, by the host that leased it.</summary>
internal sealed record LeasedEvent
{
    public required Guid Id { get; init; }

    public required int OperatorId { get; init; }

    /// <summary>The operator's code.</summary>
    public required string Operator { get; init; }

    public required string Type { get; init; }

    public required string Subject { get; init; }

    /// <summary>What the receiver has to know, as JSON.</summary>
    public required string Data { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTime MadeAt { get; init; }

    /// <summary>How often it was tried, this time included.</summary>
    public required int Attempts { get; init; }

    /// <summary>Whether it is given up if this try fails, too.</summary>
    public required bool IsLastTry { get; init; }

    /// <summary>Where it is sent.</summary>
    public required string Url { get; init; }

    /// <summary>What the secrets are encrypted for.</summary>
    public required Guid KeyId { get; init; }

    /// <summary>The secret, encrypted.</summary>
    public required byte[] Secret { get; init; }

    /// <summary>The secret before, while that signs, too; encrypted.</summary>
    public byte[]? SecretBefore { get; init; }
}

/// <summary>
/// Events that wait, for the hosts that send them. Any number of hosts may lease beside each other; one that dies leaves
/// its lease to lapse. An event is leased when none before it of its subject waits or was given up, so those of one
/// subject are sent one after the other, whichever hosts send them.
/// </summary>
internal static class EventQueue
{
    // None before it of its subject waits or was given up.
    private const string IsFirst = """
        not exists (
          select from control.event before
          where before.operator_id = n.operator_id and before.subject = n.subject and before.number < n.number
            and before.state in (1, 3))
        """;

    /// <summary>Leases events that are due; of an operator whose receiver could not be reached, one.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="busy">The operators of which this host has enough to send.</param>
    public static async Task<IReadOnlyList<LeasedEvent>> LeaseAsync(NpgsqlConnection db, int[] busy) =>
        [.. await db.QueryAsync<LeasedEvent>(
            $"""
            update control.event e
            set attempts = e.attempts + 1, first_attempt_at = coalesce(e.first_attempt_at, ledger_now()),
                leased_until = ledger_now() + @lease
            from control.webhook w
            join operator o on o.id = w.operator_id
            cross join lateral (
              select n.id
              from control.event n
              where n.operator_id = w.operator_id and n.state = 1 and n.next_attempt_at <= ledger_now()
                and (n.leased_until is null or n.leased_until <= ledger_now())
                and {IsFirst}
              order by n.next_attempt_at, n.number
              limit case when w.failures > 0 then 1 else @most end
              for no key update of n skip locked
            ) due
            where e.id = due.id and w.operator_id <> all (@busy) and (w.away_until is null or w.away_until <= ledger_now())
            returning e.id, e.operator_id, o.code as operator, e.type, e.subject, e.data::text as data, e.made_at, e.attempts,
                      e.first_attempt_at + @tryTime <= ledger_now() as is_last_try, w.url, w.key_id, w.secret,
                      case when w.before_until > ledger_now() then w.secret_before end as secret_before
            """,
            new { busy, lease = Limits.EventLease, most = Limits.EventsAtOnce, tryTime = Limits.EventTryTime })];

    /// <summary>After how long an event may be due at the soonest; null when none is to be sent.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="busy">The operators that are not asked about.</param>
    public static Task<TimeSpan?> UntilNextAsync(NpgsqlConnection db, int[] busy) => db.QuerySingleAsync<TimeSpan?>(
        $"""
        select min(greatest(next.at, coalesce(w.away_until, next.at))) - ledger_now()
        from control.webhook w
        cross join lateral (
          select greatest(n.next_attempt_at, n.leased_until) as at
          from control.event n
          where n.operator_id = w.operator_id and n.state = 1 and {IsFirst}
          order by n.next_attempt_at limit 1) next
        where w.operator_id <> all (@busy)
        """,
        new { busy });

    /// <summary>
    /// Records that the receiver took an event. If it could not be reached before, all that waits for it is due now.
    /// </summary>
    public static Task DeliveredAsync(NpgsqlConnection db, LeasedEvent sent) => db.ExecuteAsync(
        """
        update control.event set state = 2, ended_at = ledger_now(), leased_until = null, last_error = null
        where id = @Id and state = 1;
        with recovered as (
          update control.webhook set failures = 0, away_until = null
          where operator_id = @OperatorId and failures > 0
          returning operator_id
        )
        update control.event e set next_attempt_at = ledger_now()
        from recovered r
        where e.operator_id = r.operator_id and e.state = 1 and e.next_attempt_at > ledger_now();
        update control.webhook set last_answered_at = ledger_now()
        where operator_id = @OperatorId and (last_answered_at is null or last_answered_at < ledger_now() - interval '10 seconds')
        """,
        sent);

    /// <summary>Records why an event was not taken, and after how long it is tried again; null gives it up.</summary>
    public static Task FailedAsync(NpgsqlConnection db, LeasedEvent sent, string why, TimeSpan? wait) => db.ExecuteAsync(
        """
        update control.event
        set last_error = @why, leased_until = null, next_attempt_at = ledger_now() + coalesce(@wait, interval '0'),
            state = case when @wait::interval is null then 3 else 1 end,
            ended_at = case when @wait::interval is null then ledger_now() end
        where id = @Id and state = 1
        """,
        new { sent.Id, why, wait });

    /// <summary>Records that the receiver is away, or asks for time: nothing is sent to it for so long.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="sent">The event that showed it.</param>
    /// <param name="why">What happened.</param>
    /// <param name="wait">
    /// How long; null for a second, doubled with each failure in a row up to <see cref="Limits.WebhookAwayMax"/>. What was
    /// on its way when the first of them failed counts with it.
    /// </param>
    public static Task AwayAsync(NpgsqlConnection db, LeasedEvent sent, string why, TimeSpan? wait) => db.ExecuteAsync(
        """
        update control.webhook
        set failures = failures + 1, last_error = @why, last_failed_at = ledger_now(),
            away_until = ledger_now() + coalesce(
              @wait::interval, least(interval '1 second' * power(2, least(failures, 20)), @most))
        where operator_id = @OperatorId and url = @Url
          and (@wait::interval is not null or away_until is null or away_until <= ledger_now())
        """,
        new { sent.OperatorId, sent.Url, why, wait, most = Limits.WebhookAwayMax });
}
