using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Hosting.Telemetry;
using Authorisation.Ledger.Commit.Queue;

namespace Authorisation.Server.Telemetry;

/// <summary>
/// Measures and traces the items of streams, each as a separate call, by the name of the stream's call.
/// </summary>
/// <remarks>Safe for any number of streams: it keeps no state.</remarks>
/// <param name="metrics">Gets how long they take; null for items that are not counted.</param>
/// <param name="time">The clock that items are timed by.</param>
public sealed class StreamItems(CallMetrics? metrics, TimeProvider time)
{
    /// <summary>A purchase on a stream.</summary>
    public static MeasuredCall Purchase { get; } =
        new(nameof(V1.AuthorisationService.AuthorisationServiceBase.AuthoriseStream), GrpcStatus.Names);

    /// <summary>An advice on a stream.</summary>
    public static MeasuredCall Advice { get; } = new(nameof(V1.OfflineService.OfflineServiceBase.SubmitAdvices), GrpcStatus.Names);

    /// <summary>For the streams of an operator's caller: those of a rehearsal are not counted.</summary>
    internal StreamItems Of(Operator terms) => Rehearsal.Is(terms) ? new StreamItems(metrics: null, time) : this;

    /// <summary>
    /// Begins the span of an item, which is not the current one afterwards; null without a listener.
    /// </summary>
    public static Activity? Begin(MeasuredCall call)
    {
        if (!CallTraces.IsOn)
        {
            return null;
        }

        var stream = Activity.Current;
        var item = CallTraces.Begin(call.Name);
        Activity.Current = stream;
        return item;
    }

    /// <summary>Records an item that is over.</summary>
    /// <param name="call">What it is.</param>
    /// <param name="span">Its span, if it has one.</param>
    /// <param name="takenAt">When it was read, by the time provider's timestamp.</param>
    /// <param name="status">The number of the status that it ended with.</param>
    public void End(MeasuredCall call, Activity? span, long takenAt, int status)
    {
        if (metrics is { IsOn: true })
        {
            metrics.Record(call, status, time.GetElapsedTime(takenAt));
        }

        if (span is not null)
        {
            span.SetTag("authorisation.call.status", GrpcStatus.Names[status]);
            var current = Activity.Current;
            span.Dispose();
            Activity.Current = current;
        }
    }
}
