using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Authorisation.Server.Tests.Strangers;

/// <summary>How many connections a server has open, in all and from one address.</summary>
[Trait("Tier", "Slow")]
public sealed class ConnectionBoundTests(SharedWire wire) : WireTest(wire)
{
    private const int RefusedEvent = 4673;

    [Theory]
    [InlineData("Listen:ConnectionsPerAddress")]
    [InlineData("Listen:Connections")]
    public async Task One_connection_too_many_is_closed_and_told_and_one_that_ends_makes_room(string setting)
    {
        await using var server = await InProcessServer.StartAsync(
            Ledger.ServiceConnectionString, Wire.Redis, new TestLog(), time: null, $"--{setting}=2");
        using var first = await RawHttp2.OpenAsync(server.Address);
        var second = await RawHttp2.OpenAsync(server.Address);
        Assert.NotNull(await first.ReadAsync());
        Assert.NotNull(await second.ReadAsync());

        for (var i = 0; i < 3; i++)
        {
            using var third = await RawHttp2.ConnectAsync(server.Address);
            await third.IsClosedAsync();
        }

        var told = Assert.Single(server.Log.Entries, entry => entry.EventId.Id == RefusedEvent);
        Assert.Equal(LogLevel.Warning, told.Level);
        Assert.Contains(setting + " (2)", told.Message, StringComparison.Ordinal);
        second.Dispose();
        await Eventually.TrueAsync(
            async () =>
            {
                using var next = await RawHttp2.OpenAsync(server.Address);
                return await next.ReadAsync() is not null;
            },
            Eventually.Bound,
            "there is room for another");
    }
}
