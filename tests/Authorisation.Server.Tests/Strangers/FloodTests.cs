using Authorisation.Core;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Google.Protobuf;
using Xunit;

namespace Authorisation.Server.Tests.Strangers;

/// <summary>Floods of frames on one connection, from strangers and from clients with a token: others are answered all the same.</summary>
[Trait("Tier", "Slow")]
public sealed class FloodTests(SharedWire wire) : WireTest(wire)
{
    private const int Frames = 20_000;

    public static TheoryData<string, bool> Floods
    {
        get
        {
            var floods = new TheoryData<string, bool>();
            foreach (var flood in new[] { "resets", "pings", "settings", "empty data", "continuations", "long headers", "many headers" })
            {
                floods.Add(flood, false);
                floods.Add(flood, true);
            }

            return floods;
        }
    }

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task A_flood_of_frames_ends_its_connection_or_is_held_back_and_others_are_answered(string flood, bool isKnown)
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        using var connection = await RawHttp2.OpenAsync(Server.Address);
        if (isKnown)
        {
            await connection.HeadersAsync(connection.NextStream(), RawHttp2.Authorise, on.ValidatorToken);
            await connection.DataAsync(1, RawHttp2.Message(on.Buy(card).ToByteArray()), end: true);
            await connection.EndOfAsync(1);
        }

        using var stop = new CancellationTokenSource();
        var flooding = FloodAsync(connection, flood, isKnown ? on.ValidatorToken : null, stop.Token);
        for (var i = 0; i < 10; i++)
        {
            await on.Validator.AuthoriseAsync(on.Buy(card, 1), TestCaller.CallBound);
        }

        if (flood is "continuations" or "long headers" or "many headers")
        {
            await connection.IsClosedAsync();
        }

        await stop.CancelAsync();
        await flooding.WaitAsync(Eventually.ProcessBound);
    }

    private static async Task FloodAsync(RawHttp2 connection, string flood, string? token, CancellationToken stop)
    {
        var headers = RawHttp2.HeaderBlock(RawHttp2.Authorise, token);
        try
        {
            var stream = connection.NextStream();
            if (flood is "continuations")
            {
                await connection.WriteAsync(RawHttp2.Frame(FrameKind.Headers, 0, stream, headers), stop);
            }
            else if (flood is "empty data")
            {
                await connection.WriteAsync(RawHttp2.Frame(FrameKind.Headers, 4, stream, headers), stop);
            }

            for (var i = 0; i < Frames; i++)
            {
                await connection.WriteAsync(Frame(connection, flood, stream, headers), stop);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The server has closed it, or the test is over.
        }
    }

    private static byte[] Frame(RawHttp2 connection, string flood, int stream, byte[] headers)
    {
        switch (flood)
        {
            case "resets":
                var reset = connection.NextStream();
                return [.. RawHttp2.Frame(FrameKind.Headers, 4, reset, headers), .. RawHttp2.Frame(FrameKind.Reset, 0, reset, [0, 0, 0, 8])];
            case "pings":
                return RawHttp2.Frame(FrameKind.Ping, 0, 0, new byte[8]);
            case "settings":
                return RawHttp2.Frame(FrameKind.Settings, 0, 0, [0, 4, 0, 1, 0, 0]);
            case "empty data":
                return RawHttp2.Frame(FrameKind.Data, 0, stream, []);
            case "continuations":
                return RawHttp2.Frame(FrameKind.Continuation, 0, stream, Header("x", 100));
            case "long headers":
                return RawHttp2.Frame(FrameKind.Headers, 4, connection.NextStream(), [.. headers, .. Repeated(Header("x", 100), 250)]);
            default:
                return RawHttp2.Frame(
                    FrameKind.Headers, 4, connection.NextStream(), [.. headers, .. Repeated(Header("x", 1), Limits.CallHeadersMax + 1)]);
        }
    }

    private static byte[] Header(string name, int length)
    {
        var block = new List<byte>();
        RawHttp2.Add(block, name, new string('x', length));
        return [.. block];
    }

    private static byte[] Repeated(byte[] part, int times) => [.. Enumerable.Repeat(part, times).SelectMany(static one => one)];
}
