using System.Globalization;
using Npgsql;
using Quartz;

namespace Authorisation.Admin.MonthTurn;

/// <summary>
/// What the scheduler starts: the nights' work of one operator. It is asked for at midnight and looks every minute whether
/// something was left undone, so a host that died, a database that was away or a clock that was set cost a minute.
/// </summary>
[DisallowConcurrentExecution]
internal sealed partial class TurnJob(TurnRunner runner, IHostApplicationLifetime host, ILogger<TurnJob> logger) : IJob
{
    /// <summary>The group of its keys; their names are the operators' ids.</summary>
    public const string Group = "month-turn";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var operatorId = int.Parse(context.JobDetail.Key.Name, CultureInfo.InvariantCulture);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping);
        try
        {
            await runner.RunAsync(operatorId, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The host stops; the work goes on where it was left.
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            LogFailed(operatorId, e.Message);
        }
    }

    [LoggerMessage(5507, LogLevel.Error, "The nights' work of operator {OperatorId} stopped and is tried again in a minute: {Reason}")]
    private partial void LogFailed(int operatorId, string reason);
}
