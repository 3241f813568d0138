using System.Diagnostics;
using System.Globalization;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Npgsql;
using Quartz;

namespace Authorisation.Admin.Jobs;

/// <summary>
/// Starts the scheduler, as soon as the database is up, and registers every operator: each has a job with two triggers,
/// midnight by the operator's clocks and every minute. The scheduler keeps both in Postgres and lets one of the hosts
/// have each; a host that dies is found out by its silence.
/// </summary>
internal sealed partial class MonthEndSchedule(
    ControlDatabase database, ISchedulerFactory schedulers, TimeProvider time, ILogger<MonthEndSchedule> logger) : BackgroundService
{
    private readonly Dictionary<int, string> _scheduled = [];

    /// <summary>Has an operator's work looked at now instead of within a minute.</summary>
    public async Task LookNowAsync(int operatorId, CancellationToken stop)
    {
        try
        {
            await (await schedulers.GetScheduler(stop)).TriggerJob(KeyOf(operatorId), stop);
        }
        catch (Exception e) when (e is SchedulerException or NpgsqlException)
        {
            LogFailed(e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        IScheduler? scheduler = null;
        Stopwatch? failing = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // Not cancelled by a stop: the scheduler reports each statement that is cut off as an error.
                scheduler ??= await schedulers.GetScheduler(CancellationToken.None);
                await ScheduleAsync(scheduler, stoppingToken);
                if (scheduler.Status != SchedulerStatus.Running)
                {
                    await scheduler.Start(CancellationToken.None);
                }

                if (failing is not null)
                {
                    LogGoesOn(failing.Elapsed);
                    failing = null;
                }
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is SchedulerException or NpgsqlException or TimeoutException)
            {
                if (failing is null)
                {
                    failing = Stopwatch.StartNew();
                    LogFailed(e.Message);
                }
            }

            await Task.Delay(scheduler is { Status: SchedulerStatus.Running } ? Limits.MonthEndCheckInterval : TimeSpan.FromSeconds(1), stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (scheduler is not null)
        {
            await ShutDownAsync(scheduler);
        }
    }

    /// <summary>
    /// Lets the work that is on come to its end. A scheduler whose database is gone would wait for it without end; what
    /// it does not put away there, another host takes up as that of one that died.
    /// </summary>
    private async Task ShutDownAsync(IScheduler scheduler)
    {
        try
        {
            await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None).AsTask().WaitAsync(Limits.MonthEndStopTimeout, CancellationToken.None);
        }
        catch (Exception e) when (e is TimeoutException or SchedulerException or NpgsqlException)
        {
            LogNotPutAway(e.Message);
        }
    }

    private async Task ScheduleAsync(IScheduler scheduler, CancellationToken stop)
    {
        await using var db = await database.OpenAsync(stop);
        foreach (var terms in await OperatorTerms.ListAsync(db))
        {
            var (id, zone) = (terms.Id, terms.TimeZone);
            if (!_scheduled.ContainsKey(id) && await Invoicing.FindAsync(db, id) is null)
            {
                LogNotInvoicing(terms.Code);
            }

            if (_scheduled.GetValueOrDefault(id) != zone)
            {
                // What an earlier host left is replaced, so that it goes by this clock and this zone.
                await scheduler.ScheduleJob(
                    JobBuilder.Create<MonthEndJob>().WithIdentity(KeyOf(id)).StoreDurably().RequestRecovery().Build(),
                    [Midnight(id, zone), EveryMinute(id)],
                    new ScheduleJobOptions { Replace = true },
                    CancellationToken.None);
                _scheduled[id] = zone;
            }
        }
    }

    private static ITrigger Midnight(int id, string zone) => TriggerBuilder.Create()
        .WithIdentity(string.Create(CultureInfo.InvariantCulture, $"{id}-midnight"), MonthEndJob.Group)
        .WithCronSchedule("0 0 0 * * ?", cron => cron.InTimeZone(TimeZoneInfo.FindSystemTimeZoneById(zone)))
        .Build();

    private ITrigger EveryMinute(int id) => TriggerBuilder.Create()
        .WithIdentity(string.Create(CultureInfo.InvariantCulture, $"{id}-minute"), MonthEndJob.Group)
        .StartAt(time.GetUtcNow())
        .WithSimpleSchedule(simple => simple.WithInterval(Limits.MonthEndCheckInterval).RepeatForever())
        .Build();

    private static JobKey KeyOf(int operatorId) => new(operatorId.ToString(CultureInfo.InvariantCulture), MonthEndJob.Group);

    [LoggerMessage(5509, LogLevel.Warning,
        "It is not set how {Operator} invoices: until PUT /v1/operators/{Operator}/invoicing its months are closed and no invoices made")]
    private partial void LogNotInvoicing(string @operator);

    [LoggerMessage(5627, LogLevel.Information, "The scheduler of the nights' work goes on after {Time}")]
    private partial void LogGoesOn(TimeSpan time);

    [LoggerMessage(5510, LogLevel.Warning, "The scheduler of the nights' work did not end in order: {Reason}")]
    private partial void LogNotPutAway(string reason);

    [LoggerMessage(5508, LogLevel.Warning, "The scheduler of the nights' work will be tried again: {Reason}")]
    private partial void LogFailed(string reason);
}
