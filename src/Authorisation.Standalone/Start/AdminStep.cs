using System.Globalization;
using Authorisation.Admin;
using Authorisation.Hosting.Telemetry;
using Authorisation.PrivateServers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Authorisation.Standalone.Start;

/// <summary>Runs the control plane in this process. What it would send is written to a directory instead.</summary>
internal sealed class AdminStep(
    DatabaseStep database, PrivateRedis redis, RunDirectory directory, DemoCodeKey codeKey, int port, TimeProvider time) : IStartStep
{
    private const string MessagesName = "messages";

    private WebApplication? _app;

    /// <inheritdoc/>
    public string Doing => "Starting the control plane";

    /// <summary>Where it listens.</summary>
    public Uri Address { get; } = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    /// <summary>Where messages are written.</summary>
    public string Messages => directory.PathOf(MessagesName);

    /// <summary>Where its metrics are scraped, on a port that was free; once it has started.</summary>
    public Uri Metrics => _app!.Services.GetRequiredService<ScrapeEndpoint>().Address;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancel)
    {
        string[] settings =
        [
            string.Create(CultureInfo.InvariantCulture, $"--Listen:Port={port}"),
            $"--Ledger:ConnectionString={database.AdminConnectionString}",
            $"--Cache:ConnectionString={redis.ConnectionString}",
            $"--Activation:CodeKey={codeKey.Text}",
            $"--Messages:Directory={Messages}",
            "--Access:AnonymousCallsPerMinute=100000",
            // The demo's ticket system is on this machine.
            "--Webhooks:AllowPrivateAddresses=true",
            "--Telemetry:Metrics:Port=0",
            "--Logging:LogLevel:Default=Warning",
            // The ticket system is away now and then, which the story says itself.
            "--Logging:LogLevel:Authorisation.Admin.Jobs.EventWorker=Error",
            "--Logging:LogLevel:Microsoft.Hosting.Lifetime=None",
        ];
        _app = AdminHost.Build(settings, builder => builder.Services.AddSingleton(time));
        await _app.StartAsync(cancel);
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
}
