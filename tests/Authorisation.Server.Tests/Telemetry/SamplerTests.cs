using System.Diagnostics;
using Authorisation.Hosting.Telemetry;
using OpenTelemetry.Trace;
using Xunit;

namespace Authorisation.Server.Tests.Telemetry;

/// <summary>Which spans are recorded.</summary>
public sealed class SamplerTests
{
    private const int Many = 2_000;

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(10, 100, 300)]
    [InlineData(100, Many, Many)]
    public void A_share_of_the_calls_is_recorded(int percent, int least, int most)
    {
        var sampler = new CallSampler(percent);
        Assert.InRange(Enumerable.Range(0, Many).Count(_ => IsRecorded(sampler, default)), least, most);
    }

    [Fact]
    public void What_a_caller_says_of_sampling_is_not_heard()
    {
        Assert.False(IsRecorded(new CallSampler(0), Context(isRecorded: true, isRemote: true)));
        Assert.True(IsRecorded(new CallSampler(100), Context(isRecorded: false, isRemote: true)));
    }

    [Theory]
    [InlineData(true, ActivityKind.Internal)]
    [InlineData(true, ActivityKind.Client)]
    [InlineData(false, ActivityKind.Internal)]
    [InlineData(false, ActivityKind.Client)]
    public void What_belongs_to_a_span_goes_with_it(bool isRecorded, ActivityKind kind)
    {
        foreach (var percent in new[] { 0, 100 })
        {
            Assert.Equal(isRecorded, IsRecorded(new CallSampler(percent), Context(isRecorded, isRemote: false), kind));
        }
    }

    [Fact]
    public void A_batch_is_recorded_when_one_of_its_commands_is() => Assert.True(IsRecorded(
        new CallSampler(0), default, ActivityKind.Internal, [new(Context(isRecorded: false)), new(Context(isRecorded: true))]));

    [Fact]
    public void A_statement_that_belongs_to_no_call_is_not_recorded() =>
        Assert.False(IsRecorded(new CallSampler(100), default, ActivityKind.Client));

    private static ActivityContext Context(bool isRecorded, bool isRemote = false) => new(
        ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(),
        isRecorded ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None, traceState: null, isRemote);

    private static bool IsRecorded(
        CallSampler sampler, ActivityContext parent, ActivityKind kind = ActivityKind.Server, IEnumerable<ActivityLink>? links = null) =>
        sampler.ShouldSample(new SamplingParameters(
            parent, parent.TraceId == default ? ActivityTraceId.CreateRandom() : parent.TraceId, "name", kind, tags: null, links))
            .Decision == SamplingDecision.RecordAndSample;
}
