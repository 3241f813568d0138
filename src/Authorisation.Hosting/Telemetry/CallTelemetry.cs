using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Authorisation.Hosting.Telemetry;

/// <summary>
/// Measures and traces calls; runs after routing and before everything else. It is not added without a listener.
/// </summary>
/// <remarks>
/// Safe for any number of calls: what it keeps is one entry for each endpoint, in a concurrent dictionary.
/// </remarks>
public abstract class CallTelemetry
{
    private readonly ConcurrentDictionary<RouteEndpoint, MeasuredCall?> _calls = new();
    private readonly RequestDelegate _next;
    private readonly CallMetrics _metrics;
    private readonly Func<RouteEndpoint, MeasuredCall?> _toCall;

    /// <summary>Stands before the rest.</summary>
    protected CallTelemetry(RequestDelegate next, CallMetrics metrics) =>
        (_next, _metrics, _toCall) = (next, metrics, CallOf);

    /// <summary>Lets a call through.</summary>
    public Task InvokeAsync(HttpContext http) =>
        (_metrics.IsOn || CallTraces.IsOn)
        && http.GetEndpoint() is RouteEndpoint endpoint && _calls.GetOrAdd(endpoint, _toCall) is { } call
            ? MeasureAsync(http, call)
            : _next(http);

    /// <summary>What an endpoint is called; null for one whose time says nothing, such as a stream's.</summary>
    protected abstract MeasuredCall? CallOf(RouteEndpoint endpoint);

    /// <summary>What a call ended with, as a place in its statuses.</summary>
    /// <param name="http">The call, which is over.</param>
    /// <param name="hasThrown">Whether it ended in an uncaught exception.</param>
    protected abstract int StatusOf(HttpContext http, bool hasThrown);

    /// <summary>Whether a call is one of a client, and not the host's own.</summary>
    protected virtual bool IsCounted(HttpContext http) => true;

    /// <summary>Whether a status is this host's fault.</summary>
    protected abstract bool IsFault(int status);

    private async Task MeasureAsync(HttpContext http, MeasuredCall call)
    {
        var began = Stopwatch.GetTimestamp();
        var isCounted = IsCounted(http);
        using var span = isCounted && CallTraces.IsOn ? CallTraces.Begin(call.Name, http.Request.Headers.TraceParent) : null;
        var hasThrown = true;
        try
        {
            await _next(http);
            hasThrown = false;
        }
        finally
        {
            var status = StatusOf(http, hasThrown);
            if (isCounted)
            {
                _metrics.Record(call, status, Stopwatch.GetElapsedTime(began));
            }

            if (span is { IsAllDataRequested: true })
            {
                span.SetTag("authorisation.call.status", call.Statuses[status]);
                if (IsFault(status))
                {
                    span.SetStatus(ActivityStatusCode.Error);
                }
            }
        }
    }
}
