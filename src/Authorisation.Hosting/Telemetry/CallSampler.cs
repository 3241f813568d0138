using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Authorisation.Hosting.Telemetry;

/// <summary>
/// Which spans are recorded: a share of the calls, chosen by the id of their trace, with all that belongs to them. A
/// caller's sampling flag is ignored, or one client could have all its calls traced.
/// </summary>
internal sealed class CallSampler(int percent) : Sampler
{
    private const double Whole = 100;

    private readonly TraceIdRatioBasedSampler _share = new(percent / Whole);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        if (parent.TraceId != default && !parent.IsRemote)
        {
            return new SamplingResult(IsRecorded(parent));
        }

        // A batch is recorded when one of its commands is.
        if (samplingParameters.Links is { } links && links.Any(static link => IsRecorded(link.Context)))
        {
            return new SamplingResult(SamplingDecision.RecordAndSample);
        }

        // A statement that belongs to no call, such as the query of the tokens every second, would be a trace by
        // itself.
        return samplingParameters.Kind == ActivityKind.Client
            ? new SamplingResult(SamplingDecision.Drop)
            : _share.ShouldSample(samplingParameters);
    }

    private static bool IsRecorded(ActivityContext span) => span.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
}
