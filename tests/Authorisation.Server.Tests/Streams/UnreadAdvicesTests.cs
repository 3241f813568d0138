using Authorisation.Server.Tests.Operations;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Authorisation.Server.Tests.Streams;

/// <summary>Streams of advices whose client sends and does not read.</summary>
[Collection(nameof(Alone))]
[Trait("Tier", "Slow")]
public sealed class UnreadAdvicesTests(SharedWire wire) : WireTest(wire)
{
    private const int Wanted = 3_000;

    // What the server may have taken: what is worked on, and what the transports of both sides hold.
    private const int TakenMax = 1_000;

    [Fact]
    public async Task A_client_that_reads_nothing_is_not_read_from_without_bound()
    {
        using var sender = new Sender(await NewOperatorAsync());
        await sender.StandsStillAsync();
        Assert.InRange(sender.Sent, Core.Limits.AdvicesInFlightMax, TakenMax);

        for (var i = 0UL; i < Wanted; i++)
        {
            var result = await sender.Stream.NextAsync();
            Assert.Equal((i, "INVALID_FIELDS"), (result!.Index, result.Error.Reason));
        }

        await sender.Sending.WaitAsync(Eventually.Bound);
        await sender.Stream.EndAsync();
    }

    [Fact]
    public async Task A_stream_that_is_not_read_for_long_is_reset_and_the_connection_stays()
    {
        var time = new JumpingTime();
        await using var server = await StartAsync(time);
        var on = await WireOperator.CreateAsync(Ledger, server);
        using var neighbour = AdviceCall.Open(on.Validator);
        using var sender = new Sender(on);
        await sender.StandsStillAsync();

        await TestStream.BreaksAsync(sender.Sending, time, Core.Limits.StreamStallTime);
        Assert.NotNull((await neighbour.AdviseAsync(AdviceCall.Sold(on, on.UnknownCard(), 100))).Recorded);
        await neighbour.EndAsync();
    }

    [Fact]
    public async Task A_server_that_stops_sends_clients_away_and_waits_for_none_that_does_not_read()
    {
        var time = new JumpingTime();
        await using var server = await StartAsync(time);
        var on = await WireOperator.CreateAsync(Ledger, server);
        using var idle = AdviceCall.Open(on.Validator);
        Assert.NotNull((await idle.AdviseAsync(AdviceCall.Sold(on, on.UnknownCard(), 100))).Recorded);
        using var sender = new Sender(on);
        await sender.StandsStillAsync();

        server.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await WireError.OfAsync(idle.NextAsync(), StatusCode.Unavailable, "STOPPING");
        Assert.False(sender.Sending.IsCompleted);
        await TestStream.BreaksAsync(sender.Sending, time, Core.Limits.StreamDrainTime);
        await server.StopAsync();
    }

    private async Task<InProcessServer> StartAsync(JumpingTime time)
    {
        var server = await InProcessServer.StartAsync(Ledger.ServiceConnectionString, Wire.Redis, new TestLog(), time);
        await server.BecomeReadyAsync();
        return server;
    }

    /// <summary>Sends items that are wrong in every field, so that their answers are long.</summary>
    /// <remarks>One task sends; how many it has sent is read by the test.</remarks>
    private sealed class Sender : IDisposable
    {
        private int _sent;

        public Sender(WireOperator on)
        {
            Stream = AdviceCall.Open(on.Validator);
            Sending = Task.Run(SendAsync);
        }

        public AdviceCall Stream { get; }

        public Task Sending { get; }

        public int Sent => Volatile.Read(ref _sent);

        public Task StandsStillAsync() => TestStream.StandsStillAsync(() => Task.FromResult<long>(Sent));

        public void Dispose() => Stream.Dispose();

        private async Task SendAsync()
        {
            var text = new string('x', 1_000);
            var wrong = new Advice
            {
                Purchase = new AuthoriseRequest { CardNumber = "x", Currency = text, Purpose = text, Product = text, VatCategory = "x", DeviceId = text },
            };
            while (_sent < Wanted)
            {
                await Stream.SendAsync(wrong);
                Interlocked.Increment(ref _sent);
            }
        }
    }
}
