using System.Diagnostics;
using Authorisation.Core;
using Microsoft.Extensions.Hosting;

namespace Authorisation.Hosting.Workers;

/// <summary>
/// Work that a host does again and again in the background: after each interval, and when some is announced, at
/// most once each <see cref="Limits.WorkSpacingMin"/>. What fails is tried again, after a time that doubles with
/// each failure; it is logged once, and once more when the work succeeds again.
/// </summary>
/// <remarks>One task runs it; nothing here is for others.</remarks>
/// <param name="interval">How often it looks for work that nobody announces.</param>
/// <param name="signal">Announces work; null for work that nobody announces.</param>
public abstract class RepeatedWork(TimeSpan interval, WorkSignal? signal = null) : BackgroundService
{
    private readonly WorkSignal _signal = signal ?? new WorkSignal();

    // When it is to look again, which may be sooner than its interval.
    private long? _againAt;

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = interval;
        Stopwatch? failing = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var hadWork = false;
            var began = Stopwatch.GetTimestamp();
            var announced = _signal.Next;
            if (_againAt <= began)
            {
                _againAt = null;
            }

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
                await announced.WaitAsync(UntilNextLook(wait), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                var since = Stopwatch.GetElapsedTime(began);
                if (since < Limits.WorkSpacingMin)
                {
                    await Task.Delay(Limits.WorkSpacingMin - since, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
    }

    /// <summary>Announces work to the host's others.</summary>
    protected void AnnounceToOthers() => _signal.Announce();

    /// <summary>Looks again after a time that may be shorter than its interval. To be called by the work itself.</summary>
    protected void LookAgainAfter(TimeSpan time)
    {
        var at = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        _againAt = Math.Min(at, _againAt ?? long.MaxValue);
    }

    private TimeSpan UntilNextLook(TimeSpan interval)
    {
        if (_againAt is not { } at)
        {
            return interval;
        }

        var left = Math.Max(0, Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), at).Ticks);
        return TimeSpan.FromTicks(Math.Min(left, interval.Ticks));
    }

    /// <summary>Does a piece of the work; true to go on at once.</summary>
    protected abstract Task<bool> WorkAsync(CancellationToken stop);

    /// <summary>Logs that the work fails, the first time that it does.</summary>
    protected abstract void TellFailing(string reason);

    /// <summary>Logs that the work succeeds again, after it failed for some time.</summary>
    protected abstract void TellGoesOn(TimeSpan after);
}
