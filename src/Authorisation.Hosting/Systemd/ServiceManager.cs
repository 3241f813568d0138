using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace Authorisation.Hosting.Systemd;

/// <summary>The systemd that may have started this process.</summary>
public static class ServiceManager
{
    /// <summary>
    /// Reports the state of the host to systemd, if it asks for it (<c>NOTIFY_SOCKET</c>). The lifetime of the package
    /// is not used: it reports ready when the ports are open, whether the host can serve or not.
    /// </summary>
    public static void AddServiceNotifications(this IServiceCollection services, Func<IServiceProvider, ServiceSigns> signs)
    {
        var notifier = new SystemdNotifier();
        if (notifier.IsEnabled)
        {
            services.AddHostedService(provider => new ServiceNotifications(
                notifier,
                signs(provider),
                ReadWatchdog(),
                provider.GetRequiredService<IHostApplicationLifetime>(),
                provider.GetRequiredService<ILogger<ServiceNotifications>>()));
        }
    }

    // Set for another process when that one passed its environment on.
    private static TimeSpan ReadWatchdog()
    {
        var process = Environment.GetEnvironmentVariable("WATCHDOG_PID");
        var isOurs = process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isOurs && long.TryParse(
            Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            ? TimeSpan.FromMicroseconds(microseconds)
            : TimeSpan.Zero;
    }
}
