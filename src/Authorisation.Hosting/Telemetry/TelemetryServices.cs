using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Authorisation.Hosting.Telemetry;

/// <summary>Metrics and traces of a host.</summary>
public static class TelemetryServices
{
    private const string Ours = "Authorisation.*";

    // Collections, threads and memory; of the whole process.
    private const string Runtime = "System.Runtime";

    /// <summary>Has what the host records go where the settings say.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="settings">Where it goes.</param>
    /// <param name="program">What the host is called there.</param>
    public static void AddTelemetry(this IServiceCollection services, TelemetrySettings settings, string program)
    {
        services.AddMetrics();
        services.AddSingleton<CallMetrics>();
        if (!settings.IsOn)
        {
            return;
        }

        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                program, serviceVersion: typeof(TelemetryServices).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Ours, Runtime);
                if (settings.Scrape is not null)
                {
                    metrics.AddPrometheusExporter(static scrape => scrape.ScopeInfoEnabled = false);
                }

                if (settings.Otlp is { } endpoint)
                {
                    metrics.AddOtlpExporter(export => Send(export, settings, endpoint, "metrics"));
                }
            });
        services.ConfigureOpenTelemetryMeterProvider(static (provider, metrics) =>
        {
            // Two hosts may run in one process, each with its own meters of the same names.
            var own = provider.GetRequiredService<IMeterFactory>();
            metrics.AddView(instrument =>
                instrument.Meter.Scope is { } scope && !ReferenceEquals(scope, own) ? MetricStreamConfiguration.Drop : null);
        });
        if (settings.Scrape is { } scrape)
        {
            services.AddSingleton(provider => new ScrapeEndpoint(
                provider.GetRequiredService<MeterProvider>(), scrape, provider.GetRequiredService<ILogger<ScrapeEndpoint>>()));
            services.AddHostedService(static provider => provider.GetRequiredService<ScrapeEndpoint>());
        }

        if (settings.Otlp is { } collector)
        {
            services.AddHostedService<ExportFailures>();
            telemetry.WithTracing(traces => traces
                .SetSampler(new CallSampler(settings.TracesPercent))
                .AddSource(Ours)
                .AddNpgsql()
                .AddOtlpExporter(export => Send(export, settings, collector, "traces")));
        }
    }

    private static void Send(OtlpExporterOptions export, TelemetrySettings settings, Uri endpoint, string signal)
    {
        export.Protocol = settings.IsOtlpHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        export.Headers = settings.Headers;
        // Over HTTP each signal has its own path, which is not added to an endpoint that is set here.
        export.Endpoint = settings.IsOtlpHttp
            ? new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/v1/{signal}")
            : endpoint;
    }
}
