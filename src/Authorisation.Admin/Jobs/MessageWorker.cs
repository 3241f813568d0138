using System.Security.Cryptography;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Hosting.Workers;
using Dapper;

namespace Authorisation.Admin.Jobs;

/// <summary>
/// Delivers what waits in the outbox, at least once: a message is leased, sent, and only then marked as sent. Any number of
/// hosts may do it beside each other; one that dies leaves its lease to lapse. What this host has no way to send is left to
/// one that has.
/// </summary>
internal sealed partial class MessageWorker(
    ControlDatabase database, TextCipher cipher, MessageSenders senders, MessageTiming timing, ILogger<MessageWorker> logger)
    : RepeatedWork(Limits.MessagePollInterval)
{
    private readonly short[] _channels = [.. senders.Channels.Select(channel => (short)channel)];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var channel in Enum.GetValues<MessageChannel>().Except(senders.Channels))
        {
            LogNoWay(channel, channel == MessageChannel.Sms ? "Sms:Url" : "Smtp:Host");
        }

        return base.StartAsync(cancellationToken);
    }

    protected override async Task<bool> WorkAsync(CancellationToken stop)
    {
        var leased = await LeaseAsync(stop);
        await Task.WhenAll(leased.Select(message => DeliverAsync(message, stop)));
        return leased.Count > 0;
    }

    protected override void TellFailing(string reason) => LogLost(reason);

    protected override void TellGoesOn(TimeSpan after) => LogGoesOn(after);

    private async Task<IReadOnlyList<Leased>> LeaseAsync(CancellationToken stop)
    {
        await using var db = await database.OpenAsync(stop);
        return [.. await db.QueryAsync<Leased>(
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
            new { lease = Limits.MessageLease, most = Limits.MessagesAtOnce, channels = _channels })];
    }

    private async Task DeliverAsync(Leased message, CancellationToken stop)
    {
        try
        {
            if (message.HasLapsed)
            {
                throw new DeliveryException("Nobody needs it any more.", isFinal: true);
            }

            var text = cipher.Decrypt(message.Id, message.Text!);
            await senders.SendAsync(
                new Delivery(
                    message.Id, (MessageChannel)message.Channel, message.Sender, message.Recipient, message.Subject, text),
                stop);
            await FinishAsync(message.Id, "state = 2, sent_at = ledger_now(), text = null, last_error = null");
        }
        catch (CryptographicException)
        {
            await FailAsync(message, "It was written under another Activation:CodeKey than those that are set.", isFinal: true);
        }
        catch (DeliveryException e)
        {
            await FailAsync(message, e.Message, e.IsFinal);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            LogUnexpected(e, message.Id);
            await FailAsync(message, e.GetType().Name, isFinal: false);
        }
    }

    private Task FailAsync(Leased message, string why, bool isFinal)
    {
        if (isFinal || message.Attempts >= timing.AttemptsMax)
        {
            LogGivenUp(message.Id, message.Attempts, why);
            return FinishAsync(message.Id, "state = 3, last_error = @why", why);
        }

        return FinishAsync(
            message.Id, "last_error = @why, next_attempt_at = ledger_now() + @wait", why, timing.After(message.Attempts));
    }

    // Not cancelled by a stop: what was sent is to be known as sent. A message that was overtaken meanwhile stays so.
    private async Task FinishAsync(Guid id, string assignments, string? why = null, TimeSpan wait = default)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await db.ExecuteAsync(
            $"update control.message set {assignments} where id = @id and state = 1", new { id, why, wait });
    }

    private sealed record Leased
    {
        public required Guid Id { get; init; }

        public required short Channel { get; init; }

        public required string Sender { get; init; }

        public required string Recipient { get; init; }

        public string? Subject { get; init; }

        public byte[]? Text { get; init; }

        public required short Attempts { get; init; }

        public required bool HasLapsed { get; init; }
    }

    [LoggerMessage(5101, LogLevel.Warning, "Messages cannot be read: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(5626, LogLevel.Information, "Messages are delivered again, after {Time}")]
    private partial void LogGoesOn(TimeSpan time);

    [LoggerMessage(5102, LogLevel.Warning, "Message {Id} is given up after {Attempts} tries: {Reason}")]
    private partial void LogGivenUp(Guid id, int attempts, string reason);

    [LoggerMessage(5103, LogLevel.Error, "Message {Id} failed")]
    private partial void LogUnexpected(Exception exception, Guid id);

    [LoggerMessage(5104, LogLevel.Warning, "No way is set to send {Channel}: such messages wait for a host that has {Setting}")]
    private partial void LogNoWay(MessageChannel channel, string setting);
}
