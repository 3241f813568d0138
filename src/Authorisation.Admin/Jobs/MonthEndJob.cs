using System.Globalization;
using Authorisation.Billing.MonthEnd;
using Npgsql;
using Quartz;

namespace Authorisation.Admin.Jobs;

/// <summary>
/// What the scheduler starts: the nights' work of one operator. It is asked for at midnight and looks every minute
/// whether something was left undone, so a host that died, a database that was away or a clock that was set cost a
/// minute.
/// </summary>
[DisallowConcurrentExecution]
internal sealed partial class MonthEndJob(
    MonthEndRunner runner, MonthEndFailures failures, IHostApplicationLifetime host, ILogger<MonthEndJob> logger) : IJob
{
    /// <summary>The group of its keys; their names are the operators' ids.</summary>
    public const string Group = "month-end";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await RunAsync(int.Parse(context.JobDetail.Key.Name, CultureInfo.InvariantCulture), cancellationToken);
    }

    /// <summary>
    /// Does what is left of an operator's work. A failure is logged once, however often it is tried again.
    /// </summary>
    public async Task RunAsync(int operatorId, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping);
        try
        {
            await runner.RunAsync(operatorId, stop.Token);
            if (failures.Ends(operatorId) is { } time)
            {
                LogGoesOn(operatorId, time);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The host stops; the work goes on where it was left.
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            if (failures.Begins(operatorId))
            {
                LogFailed(operatorId, e.Message);
            }
        }
    }

    [LoggerMessage(5507, LogLevel.Error, "The nights' work of operator {OperatorId} stopped and is tried again every minute: {Reason}")]
    private partial void LogFailed(int operatorId, string reason);

    [LoggerMessage(5511, LogLevel.Information, "The nights' work of operator {OperatorId} goes on again, after {Time}")]
    private partial void LogGoesOn(int operatorId, TimeSpan time);
}
