using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Xunit;

namespace Authorisation.Server.Tests.Streams;

/// <summary>Streams beside one another: thousands of them, and one whose client does not read.</summary>
[Collection(nameof(Alone))]
[Trait("Tier", "Slow")]
public sealed class ManyStreamsTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task Thousands_of_streams_are_open_at_once_and_each_is_answered()
    {
        const int Connections = 4;
        const int StreamsEach = 500;
        const int PurchasesEach = 3;
        // Many: one card's purchases share one lane's part of the queue.
        const int Cards = 50;
        var on = await NewOperatorAsync();
        var cards = await Task.WhenAll(Enumerable.Range(0, Cards).Select(_ => on.AddCardAsync(limitMinor: 100_000_000)));
        var channels = Enumerable.Range(0, Connections).Select(_ => Server.Connect(new SocketsHttpHandler())).ToList();
        try
        {
            var streams = channels
                .SelectMany(channel => Enumerable.Range(0, StreamsEach)
                    .Select(_ => TestStream.Open(new TestCaller(channel, on.ValidatorToken)))).ToList();
            await Task.WhenAll(streams.Select(stream => stream.IsOpenAsync()));
            await Task.WhenAll(streams.Select(async (stream, place) =>
            {
                for (var i = 0; i < PurchasesEach; i++)
                {
                    await stream.SendAsync(on.Buy(cards[(place + i) % Cards]));
                }
            }));
            await Eventually.TrueAsync(
                () => streams.TrueForAll(stream => stream.Answers.Count == PurchasesEach), Eventually.Bound * 2, "all are answered");
            await Task.WhenAll(streams.Select(stream => stream.EndAsync()));
            Assert.All(
                streams.SelectMany(stream => stream.Answers.Values),
                answer => Assert.Equal(Decision.Approved, answer.Response?.Decision));
            Assert.Equal(Connections * StreamsEach * PurchasesEach, await on.RowsAsync());
            streams.ForEach(stream => stream.Dispose());
        }
        finally
        {
            channels.ForEach(channel => channel.Dispose());
        }
    }

    [Fact]
    public async Task A_client_that_does_not_read_stops_its_own_stream_and_no_other()
    {
        const int Wanted = 20_000;
        // What the server may have taken: as many as may be on the way, and what the transports of both sides hold.
        const int TakenMax = 4_000;
        var (slow, fast) = (await NewOperatorAsync(), await NewOperatorAsync());
        var (slowCard, fastCard) = (await slow.AddCardAsync(limitMinor: 100_000_000), await fast.AddCardAsync(limitMinor: 100_000_000));
        // Open during all that the neighbour does, and until all of its own is sent and answered.
        using var unread = TestStream.Open(slow.Validator, deadline: TestCaller.CallBound * 9, reads: false);
        using var neighbour = TestStream.Open(fast.Validator);
        var sending = unread.SendAsync(Enumerable.Range(0, Wanted).Select(_ => slow.Buy(slowCard)));

        await StandsStillAsync(slow);
        for (var i = 0; i < 500; i++)
        {
            Assert.Equal(Decision.Approved, (await neighbour.AuthoriseAsync(fast.Buy(fastCard))).Decision);
        }

        await neighbour.SendAsync(Enumerable.Range(0, 2_000).Select(_ => fast.Buy(fastCard)));
        await neighbour.EndAsync();
        Assert.Equal(Decision.Approved, (await fast.Validator.AuthoriseAsync(fast.Buy(fastCard))).Decision);
        Assert.False(sending.IsCompleted);
        Assert.InRange(await slow.RowsAsync(), Core.Limits.StreamItemsInFlightMax, TakenMax);

        unread.Read();
        await sending.WaitAsync(Eventually.Bound * 3);
        await unread.EndAsync();
        Assert.Equal(Wanted, await slow.RowsAsync());
    }

    [Fact]
    public async Task Several_streams_that_are_not_read_do_not_hold_up_the_others_on_their_connection()
    {
        const int Unread = 40;
        var (slow, fast) = (await NewOperatorAsync(), await NewOperatorAsync());
        var (slowCard, fastCard) = (await slow.AddCardAsync(limitMinor: 100_000_000), await fast.AddCardAsync(limitMinor: 100_000_000));
        using var cancel = new CancellationTokenSource();
        var streams = Enumerable.Range(0, Unread)
            .Select(_ => TestStream.Open(slow.Validator, reads: false, cancel: cancel.Token)).ToList();
        var sending = streams.Select(stream =>
            stream.SendAsync(Enumerable.Range(0, 5_000).Select(_ => slow.Buy(slowCard)))).ToList();
        await StandsStillAsync(slow);

        using var neighbour = TestStream.Open(fast.Validator);
        for (var i = 0; i < 100; i++)
        {
            await neighbour.AuthoriseAsync(fast.Buy(fastCard));
        }

        await neighbour.EndAsync();
        Assert.All(sending, one => Assert.False(one.IsCompleted));
        await cancel.CancelAsync();
        await Task.WhenAll(sending.Select(one => Assert.ThrowsAnyAsync<Exception>(() => one)));
        streams.ForEach(stream => stream.Dispose());
    }

    [Fact]
    public async Task A_stream_that_is_not_read_for_long_is_reset_and_the_connection_stays()
    {
        var time = new JumpingTime();
        await using var server = await InProcessServer.StartAsync(
            Ledger.ServiceConnectionString, Wire.Redis, new TestLog(), time);
        await server.BecomeReadyAsync();
        var on = await WireOperator.CreateAsync(Ledger, server);
        var card = await on.AddCardAsync(limitMinor: 100_000_000);
        using var unread = TestStream.Open(on.Validator, reads: false);
        using var neighbour = TestStream.Open(on.Validator);
        var sending = unread.SendAsync(Enumerable.Range(0, 20_000).Select(_ => on.Buy(card)));
        await StandsStillAsync(on);

        await TestStream.BreaksAsync(sending, time, Core.Limits.StreamStallTime);
        await neighbour.AuthoriseAsync(on.Buy(card));
        await neighbour.EndAsync();
    }

    /// <summary>Waits until nothing more of the operator's is decided: its streams have stopped.</summary>
    private static Task StandsStillAsync(WireOperator on) => TestStream.StandsStillAsync(on.RowsAsync);
}
