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
public sealed class OutageTests(PostgresServer postgres, SharedRedis redis, ITestOutputHelper output)
    : LoggedTest(output), IClassFixture<PostgresServer>, IClassFixture<SharedRedis>
{
    private static readonly TimeSpan GivenUpBound =
        Core.Limits.DecisionTimeout + Core.Limits.StreamWatchInterval + TimeSpan.FromSeconds(1.5);

    [Fact]
    public async Task While_Postgres_hangs_each_request_is_given_up_in_its_own_time_and_the_stream_goes_on()
    {
        await using var ledger = await TestLedger.CreateAsync(postgres);
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
    public async Task What_exceeds_the_queue_is_an_error_of_its_own_and_is_decided_when_it_is_sent_again()
    {
        const int Streams = 8;
        await using var ledger = await TestLedger.CreateAsync(postgres);
        // As many lanes as there can be: one card's has the smallest queue.
        await using var server = await StartAsync(ledger, $"--Ledger:Lanes={Core.Limits.CommitLanesMax}");
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync(limitMinor: 100_000_000);
        await on.Validator.AuthoriseAsync(on.Buy(card));
        var requests = Enumerable.Range(0, Streams)
            .Select(_ => Enumerable.Range(0, Core.Limits.StreamItemsInFlightMax).Select(_ => on.Buy(card)).ToList()).ToList();
        var streams = requests.ConvertAll(_ => TestStream.Open(on.Validator));

        postgres.Private.Pause();
        try
        {
            await Task.WhenAll(streams.Zip(requests, (stream, its) => stream.SendAsync(its)));
            await Eventually.TrueAsync(
                () => streams.Exists(stream => stream.Answers.Values.Any(IsRefused)), Eventually.Bound, "the queue is full");
        }
        finally
        {
            postgres.Private.Resume();
        }

        foreach (var (stream, its) in streams.Zip(requests))
        {
            await Eventually.TrueAsync(
                () => stream.Answers.Count == its.Count, Eventually.Bound, "all are answered");
            foreach (var (index, answer) in stream.Answers.Where(one => one.Value.Error is not null).ToList())
            {
                Assert.True(IsRefused(answer) || answer.Error.Reason == "LEDGER_UNREACHABLE", answer.ToString());
                Assert.Equal(Decision.Approved, (await stream.AuthoriseAsync(its[(int)index])).Decision);
            }

            await stream.CompleteAsync();
            await stream.Ended;
            stream.Dispose();
        }

        Assert.Equal((Streams * Core.Limits.StreamItemsInFlightMax) + 1, await on.RowsAsync());
    }

    [Fact]
    public async Task What_the_ledger_refuses_is_an_error_of_its_own()
    {
        await using var ledger = await TestLedger.CreateAsync(postgres);
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
        await using var ledger = await TestLedger.CreateAsync(postgres);
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
        await using var ledger = await TestLedger.CreateAsync(postgres);
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

    private static bool IsRefused(AuthoriseStreamResponse answer) =>
        answer.Error is { Reason: "QUEUE_FULL", Code: (int)StatusCode.ResourceExhausted };
}
