using System.Diagnostics.Tracing;
using Authorisation.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Authorisation.Hosting.Telemetry;

/// <summary>
/// Logs what OpenTelemetry reports to event listeners only: that metrics and traces do not arrive where they are sent.
/// </summary>
/// <remarks>
/// Safe for any number of threads: the time of the last log line is changed by an atomic exchange, so that one thread
/// logs.
/// </remarks>
internal sealed partial class ExportFailures(TimeProvider time, ILogger<ExportFailures> logger) : IHostedService, IDisposable
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private Listener? _listener;
    private long _toldAt;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = new Listener(this);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener?.Dispose();

    private void Tell(string what)
    {
        var (told, now) = (Interlocked.Read(ref _toldAt), time.GetTimestamp());
        if ((told == 0 || time.GetElapsedTime(told, now) >= Limits.ExportFailuresTold)
            && Interlocked.CompareExchange(ref _toldAt, now, told) == told)
        {
            LogFailed(what);
        }
    }

    [LoggerMessage(4696, LogLevel.Warning, "Metrics or traces cannot be sent to Telemetry:Otlp:Endpoint: {Reason}")]
    private partial void LogFailed(string reason);

    private sealed class Listener(ExportFailures failures) : EventListener
    {
        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == Exporter)
            {
                EnableEvents(eventSource, EventLevel.Warning);
            }
        }

        // Its messages are formats, and an exception among their arguments is long: the first line says it.
        protected override void OnEventWritten(EventWrittenEventArgs eventData) => failures.Tell(string.Join(
            "; ",
            eventData.Payload?.Select(static one => one?.ToString()?.Split('\n')[0].Trim()).Where(static one => one?.Length > 0) ?? []));
    }
}
