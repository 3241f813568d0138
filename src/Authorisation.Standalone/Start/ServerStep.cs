using System.Globalization;
using Authorisation.Hosting.Telemetry;
using Authorisation.PrivateServers;
using Authorisation.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Authorisation.Standalone.Start;

/// <summary>Runs the data plane in this process, with the demo's clock, and waits until it is ready.</summary>
internal sealed class ServerStep(DatabaseStep database, PrivateRedis redis, DemoCodeKey codeKey, int port, TimeProvider time) : IStartStep
{
    private WebApplication? _app;

    /// <inheritdoc/>
    public string Doing => "Starting the server";

    /// <summary>Where it listens.</summary>
    public Uri Address { get; } = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    /// <summary>Where its metrics are scraped, on a port that was free; once it has started.</summary>
    public Uri Metrics => _app!.Services.GetRequiredService<ScrapeEndpoint>().Address;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancel)
    {
        string[] settings =
        [
            string.Create(CultureInfo.InvariantCulture, $"--Listen:Port={port}"),
            $"--Ledger:ConnectionString={database.ServiceConnectionString}",
            $"--Cache:ConnectionString={redis.ConnectionString}",
            $"--Activation:CodeKey={codeKey.Text}",
            "--Telemetry:Metrics:Port=0",
            "--Logging:LogLevel:Default=Warning",
            // Ctrl-C is this program's to handle: the host would otherwise stop before what it serves.
            "--Logging:LogLevel:Microsoft.Hosting.Lifetime=None",
        ];
        _app = ServerHost.Build(settings, builder => builder.Services.AddSingleton(time));
        await _app.StartAsync(cancel);
        await BecomeReadyAsync(_app.Services.GetRequiredService<HealthCheckService>(), cancel);
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    private static async Task BecomeReadyAsync(HealthCheckService health, CancellationToken cancel)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(Bounds.ServerReady);
        while (true)
        {
            var report = await health.CheckHealthAsync(cancel);
            if (report.Status == HealthStatus.Healthy)
            {
                return;
            }

            try
            {
                await Task.Delay(Bounds.Poll, bounded.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                var why = string.Join("; ", report.Entries.Values.Select(entry => entry.Description));
                throw new StartFailedException(
                    $"the server is not ready after {Bounds.ServerReady.TotalSeconds:0} s: {why}");
            }
        }
    }
}
