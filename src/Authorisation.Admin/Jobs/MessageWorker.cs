using System.Security.Cryptography;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Hosting.Workers;
using Npgsql;

namespace Authorisation.Admin.Jobs;

/// <summary>
/// Delivers what waits in the outbox, at least once: a message is leased, sent, and only then marked as sent. Any
/// number of hosts may do it beside each other; one that dies leaves its lease to lapse. What this host has no way to
/// send is left to one that has.
/// </summary>
internal sealed partial class MessageWorker(
    ControlDatabase database,
    TextCipher cipher,
    MessageSenders senders,
    MessageTiming timing,
    WorkSignal signal,
    ILogger<MessageWorker> logger) : RepeatedWork(Limits.WorkPollInterval, signal)
{
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
        if ((await Task.WhenAll(leased.Select(message => DeliverAsync(message, stop)))).Min() is { } again)
        {
            LookAgainAfter(again);
        }

        return leased.Count > 0;
    }

    protected override void TellFailing(string reason) => LogLost(reason);

    protected override void TellGoesOn(TimeSpan after) => LogGoesOn(after);

    private async Task<IReadOnlyList<LeasedMessage>> LeaseAsync(CancellationToken stop)
    {
        await using var db = await database.OpenAsync(stop);
        return await MessageQueue.LeaseAsync(db, senders.Channels);
    }

    /// <summary>Answers after what time it is to be tried again; null when it is not.</summary>
    private async Task<TimeSpan?> DeliverAsync(LeasedMessage message, CancellationToken stop)
    {
        try
        {
            if (message.HasLapsed)
            {
                throw new DeliveryException("It is no longer needed.", isFinal: true);
            }

            var text = cipher.Decrypt(message.Id, message.Text!);
            await senders.SendAsync(
                new Delivery(
                    message.Id, message.Channel, message.Sender, message.Recipient, message.Subject, text),
                stop);
            await FinishAsync(db => MessageQueue.SentAsync(db, message.Id));
            return null;
        }
        catch (CryptographicException)
        {
            return await FailAsync(message, "It was written under another Activation:CodeKey than those that are set.", isFinal: true);
        }
        catch (DeliveryException e)
        {
            return await FailAsync(message, e.Message, e.IsFinal);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            LogUnexpected(e, message.Id);
            return await FailAsync(message, e.GetType().Name, isFinal: false);
        }
    }

    private async Task<TimeSpan?> FailAsync(LeasedMessage message, string why, bool isFinal)
    {
        if (isFinal || message.Attempts >= timing.AttemptsMax)
        {
            LogGivenUp(message.Id, message.Attempts, why);
            await FinishAsync(db => MessageQueue.GivenUpAsync(db, message.Id, why));
            return null;
        }

        var again = timing.After(message.Attempts);
        await FinishAsync(db => MessageQueue.FailedAsync(db, message.Id, why, again));
        return again;
    }

    // Not cancelled by a stop: what was sent is to be known as sent.
    private async Task FinishAsync(Func<NpgsqlConnection, Task> finish)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await finish(db);
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
