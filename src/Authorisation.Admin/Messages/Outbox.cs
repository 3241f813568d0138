using Dapper;
using Npgsql;

namespace Authorisation.Admin.Messages;

/// <summary>Writes messages beside the change that causes them: both are committed, or neither.</summary>
internal sealed class Outbox(TextCipher cipher)
{
    public Task AddAsync(NpgsqlConnection db, NewMessage message)
    {
        var id = Guid.CreateVersion7();
        return db.ExecuteAsync(
            """
            insert into control.message
              (id, operator_id, organisation_id, traveller_id, account_id, channel, kind, sender, recipient, subject, text,
               expires_at)
            values
              (@id, @operatorId, @OrganisationId, @TravellerId, @AccountId, @channel, @Kind, @sender, @Recipient, @Subject,
               @text, ledger_now() + @Lifetime)
            """,
            new
            {
                id,
                operatorId = message.Operator.Id,
                message.OrganisationId,
                message.TravellerId,
                message.AccountId,
                channel = (short)message.Channel,
                message.Kind,
                sender = message.Channel == MessageChannel.Sms ? message.Operator.SmsSender : message.Operator.Name,
                message.Recipient,
                message.Subject,
                text = cipher.Encrypt(id, message.Text),
                message.Lifetime,
            });
    }

    /// <summary>Takes back what still waits for an account: its code is not good any more.</summary>
    public static Task OvertakeAsync(NpgsqlConnection db, Guid accountId) => db.ExecuteAsync(
        "update control.message set state = 4, text = null where account_id = @accountId and state in (1, 3)",
        new { accountId });
}
