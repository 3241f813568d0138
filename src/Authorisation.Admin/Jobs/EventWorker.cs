using Authorisation.Administration.Events;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Hosting.Workers;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Jobs;

/// <summary>
/// Sends operators' events to their ticket systems, at least once and in order per subject: an event is leased, sent, and
/// only then marked as delivered. Any number of hosts may do it beside each other; one that dies leaves its lease to
/// lapse. What one receiver is slow at holds back nobody else's: each has its own few at a time, and one that cannot be
/// reached is left alone for a while.
/// </summary>
internal sealed partial class EventWorker(
    ControlDatabase database,
    TextCipher cipher,
    WebhookSender sender,
    EventTiming timing,
    WorkSignal signal,
    ILogger<EventWorker> logger) : RepeatedWork(Limits.EventPollInterval, signal)
{
    // What is being sent, by operator; of the one task that does the work.
    private readonly Dictionary<int, Task> _sending = [];
    private bool _hasRenewed;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_sending.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override async Task<bool> WorkAsync(CancellationToken stop)
    {
        await using var db = await database.OpenAsync(stop);
        if (!_hasRenewed)
        {
            await RenewSecretsAsync(db);
            _hasRenewed = true;
        }

        foreach (var ended in _sending.Where(static one => one.Value.IsCompleted).Select(static one => one.Key).ToList())
        {
            _sending.Remove(ended);
        }

        foreach (var ofOperator in (await EventQueue.LeaseAsync(db, [.. _sending.Keys])).GroupBy(static one => one.OperatorId))
        {
            _sending[ofOperator.Key] = SendAsync([.. ofOperator], stop);
        }

        if (await EventQueue.UntilNextAsync(db, [.. _sending.Keys]) is { } next)
        {
            LookAgainAfter(next);
        }

        return false;
    }

    // The work goes on with the next of the operator when these are through.
    private async Task SendAsync(IReadOnlyList<LeasedEvent> leased, CancellationToken stop)
    {
        await Task.WhenAll(leased.Select(sent => DeliverAsync(sent, stop)));
        AnnounceToOthers();
    }

    protected override void TellFailing(string reason) => LogLost(reason);

    protected override void TellGoesOn(TimeSpan after) => LogGoesOn(after);

    // What was encrypted under a key that is to be taken out of use is under the current one from now on.
    private async Task RenewSecretsAsync(NpgsqlConnection db)
    {
        var kept = await db.QueryAsync<(int OperatorId, Guid KeyId, byte[] Secret, byte[]? Before)>(
            "select operator_id, key_id, secret, secret_before from control.webhook");
        foreach (var (operatorId, keyId, secret, before) in kept)
        {
            try
            {
                var (renewed, renewedBefore) = (cipher.Renew(keyId, secret), before is null ? null : cipher.Renew(keyId, before));
                await db.ExecuteAsync(
                    """
                    update control.webhook
                    set secret = coalesce(@renewed, secret), secret_before = coalesce(@renewedBefore, secret_before)
                    where operator_id = @operatorId and secret = @secret
                      and (@renewed::bytea is not null or @renewedBefore::bytea is not null)
                    """,
                    new { operatorId, secret, renewed, renewedBefore });
            }
            catch (System.Security.Cryptography.CryptographicException)
            {
                LogUnreadable(operatorId);
            }
        }
    }

    private async Task DeliverAsync(LeasedEvent sent, CancellationToken stop)
    {
        WebhookFailure? failure;
        try
        {
            failure = await sender.SendAsync(sent, stop);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            LogUnexpected(e, sent.Id);
            failure = new WebhookFailure(e.GetType().Name, IsAway: false);
        }

        try
        {
            await RecordAsync(sent, failure);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // Its lease lapses, and it is sent once more.
            LogNotRecorded(sent.Id, e.Message);
        }
    }

    private async Task RecordAsync(LeasedEvent sent, WebhookFailure? failure)
    {
        // Not cancelled by a stop: what was delivered is to be known as delivered.
        await using var db = await database.OpenAsync(CancellationToken.None);
        if (failure is null)
        {
            await EventQueue.DeliveredAsync(db, sent);
            return;
        }

        if (failure.IsAway)
        {
            await EventQueue.AwayAsync(db, sent, failure.Message, failure.Wait);
        }

        TimeSpan? again = sent.IsLastTry ? null : timing.After(sent.Attempts);
        await EventQueue.FailedAsync(db, sent, failure.Message, again);
        if (again is null)
        {
            LogGivenUp(sent.Id, sent.Type, sent.Operator, sent.Attempts, failure.Message);
        }
        else if (sent.Attempts == 1)
        {
            LogNotTaken(sent.Id, sent.Type, sent.Operator, failure.Message);
        }
    }

    [LoggerMessage(5690, LogLevel.Warning, "Events cannot be read: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(5691, LogLevel.Information, "Events are sent again, after {Time}")]
    private partial void LogGoesOn(TimeSpan time);

    [LoggerMessage(5692, LogLevel.Warning, "Event {Id} ({Type}) of operator {Operator} was not taken and is tried again: {Reason}")]
    private partial void LogNotTaken(Guid id, string type, string @operator, string reason);

    [LoggerMessage(5693, LogLevel.Warning, "Event {Id} ({Type}) of operator {Operator} is undelivered after {Attempts} tries: {Reason}")]
    private partial void LogGivenUp(Guid id, string type, string @operator, int attempts, string reason);

    [LoggerMessage(5694, LogLevel.Error, "Event {Id} failed")]
    private partial void LogUnexpected(Exception exception, Guid id);

    [LoggerMessage(5696, LogLevel.Warning, "What became of event {Id} could not be recorded, so it is sent again: {Reason}")]
    private partial void LogNotRecorded(Guid id, string reason);

    [LoggerMessage(5695, LogLevel.Error, "The webhook secret of operator {OperatorId} is under no Activation:CodeKey that is set")]
    private partial void LogUnreadable(int operatorId);
}
