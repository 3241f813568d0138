using System.Diagnostics;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Grpc.Core;
using Xunit;
using ClientKind = Authorisation.Core.ClientKind;

namespace Authorisation.Server.Tests.Access;

/// <summary>How soon an ended token is refused: alone, since it is timed.</summary>
[Collection(nameof(Alone))]
[Trait("Tier", "Slow")]
public sealed class EndedTokenTests(SharedWire wire) : WireTest(wire)
{
    // A second, and the rest for a machine that does something else.
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_token_that_was_ended_is_refused_within_about_a_second_on_every_server()
    {
        await using var other = await InProcessServer.StartAsync(
            Ledger.ServiceConnectionString, Wire.Redis, new TestLog());
        var on = await NewOperatorAsync();
        var (clientId, token) = await Ledger.Provisioner.AddClientAsync(on.Terms.Id, ClientKind.Console, "A console");
        var card = await on.AddCardAsync();
        InProcessServer[] servers = [Server, other];
        foreach (var server in servers)
        {
            await server.GetsToKnowAsync(token);
            await server.Caller(token).AuthoriseAsync(on.Buy(card));
        }

        await Ledger.Provisioner.EndClientAsync(clientId);
        var ended = Stopwatch.StartNew();
        await Eventually.TrueAsync(
            () => !Array.Exists(servers, server => server.Knows(token)), Eventually.Bound, "no server knows the token");
        Assert.True(ended.Elapsed < EndBound, $"It took {ended.ElapsedMilliseconds} ms.");
        foreach (var server in servers)
        {
            await WireError.OfAsync(
                server.Caller(token).AuthoriseAsync(on.Buy(card)), StatusCode.Unauthenticated, "TOKEN_INVALID");
        }

        Assert.Equal(Decision.Approved, (await on.Validator.AuthoriseAsync(on.Buy(card))).Decision);
    }
}
