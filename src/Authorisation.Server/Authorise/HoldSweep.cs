using Authorisation.Core;
using Authorisation.Ledger.Operations;
using Authorisation.Server.Access;

namespace Authorisation.Server.Authorise;

/// <summary>Makes the expiry of lapsed holds permanent, every <see cref="Limits.HoldSweepInterval"/>, on one server at a time.</summary>
/// <remarks>One task does everything; what it needs to know it asks the ledger each time.</remarks>
public sealed partial class HoldSweep(HoldSweeper sweeper, TokenDirectory directory, ILogger<HoldSweep> logger)
    : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isFailing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await sweeper.SweepAsync(directory.OperatorOf, stoppingToken) is > 0 and var expired)
                {
                    LogExpired(expired);
                }

                isFailing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Once: the health check goes on telling that the ledger is out of reach.
                if (!isFailing)
                {
                    LogFailing(e.Message);
                }

                isFailing = true;
            }

            await Task.Delay(Limits.HoldSweepInterval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(4501, LogLevel.Information, "{Expired} holds had lapsed and are expired")]
    private partial void LogExpired(int expired);

    [LoggerMessage(4502, LogLevel.Warning, "Lapsed holds cannot be expired for now; their credit is free all the same: {Reason}")]
    private partial void LogFailing(string reason);
}
