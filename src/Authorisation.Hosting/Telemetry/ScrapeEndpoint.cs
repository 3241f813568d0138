using System.Net;
using System.Net.Sockets;
using Authorisation.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Authorisation.Hosting.Telemetry;

/// <summary>
/// Where Prometheus scrapes a host's metrics: a small separate HTTP host, so that its port serves nothing else, and the
/// ports that callers know do not serve it.
/// </summary>
/// <remarks>Started and stopped by the host, once each; nothing else changes it.</remarks>
public sealed partial class ScrapeEndpoint(MeterProvider metrics, IPEndPoint endpoint, ILogger<ScrapeEndpoint> logger)
    : IHostedService, IAsyncDisposable
{
    private const string Path = "/metrics";
    private const int ConnectionsMax = 100;

    private WebApplication? _app;

    /// <summary>Where it listens, once it has started.</summary>
    public Uri Address => new(new Uri(_app!.Urls.Single()), Path);

    /// <inheritdoc/>
    /// <exception cref="SettingException">It cannot listen there.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddOptions();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(endpoint, static listen => listen.Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        _app.UseOpenTelemetryPrometheusScrapingEndpoint(
            metrics, predicate: null, Path, configureBranchedPipeline: null, optionsName: null);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new SettingException(
                "Telemetry:Metrics:Port", $"cannot be listened on at {endpoint}: {e.Message.TrimEnd('.')}");
        }

        LogListening(Address);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    [LoggerMessage(4695, LogLevel.Information, "Metrics can be scraped at {Address}")]
    private partial void LogListening(Uri address);
}
