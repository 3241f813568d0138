using System.Diagnostics;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Authorisation.V1;
using Grpc.Core;
using Xunit;
using Xunit.Abstractions;

namespace Authorisation.Server.Tests.Streams;

/// <summary>A Postgres of this class's own that hangs, refuses, or has no standby, under streams that stay open.</summary>
[Collection(nameof(Alone))]
[Trait("Tier", "Slow")]
public sealed class OutageTests(PostgresServer postgres, SharedRedis redis, ITestOutputHelper output)
    : LoggedTest(output), IClassFixture<PostgresServer>, IClassFixture<SharedRedis>
{
    private static readonly TimeSpan GivenUpBound =
        Core.Limits.DecisionTimeout + Core.Limits.StreamWatchInterval + TimeSpan.FromSeconds(5);

    [Fact]
    public async Task While_Postgres_hangs_each_request_is_given_up_in_its_own_time_and_the_stream_goes_on()
    {
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await using var server = await StartAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync();
        using var stream = TestStream.Open(on.Validator);
        await stream.AuthoriseAsync(on.Buy(card));

        var request = on.Buy(card);
        postgres.Private.Pause();
        try
        {
            var clock = Stopwatch.StartNew();
            await stream.ErrorAsync(request, StatusCode.Unavailable, "LEDGER_UNREACHABLE");
            Assert.True(clock.Elapsed < GivenUpBound, $"It took {clock.ElapsedMilliseconds} ms.");
        }
        finally
        {
            postgres.Private.Resume();
        }

        await Readiness.IsServingAsync(server.Channel);
        AuthoriseStreamResponse? answer = null;
        await Eventually.TrueAsync(
            async () => (answer = await stream.AnswerAsync(await stream.SendAsync(request))).Error is null,
            Eventually.Bound,
            "the purchase is decided");
        Assert.Equal(Decision.Approved, answer!.Response.Decision);
        await stream.EndAsync();
        Assert.Equal((2, 2_000), (await on.RowsAsync(), await on.SpentAsync(card)));
    }

    [Fact]
    public async Task What_exceeds_the_share_of_the_queue_is_an_error_of_its_own_and_is_decided_when_it_is_sent_again()
    {
        // Postgres may end what the numbering of cards was at when it is halted; that is tried again.
        Log.Expect(2203);
        // More than a client's third of the queue, and what the lanes take.
        const int Calls = (Core.Limits.CommitQueueItemsMax / 3) + 1_000;
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await using var server = await StartAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync(limitMinor: 100_000_000);
        await on.Validator.AuthoriseAsync(on.Buy(card));
        using var stream = TestStream.Open(on.Validator, deadline: TestCaller.CallBound * 9);
        await stream.IsOpenAsync();

        var request = on.Buy(card);
        List<Task<AuthoriseResponse>> calls;
        postgres.Private.Pause();
        try
        {
            calls = [.. Enumerable.Range(0, Calls).Select(_ => on.Validator.AuthoriseAsync(on.Buy(card)))];
            await Eventually.TrueAsync(() => calls.Exists(call => call.IsFaulted), Eventually.Bound, "the share is full");
            await stream.ErrorAsync(request, StatusCode.ResourceExhausted, "QUEUE_FULL");
        }
        finally
        {
            postgres.Private.Resume();
        }

        await Task.WhenAll(calls.Select(static call => ((Task)call).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)));
        await Readiness.IsServingAsync(server.Channel);
        await UntilApprovedAsync(stream, [request]);
        await stream.EndAsync();
    }

    [Fact]
    public async Task However_many_streams_a_client_fills_they_wait_and_another_operators_purchases_are_taken_in()
    {
        const int Streams = 32;
        Log.Expect(2203);
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await using var server = await StartAsync(ledger);
        var flood = await WireOperator.CreateAsync(ledger, server);
        var other = await WireOperator.CreateAsync(ledger, server);
        var (flooded, card) = (await flood.AddCardAsync(limitMinor: 100_000_000), await other.AddCardAsync(limitMinor: 100_000_000));
        await flood.Validator.AuthoriseAsync(flood.Buy(flooded));
        await other.Validator.AuthoriseAsync(other.Buy(card));
        var requests = Enumerable.Range(0, Streams)
            .Select(_ => Enumerable.Range(0, Core.Limits.StreamItemsInFlightMax).Select(_ => flood.Buy(flooded)).ToList()).ToList();
        var streams = requests.ConvertAll(_ => TestStream.Open(flood.Validator, deadline: TestCaller.CallBound * 9));
        using var others = TestStream.Open(other.Validator, deadline: TestCaller.CallBound * 9);

        postgres.Private.Pause();
        try
        {
            await Task.WhenAll(streams.Zip(requests, (stream, its) => stream.SendAsync(its)));
            await others.SendAsync([.. Enumerable.Range(0, 100).Select(_ => other.Buy(card))]);
        }
        finally
        {
            postgres.Private.Resume();
        }

        await Eventually.TrueAsync(() => others.Answers.Count == 100, Eventually.Bound * 3, "the other operator is answered");
        Assert.DoesNotContain(others.Answers.Values, IsRefused);
        await Eventually.TrueAsync(
            () => streams.Zip(requests).All(pair => pair.First.Answers.Count == pair.Second.Count), Eventually.Bound * 3, "all are answered");
        Assert.DoesNotContain(streams.SelectMany(stream => stream.Answers.Values), IsRefused);
        await Readiness.IsServingAsync(server.Channel);
        foreach (var (stream, its) in streams.Zip(requests))
        {
            var errors = stream.Answers.Values.Where(answer => answer.Error is not null).ToList();
            Assert.All(errors, answer => Assert.True(IsGivenUp(answer), answer.ToString()));
            await UntilApprovedAsync(stream, errors.ConvertAll(answer => its[(int)answer.Index]));
            await stream.EndAsync();
            stream.Dispose();
        }

        await others.EndAsync();
        Assert.Equal((Streams * Core.Limits.StreamItemsInFlightMax) + 1, await flood.RowsAsync());
    }

    [Fact]
    public async Task What_the_ledger_refuses_is_an_error_of_its_own()
    {
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await ledger.ExecuteAsync("alter table authorisation add constraint refused check (amount_minor <> 666)");
        await using var server = await StartAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync();
        using var stream = TestStream.Open(on.Validator);
        await stream.ErrorAsync(on.Buy(card, amountMinor: 666), StatusCode.InvalidArgument, "DATA_REFUSED");
        Assert.Equal(Decision.Approved, (await stream.AuthoriseAsync(on.Buy(card))).Decision);
        await stream.EndAsync();
    }

    [Fact]
    public async Task What_may_not_have_reached_the_standby_is_an_error_of_its_own()
    {
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await using var server = await InProcessServer.StartAsync(
            ledger.ServiceConnectionString, redis.ConnectionString, Log, time: null, "--Ledger:RequireSynchronousStandby=true");
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync();
        using var stream = TestStream.Open(on.Validator);
        await stream.ErrorAsync(on.Buy(card), StatusCode.Unavailable, "NOT_REPLICATED");
        await stream.EndAsync();
        Log.Expect(2003);
        Log.Expect(2005);
    }

    [Fact]
    public async Task What_should_not_happen_is_an_error_of_its_own()
    {
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await ledger.ExecuteAsync("""
            create function surprise() returns trigger language plpgsql as 'begin raise sqlstate ''XX000''; end';
            create trigger surprise before insert on authorisation for each row when (new.amount_minor = 666) execute function surprise();
            """);
        await using var server = await StartAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync();
        using var stream = TestStream.Open(on.Validator);
        await stream.ErrorAsync(on.Buy(card, amountMinor: 666), StatusCode.Unavailable, "UNEXPECTED");
        Assert.Equal(Decision.Approved, (await stream.AuthoriseAsync(on.Buy(card))).Decision);
        await stream.EndAsync();
        Log.Expect(2003);
        Log.Expect(2102);
    }

    private async Task<InProcessServer> StartAsync(TestLedger ledger, params string[] settings)
    {
        var server = await InProcessServer.StartAsync(
            ledger.ServiceConnectionString, redis.ConnectionString, Log, time: null, settings);
        await Readiness.IsServingAsync(server.Channel);
        return server;
    }

    /// <summary>Sends requests, and those again that the server gave up since a connection was broken.</summary>
    private static async Task UntilApprovedAsync(TestStream stream, List<AuthoriseRequest> requests)
    {
        while (requests.Count > 0)
        {
            var places = new Dictionary<ulong, AuthoriseRequest>();
            foreach (var request in requests)
            {
                places[await stream.SendAsync(request)] = request;
            }

            requests = [];
            foreach (var (place, request) in places)
            {
                var answer = await stream.AnswerAsync(place);
                if (IsGivenUp(answer))
                {
                    requests.Add(request);
                    continue;
                }

                Assert.True(answer.Response?.Decision == Decision.Approved, answer.ToString());
            }
        }
    }

    private static bool IsGivenUp(AuthoriseStreamResponse answer) =>
        answer.Error is { Reason: "LEDGER_UNREACHABLE" or "LEDGER_BUSY", Code: (int)StatusCode.Unavailable };

    private static bool IsRefused(AuthoriseStreamResponse answer) =>
        answer.Error is { Reason: "QUEUE_FULL", Code: (int)StatusCode.ResourceExhausted };
}
