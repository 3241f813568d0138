using System.Collections.Concurrent;
using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Processes;
using Authorisation.LoadTests.Scenarios;
using Authorisation.V1;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace Authorisation.LoadTests.Tests;

public sealed class StreamTests
{
    [Fact]
    public async Task A_stream_counts_what_was_answered_in_whatever_order_and_ends_in_order()
    {
        var seen = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        await using var peer = await TestPeer.StartAsync(request =>
        {
            Assert.True(seen.TryAdd(request.AuthorisationId, true));
            return Task.FromResult(TestPeer.Approve(request));
        });
        using var answers = new MemoryStream();
        var plan = peer.Plan(() => new UniformScenario(TestPeer.Facts)) with { InFlight = 256, Streamed = true };
        var recording = await TestPeer.RunAsync(plan, answers);

        Assert.Equal([], recording.Problems);
        Assert.Equal(seen.Count, recording.Answers);
        Assert.Equal(seen.Count * 17, answers.Length);
        Assert.InRange(recording.Latencies.Count, 1, recording.Answers);
    }

    [Fact]
    public async Task An_error_of_an_item_is_counted_and_named()
    {
        await using var peer = await TestPeer.StartAsync(request => Task.FromResult(TestPeer.Approve(request)));
        var plan = peer.Plan(() => new BadScenario(TestPeer.Facts)) with
        {
            InFlight = 4,
            Streamed = true,
            Measured = TimeSpan.FromMilliseconds(50),
        };
        var recording = await TestPeer.RunAsync(plan, Stream.Null);
        Assert.Equal(recording.Answers, recording.Wrong);
        Assert.Contains("InvalidArgument", recording.Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_the_server_ends_is_a_failure()
    {
        await using var peer = await TestPeer.StartAsync(
            _ => throw new RpcException(new Status(StatusCode.Unavailable, "Not now.")));
        var plan = peer.Plan(() => new UniformScenario(TestPeer.Facts)) with { InFlight = 4, Streamed = true };
        var failure = await Assert.ThrowsAsync<LoadFailedException>(() => TestPeer.RunAsync(plan, Stream.Null));
        Assert.Contains("status 14", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fields_of_a_stream_answer_are_those_that_were_written()
    {
        var response = new AuthoriseResponse { Decision = Decision.Approved };
        var good = StreamAnswerFields.Read(new AuthoriseStreamResponse { Index = 300, Response = response }.ToByteArray());
        Assert.Equal((300UL, 0), (good.Index, good.Code));
        Assert.Equal(response.ToByteArray(), good.Response.ToArray());

        var bad = StreamAnswerFields.Read(new AuthoriseStreamResponse { Error = new CallError { Code = 8 } }.ToByteArray());
        Assert.Equal((0UL, 8), (bad.Index, bad.Code));
        Assert.True(bad.Response.IsEmpty);
    }

    private sealed class BadScenario(StageFacts facts) : Scenario(facts)
    {
        public override void Prepare(Call call) => BadPurchase(call, AnyCard());
    }
}
