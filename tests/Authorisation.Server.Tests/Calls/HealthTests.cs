using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Grpc.Health.V1;
using Xunit;
using HealthClient = Grpc.Health.V1.Health.HealthClient;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Authorisation.Server.Tests.Calls;

/// <summary>Health as balancers ask after it, who need no token and may come and go as often as they like.</summary>
[Collection(nameof(Alone))]
[Trait("Tier", "Slow")]
public sealed class HealthTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task A_server_that_stops_says_so_to_watchers_and_ends_the_call()
    {
        await using var server = await InProcessServer.StartAsync(
            Ledger.ServiceConnectionString, Wire.Redis, new TestLog());
        await server.BecomeReadyAsync();
        using var watch = new HealthClient(server.Channel)
            .Watch(new HealthCheckRequest(), deadline: DateTime.UtcNow + Eventually.ProcessBound);
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(Status.Serving, watch.ResponseStream.Current.Status);

        var stopping = server.StopAsync();
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(Status.NotServing, watch.ResponseStream.Current.Status);
        Assert.False(await watch.ResponseStream.MoveNext(CancellationToken.None));
        await stopping;
    }

    [Fact]
    public async Task A_watcher_of_an_unknown_service_gets_unknown()
    {
        using var watch = new HealthClient(Server.Channel).Watch(
            new HealthCheckRequest { Service = "nobody" }, deadline: DateTime.UtcNow + TestCaller.CallBound);
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(Status.ServiceUnknown, watch.ResponseStream.Current.Status);
    }

    [Fact]
    public async Task Nothing_is_kept_of_a_past_watcher()
    {
        const int Watches = 5_000;
        const int BytesMax = 100;
        var health = new HealthClient(Server.Channel);
        await WatchAsync(health, Watches);

        // A second time, when everything has been made that is made once.
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await WatchAsync(health, Watches);
        await Eventually.TrueAsync(
            () => (GC.GetTotalMemory(forceFullCollection: true) - before) / Watches < BytesMax,
            Eventually.Bound,
            $"less than {BytesMax} bytes are kept of each");
    }

    private static async Task WatchAsync(HealthClient health, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var watch = health.Watch(
                new HealthCheckRequest { Service = $"no-such-{i}" }, deadline: DateTime.UtcNow + TestCaller.CallBound);
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        }
    }
}
