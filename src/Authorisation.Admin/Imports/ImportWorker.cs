using Authorisation.Core;

namespace Authorisation.Admin.Imports;

/// <summary>Applies what has been staged. Any number of hosts may do it beside each other, each on another import.</summary>
internal sealed partial class ImportWorker(ImportApplier applier, ILogger<ImportWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var hadWork = false;
            try
            {
                hadWork = await applier.ApplyNextAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The rows are still there: a deadlock or a Postgres that is away ends nothing.
                LogFailed(e.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (!hadWork)
            {
                await Task.Delay(Limits.ImportPollInterval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(5201, LogLevel.Warning, "A part of an import will be tried again: {Reason}")]
    private partial void LogFailed(string reason);
}
