using System.Net;
using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Xunit;

namespace Authorisation.Grpc.Tests.Framing;

public class GarbageTests
{
    private const int Rounds = 150;

    private static readonly string[] Paths = [RawCall.Unary, RawCall.Gather, RawCall.Spread, "/probe.Prober/Talk"];

    // Every code that a broken request may be answered with; OK where the bytes happen to be messages.
    private static readonly string[] Allowed = ["0", "8", "12", "13"];

    [Fact]
    public async Task Random_bodies_are_answered_and_the_server_goes_on()
    {
        await using var server = await TestServer.StartAsync();
        var random = new Random(20260101);
        for (var round = 0; round < Rounds; round++)
        {
            var body = Body(random);
            var encoding = random.Next(3) == 0 ? "gzip" : "identity";
            var answer = await RawCall.SendAsync(
                server, Paths[round % Paths.Length], body, headers: ("grpc-encoding", encoding));
            Assert.Equal(HttpStatusCode.OK, answer.HttpStatus);
            Assert.True(
                Allowed.Contains(answer.GrpcStatus, StringComparer.Ordinal),
                $"round {round}: {answer.GrpcStatus} {answer.GrpcMessage} for {Convert.ToHexString(body)}");
        }

        Assert.Equal("still here", (await server.Client().UnaryAsync(new Note { Text = "still here" })).Text);
    }

    // Whole messages, framed noise and bare noise, cut anywhere.
    private static byte[] Body(Random random)
    {
        var body = new List<byte>();
        for (var parts = random.Next(4); parts >= 0; parts--)
        {
            var noise = new byte[random.Next(40)];
            random.NextBytes(noise);
            switch (random.Next(4))
            {
                case 0: body.AddRange(RawCall.Frame(new Note { Text = "x", Number = random.Next(3) })); break;
                case 1: body.AddRange(RawCall.Frame(noise, (byte)random.Next(3))); break;
                case 2: body.AddRange(RawCall.Frame(noise)); break;
                default: body.AddRange(noise); break;
            }
        }

        return [.. body.Take(random.Next(3) == 0 ? random.Next(body.Count + 1) : body.Count)];
    }
}
