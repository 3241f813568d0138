using System.Diagnostics;
using Authorisation.Core;
using Microsoft.Extensions.Hosting;

namespace Authorisation.Hosting.Workers;

/// <summary>
/// Work that a host does again and again in the background. What fails is tried again, after a time that doubles with
/// each failure; it is logged once, and once more when the work succeeds again.
/// </summary>
/// <remarks>One task runs it; nothing here is for others.</remarks>
public abstract class RepeatedWork(TimeSpan interval) : BackgroundService
{
    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = interval;
        Stopwatch? failing = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var hadWork = false;
            try
            {
                hadWork = await WorkAsync(stoppingToken);
                wait = interval;
                if (failing is not null)
                {
                    TellGoesOn(failing.Elapsed);
                    failing = null;
                }
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (failing is null)
                {
                    failing = Stopwatch.StartNew();
                    TellFailing(e.Message);
                }
                else if (wait < Limits.WorkRetryIntervalMax)
                {
                    wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, Limits.WorkRetryIntervalMax.Ticks));
                }
            }

            if (!hadWork)
            {
                await Task.Delay(wait, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Does a piece of the work; true to go on at once.</summary>
    protected abstract Task<bool> WorkAsync(CancellationToken stop);

    /// <summary>Logs that the work fails, the first time that it does.</summary>
    protected abstract void TellFailing(string reason);

    /// <summary>Logs that the work succeeds again, after it failed for some time.</summary>
    protected abstract void TellGoesOn(TimeSpan after);
}
