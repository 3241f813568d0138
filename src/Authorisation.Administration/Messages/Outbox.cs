using Authorisation.Administration.Work;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Authorisation.Administration.Messages;

/// <summary>
/// Writes messages beside the change that causes them: both are committed, or neither. Here, and nowhere else, is where
/// it is bounded how many go to one receiver, are caused by one organisation, or are caused for one operator by
/// outsiders.
/// </summary>
/// <remarks>
/// Any number of hosts may write at once and none passes a bound: messages of one organisation, to one receiver, follow
/// each other by advisory locks that last as long as the transaction, in that order; what was committed before is seen
/// behind them.
/// </remarks>
internal sealed partial class Outbox(TextCipher cipher, ILogger<Outbox> logger)
{
    /// <summary>Adds a message.</summary>
    /// <exception cref="TooManyMessagesException">429: a bound is reached.</exception>
    /// <exception cref="RefusedException">409: the operator sends no SMS to the number.</exception>
    public async Task AddAsync(NpgsqlConnection db, NewMessage message)
    {
        if (message.Kind.Channel == MessageChannel.Sms && !message.Operator.SendsSmsTo(message.Recipient))
        {
            throw new RefusedException(ProblemCode.NoSmsThere, $"The operator sends SMS to {message.Operator.SmsNumbers} only.");
        }

        if (await TryAddAsync(db, message) is { } bound)
        {
            throw new TooManyMessagesException(bound);
        }
    }

    /// <summary>Adds a message unless a bound is reached.</summary>
    /// <returns>The bound; null when the message was added.</returns>
    public async Task<MessageBound?> TryAddAsync(NpgsqlConnection db, NewMessage message)
    {
        if (await ReachedAsync(db, message) is { } bound)
        {
            LogHeldBack(message.Kind.Name, bound.Of, bound.Wait, message.Operator.Code, message.OrganisationId);
            return bound;
        }

        var id = Guid.CreateVersion7();
        await db.ExecuteAsync(
            """
            insert into control.message
              (id, operator_id, organisation_id, traveller_id, account_id, channel, kind, sender, recipient, subject, text,
               expires_at)
            values
              (@id, @operatorId, @OrganisationId, @TravellerId, @AccountId, @channel, @kind, @sender, @Recipient, @Subject,
               @text, ledger_now() + @Lifetime)
            """,
            new
            {
                id,
                operatorId = message.Operator.Id,
                message.OrganisationId,
                message.TravellerId,
                message.AccountId,
                channel = (short)message.Kind.Channel,
                kind = message.Kind.Name,
                sender = message.Kind.Channel == MessageChannel.Sms ? message.Operator.SmsSender : message.Operator.Name,
                message.Recipient,
                message.Subject,
                text = cipher.Encrypt(id, message.Text),
                message.Lifetime,
            });
        return null;
    }

    /// <summary>Takes back what still waits for an account: its code is not good any more.</summary>
    public static Task OvertakeAsync(NpgsqlConnection db, Guid accountId) => db.ExecuteAsync(
        "update control.message set state = 4, text = null where account_id = @accountId and state in (1, 3)",
        new { accountId });

    // What was overtaken counts: it may have been on its way. Each bound is looked at by the message that would have to
    // be old enough for one more, so that its age says how long to wait.
    private static async Task<MessageBound?> ReachedAsync(NpgsqlConnection db, NewMessage message)
    {
        var kind = message.Kind;
        await db.ExecuteAsync(
            """
            select pg_advisory_xact_lock(hashtextextended('messages of ' || @scope, 1));
            select pg_advisory_xact_lock(hashtextextended('messages to ' || @Recipient, 1))
            """,
            new
            {
                // Those of staff, of outsiders and of no organisation are bounded by kind.
                scope = message.OrganisationId?.ToString() ?? kind.Name + message.Operator.Code,
                message.Recipient,
            });
        var reached = await db.QueryFirstOrDefaultAsync<(int Of, TimeSpan Wait)?>(
            """
            select bound, wait from (
              (select 1 as bound, made_at + interval '1 hour' - ledger_now() as wait from control.message
               where recipient = @Recipient and kind = @kind order by made_at desc offset @perHour - 1 limit 1)
              union all
              (select 1, made_at + interval '1 day' - ledger_now() from control.message
               where recipient = @Recipient and kind = @kind order by made_at desc offset @perDay - 1 limit 1)
              union all
              (select 2, made_at + interval '1 hour' - ledger_now() from control.message
               where organisation_id = @OrganisationId and channel = @channel
               order by made_at desc offset @ofOrganisation - 1 limit 1)
              union all
              (select 3, made_at + interval '1 hour' - ledger_now() from control.message
               where operator_id = @operatorId and kind = @kind and @ofOperator > 0
               order by made_at desc offset greatest(@ofOperator, 1) - 1 limit 1)
            ) reached
            where wait > interval '0' order by wait desc limit 1
            """,
            new
            {
                message.Recipient,
                kind = kind.Name,
                perHour = kind.ReceiverPerHour,
                perDay = kind.ReceiverPerDay,
                message.OrganisationId,
                channel = (short)kind.Channel,
                ofOrganisation = kind.Channel == MessageChannel.Sms
                    ? message.Operator.OrganisationSmsPerHour
                    : message.Operator.OrganisationEmailsPerHour,
                operatorId = message.Operator.Id,
                ofOperator = kind.OperatorPerHour ?? 0,
            });
        return reached is { } first ? new MessageBound((BoundOf)first.Of, first.Wait) : null;
    }

    [LoggerMessage(
        5654, LogLevel.Warning,
        "A message of kind {Kind} is one too many for its {Bound} for another {Wait}: operator {Operator}, organisation {Organisation}")]
    private partial void LogHeldBack(string kind, BoundOf bound, TimeSpan wait, string @operator, Guid? organisation);
}
