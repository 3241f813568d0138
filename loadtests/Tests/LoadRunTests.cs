using System.Collections.Concurrent;
using Authorisation.LoadTests.Scenarios;
using Authorisation.V1;
using Grpc.Core;
using Xunit;

namespace Authorisation.LoadTests.Tests;

[Trait("Tier", "Slow")]
public sealed class LoadRunTests
{
    private const double NanosecondsInMillisecond = 1e6;

    [Fact]
    public async Task The_closed_model_counts_what_the_server_answered_and_notes_each_id()
    {
        var seen = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        await using var peer = await TestPeer.StartAsync(request =>
        {
            Assert.True(seen.TryAdd(request.AuthorisationId, true));
            return Task.FromResult(TestPeer.Approve(request));
        });
        using var answers = new MemoryStream();
        var recording = await TestPeer.RunAsync(peer.Plan(() => new UniformScenario(TestPeer.Facts)) with { InFlight = 32 }, answers);

        Assert.Equal([], recording.Problems);
        Assert.Equal(seen.Count, recording.Answers);
        Assert.Equal(seen.Count * 17, answers.Length);
        Assert.InRange(recording.Latencies.Count, 1, recording.Answers);
        Assert.Equal(recording.Latencies.Count, recording.TimeLine.Sum(interval => interval.Count));
    }

    [Fact]
    public async Task The_open_model_keeps_its_rate()
    {
        await using var peer = await TestPeer.StartAsync(request => Task.FromResult(TestPeer.Approve(request)));
        var recording = await TestPeer.RunAsync(
            peer.Plan(() => new UniformScenario(TestPeer.Facts)) with { PerSecond = 1000 }, Stream.Null);
        Assert.Equal([], recording.Problems);
        Assert.InRange(recording.PerSecond, 800, 1200);
    }

    [Fact]
    public async Task The_open_model_counts_a_stall_for_everything_that_was_to_arrive_meanwhile()
    {
        var stall = new Lazy<Task>(() => Task.Delay(TimeSpan.FromMilliseconds(1000)));
        await using var peer = await TestPeer.StartAsync(async request =>
        {
            await stall.Value;
            return TestPeer.Approve(request);
        });
        var recording = await TestPeer.RunAsync(
            peer.Plan(() => new UniformScenario(TestPeer.Facts)) with { PerSecond = 4000, WarmUp = TimeSpan.Zero },
            Stream.Null);

        // More arrive than the connections have places for; those that waited for one have waited all the same. What
        // arrived at the beginning waited for the whole stall, what arrived in its middle for half of it.
        Assert.Equal([], recording.Problems);
        Assert.True(recording.Latencies.Percentile(99) / NanosecondsInMillisecond > 300);
        Assert.InRange(recording.Latencies.Count, 3000, 6500);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("decision")]
    [InlineData("replayed")]
    [InlineData("credit")]
    public async Task A_wrong_answer_is_counted(string what)
    {
        await using var peer = await TestPeer.StartAsync(request =>
        {
            var answer = TestPeer.Approve(request);
            answer.AuthorisationId = what == "id" ? Guid.CreateVersion7().ToString() : answer.AuthorisationId;
            answer.Decision = what == "decision" ? Decision.Declined : answer.Decision;
            answer.Replayed = what == "replayed";
            answer.Credit = what == "credit" ? null : answer.Credit;
            return Task.FromResult(answer);
        });
        var recording = await TestPeer.RunAsync(
            peer.Plan(() => new UniformScenario(TestPeer.Facts)) with { InFlight = 2, Measured = TimeSpan.FromMilliseconds(50) },
            Stream.Null);
        Assert.Equal(recording.Answers, recording.Wrong);
        Assert.NotEmpty(recording.Problems);
    }

    [Fact]
    public async Task An_error_is_counted_and_named()
    {
        await using var peer = await TestPeer.StartAsync(
            _ => throw new RpcException(new Status(StatusCode.Unavailable, "Not now.")));
        var recording = await TestPeer.RunAsync(
            peer.Plan(() => new UniformScenario(TestPeer.Facts)) with { InFlight = 2, Measured = TimeSpan.FromMilliseconds(50) },
            Stream.Null);
        Assert.Equal(recording.Answers, recording.Wrong);
        Assert.Contains("Unavailable", recording.Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_id_of_the_replay_is_sent_twice()
    {
        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await using var peer = await TestPeer.StartAsync(request =>
        {
            var times = seen.AddOrUpdate(request.AuthorisationId, 1, (_, before) => before + 1);
            var answer = TestPeer.Approve(request);
            answer.Replayed = times > 1;
            return Task.FromResult(answer);
        });
        var recording = await TestPeer.RunAsync(
            peer.Plan(() => new ReplayScenario(TestPeer.Facts)) with { InFlight = 8, Measured = TimeSpan.FromMilliseconds(200) },
            Stream.Null);
        Assert.Equal([], recording.Problems);
        Assert.All(seen.Values, times => Assert.Equal(2, times));
    }

    [Fact]
    public async Task A_server_that_goes_away_is_a_failure()
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var peer = await TestPeer.StartAsync(request =>
        {
            answered.TrySetResult();
            return Task.FromResult(TestPeer.Approve(request));
        });
        var plan = peer.Plan(() => new UniformScenario(TestPeer.Facts)) with { InFlight = 8, Measured = TimeSpan.FromSeconds(10) };
        var run = TestPeer.RunAsync(plan, Stream.Null);
        await answered.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await peer.DisposeAsync();
        await Assert.ThrowsAsync<LoadFailedException>(() => run.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task An_app_asks_for_the_credit_of_a_card_before_each_purchase_on_it()
    {
        var asked = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var bought = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await using var peer = await TestPeer.StartAsync(
            request =>
            {
                var times = bought.AddOrUpdate(request.CardNumber, 1, (_, before) => before + 1);
                Assert.InRange(times, 1, asked[request.CardNumber]);
                return Task.FromResult(TestPeer.Approve(request));
            },
            question => asked.AddOrUpdate(question.CardNumber, 1, (_, before) => before + 1));
        using var answers = new MemoryStream();
        var recording = await TestPeer.RunAsync(
            peer.Plan(() => new AppScenario(TestPeer.Facts)) with { InFlight = 8, Measured = TimeSpan.FromMilliseconds(300) }, answers);

        Assert.Equal([], recording.Problems);
        Assert.Equal(asked, bought);
        Assert.Equal(2 * bought.Values.Sum(), recording.Answers);
        Assert.Equal(bought.Values.Sum() * 17, answers.Length);
    }

    [Fact]
    public async Task What_was_due_before_the_connections_were_there_has_waited_for_them()
    {
        await using var peer = await TestPeer.StartAsync(request => Task.FromResult(TestPeer.Approve(request)));
        var second = System.Diagnostics.Stopwatch.Frequency;
        var recording = await TestPeer.RunAsync(
            peer.Plan(() => new UniformScenario(TestPeer.Facts)) with
            {
                PerSecond = 500,
                WarmUp = TimeSpan.Zero,
                Measured = TimeSpan.FromSeconds(2),
                BeginsAt = System.Diagnostics.Stopwatch.GetTimestamp() - second,
            },
            Stream.Null);
        Assert.Equal([], recording.Problems);
        // Those of the first second are a second late at the most, and half of one in the middle.
        Assert.True(recording.Lateness.Percentile(70) < recording.Lateness.Max);
        Assert.True(recording.Latencies.Percentile(99) / NanosecondsInMillisecond > 800);
        Assert.True(recording.First(TimeSpan.FromMilliseconds(500)).Percentile(1) / NanosecondsInMillisecond > 450);
    }
}
