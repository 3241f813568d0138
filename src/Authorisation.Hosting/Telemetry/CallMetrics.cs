using System.Diagnostics.Metrics;

namespace Authorisation.Hosting.Telemetry;

/// <summary>
/// How long calls take. Safe for any number of threads, as the instrument is; recording allocates nothing.
/// </summary>
public sealed class CallMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Authorisation.Hosting";

    private readonly Histogram<double> _duration;

    /// <summary>Makes the instrument.</summary>
    /// <param name="meters">The host's.</param>
    public CallMetrics(IMeterFactory meters) => _duration = meters.Create(MeterName).CreateHistogram(
        "authorisation.call.duration", "s", "How long a call took, or an item of a stream, until its answer was handed to the client.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries =
                [0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        });

    /// <summary>Whether anybody listens.</summary>
    public bool IsOn => _duration.Enabled;

    /// <summary>Records a call.</summary>
    /// <param name="call">Which.</param>
    /// <param name="status">What it ended with, as a place in the call's statuses.</param>
    /// <param name="elapsed">How long it took.</param>
    public void Record(MeasuredCall call, int status, TimeSpan elapsed) =>
        _duration.Record(elapsed.TotalSeconds, call.LabelsOf(status));
}
