using Authorisation.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace Authorisation.Hosting.Systemd;

/// <summary>
/// Notifies systemd that the host is ready, once it serves; that it is alive, as long as its work advances; and that it
/// stops.
/// </summary>
/// <remarks>
/// The watchdog is about this process alone. A Postgres that is away is no reason to end it: it gives up what waits, in
/// seconds, and so it moves. Work that neither ends nor fails for <see cref="Limits.WorkStandsStillMax"/> has no such
/// bound that holds, and a new process is the only cure. One task runs this; nothing here is for others.
/// </remarks>
public sealed partial class ServiceNotifications : BackgroundService
{
    private const int FeedsPerWatchdog = 3;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);
    private static readonly ServiceState Alive = new("WATCHDOG=1");

    private readonly ISystemdNotifier _notifier;
    private readonly ServiceSigns _signs;
    private readonly TimeSpan _watchdog;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger _logger;
    private bool _isStill;

    /// <summary>Makes it; nothing is sent yet.</summary>
    /// <param name="notifier">The way to systemd.</param>
    /// <param name="signs">What the host knows of itself.</param>
    /// <param name="watchdog">After how long without a sign systemd ends the process; zero for never.</param>
    /// <param name="lifetime">The host's.</param>
    /// <param name="logger">Gets a line when the work stands still, and when it goes on.</param>
    public ServiceNotifications(
        ISystemdNotifier notifier,
        ServiceSigns signs,
        TimeSpan watchdog,
        IHostApplicationLifetime lifetime,
        ILogger<ServiceNotifications> logger)
    {
        (_notifier, _signs, _watchdog, _lifetime, _logger) = (notifier, signs, watchdog, lifetime, logger);
        // At once, and not when this service's turn to stop has come: calls in flight may take long to end.
        lifetime.ApplicationStopping.Register(() => notifier.Notify(ServiceState.Stopping));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await UntilReadyAsync(stoppingToken);
            if (_watchdog > TimeSpan.Zero)
            {
                await FeedAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task UntilReadyAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(LookInterval);
        string? told = null;
        while (await TroubleAsync(stop) is { } trouble)
        {
            if (trouble != told)
            {
                told = trouble;
                _notifier.Notify(new ServiceState("STATUS=Not ready: " + trouble.ReplaceLineEndings(" ")));
            }

            await timer.WaitForNextTickAsync(stop);
        }

        _notifier.Notify(new ServiceState("READY=1\nSTATUS=Serving"));
    }

    // What asks for trouble may itself fail, which is trouble, too. Nothing is served before the ports are open.
    private async Task<string?> TroubleAsync(CancellationToken stop)
    {
        try
        {
            return _lifetime.ApplicationStarted.IsCancellationRequested ? await _signs.Trouble(stop) : "starting";
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            return e.Message;
        }
    }

    private async Task FeedAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(_watchdog / FeedsPerWatchdog);
        do
        {
            var still = _signs.StandsStillFor();
            if (still < Limits.WorkStandsStillMax)
            {
                _notifier.Notify(Alive);
            }

            Tell(still);
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    private void Tell(TimeSpan still)
    {
        var isStill = still >= Limits.WorkStandsStillMax;
        if (isStill != _isStill)
        {
            _isStill = isStill;
            if (isStill)
            {
                LogStill(still);
            }
            else
            {
                LogMoves();
            }
        }
    }

    [LoggerMessage(4690, LogLevel.Error, "Work has not advanced for {Time}: watchdog messages to systemd are withheld")]
    private partial void LogStill(TimeSpan time);

    [LoggerMessage(4691, LogLevel.Warning, "Work advances again: watchdog messages to systemd resume")]
    private partial void LogMoves();
}
