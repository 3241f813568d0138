using System.Collections.Concurrent;
using System.Diagnostics;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.Telemetry;

/// <summary>The spans of a purchase, from its call to the commit.</summary>
public sealed class SpanTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task A_batch_is_linked_to_its_purchases_and_a_purchase_to_its_batch()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name.StartsWith("Authorisation.", StringComparison.Ordinal),
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var on = await NewOperatorAsync();
        var (mine, of) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());

        await on.Validator.Client.AuthoriseAsync(
            on.Buy(await on.AddCardAsync()),
            new CallOptions([.. on.Validator.Headers, new Metadata.Entry("traceparent", $"00-{mine}-{of}-00")], DateTime.UtcNow + TestCaller.CallBound));

        // The call's own ends when its answer is with the client already.
        await Eventually.TrueAsync(() => Find("Authorise").Any() && Find("queue").Any(), Eventually.Bound, "the spans have ended");
        var call = Assert.Single(Find("Authorise"));
        Assert.Equal((ActivityKind.Server, of), (call.Kind, call.ParentSpanId));
        Assert.Equal("OK", call.GetTagItem("authorisation.call.status"));
        var queue = Assert.Single(Find("queue"));
        Assert.Equal(call.SpanId, queue.ParentSpanId);
        var toBatch = Assert.Single(queue.Links).Context;
        await Eventually.TrueAsync(() => spans.Any(span => span.SpanId == toBatch.SpanId), Eventually.Bound, "the batch has ended");
        var batch = spans.Single(span => span.SpanId == toBatch.SpanId);
        Assert.Equal("batch", batch.OperationName);
        // A trace of its own: it belongs to no purchase more than to another.
        Assert.Null(batch.Parent);
        Assert.NotEqual(mine, batch.TraceId);
        Assert.Contains(batch.Links, link => link.Context.SpanId == call.SpanId);
        var commits = spans.Where(span => span.ParentSpanId == batch.SpanId && span.OperationName == "commit").ToList();
        Assert.NotEmpty(commits);
        Assert.All(commits, commit => Assert.Contains(
            commit.GetTagItem("authorisation.commit.way"), new object[] { "snapshot", "lock" }));

        IEnumerable<Activity> Find(string name) => spans.Where(span => span.TraceId == mine && span.OperationName == name);
    }
}
