using System.IO.Compression;
using Authorisation.Server.Tests.Strangers;
using Authorisation.Server.Tests.Support;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.BadInput;

/// <summary>What stands around a message and cannot: its caller is told so, and nobody else hears of it.</summary>
public sealed class BrokenFramesTests(SharedWire wire) : WireTest(wire)
{
    private static readonly byte[] NoGzip = [1, 0, 0, 0, 3, 7, 7, 7];

    public static TheoryData<string, string, byte[], string?, StatusCode> Broken
    {
        get
        {
            var broken = new TheoryData<string, string, byte[], string?, StatusCode>();
            foreach (var path in (string[])[RawHttp2.Authorise, RawHttp2.AuthoriseStream, RawHttp2.HealthCheck, RawHttp2.Reflection])
            {
                broken.Add("no flag", path, [3, 0, 0, 0, 0], null, StatusCode.Internal);
                broken.Add("a length over all bounds", path, [0, 0xFF, 0xFF, 0xFF, 0xFF], null, StatusCode.ResourceExhausted);
                broken.Add("less than its length", path, [0, 0, 0, 0, 9], null, StatusCode.Internal);
                broken.Add("half a length", path, [0, 0], null, StatusCode.Internal);
                broken.Add("compressed, it does not say how", path, NoGzip, null, StatusCode.Internal);
                broken.Add("not gzip", path, NoGzip, "gzip", StatusCode.Internal);
                broken.Add("deflate", path, NoGzip, "deflate", StatusCode.Unimplemented);
            }

            broken.Add("nothing", RawHttp2.Authorise, [], null, StatusCode.Internal);
            broken.Add("two messages", RawHttp2.Authorise, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], null, StatusCode.Internal);
            return broken;
        }
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_broken_frame_is_answered_and_the_connection_goes_on(
        string what, string path, byte[] body, string? encoding, StatusCode status)
    {
        Assert.NotEmpty(what);
        var on = await NewOperatorAsync();
        var purchase = on.Buy(await on.AddCardAsync()).ToByteArray();
        using var connection = await RawHttp2.OpenAsync(Server.Address);

        await connection.HeadersAsync(1, path, on.ValidatorToken, more: encoding is null ? [] : [("grpc-encoding", encoding)]);
        await connection.DataAsync(1, body, end: true);
        Assert.Equal(status, (await connection.EndOfAsync(1)).GrpcStatus);

        await connection.HeadersAsync(3, RawHttp2.Authorise, on.ValidatorToken);
        await connection.DataAsync(3, RawHttp2.Message(purchase), end: true);
        Assert.Equal(StatusCode.OK, (await connection.EndOfAsync(3)).GrpcStatus);
        Assert.Equal(1, await on.RowsAsync());
    }

    [Fact]
    public async Task A_compressed_purchase_is_decided_and_one_that_grows_beyond_the_longest_request_is_refused()
    {
        var on = await NewOperatorAsync();
        var purchase = on.Buy(await on.AddCardAsync()).ToByteArray();
        using var connection = await RawHttp2.OpenAsync(Server.Address);

        await connection.HeadersAsync(1, RawHttp2.Authorise, on.ValidatorToken, more: ("grpc-encoding", "gzip"));
        await connection.DataAsync(1, Gzip(purchase), end: true);
        Assert.Equal(StatusCode.OK, (await connection.EndOfAsync(1)).GrpcStatus);
        await connection.HeadersAsync(3, RawHttp2.Authorise, on.ValidatorToken, more: ("grpc-encoding", "gzip"));
        await connection.DataAsync(3, Gzip(new byte[10_000_000]), end: true);
        Assert.Equal(StatusCode.ResourceExhausted, (await connection.EndOfAsync(3)).GrpcStatus);
        Assert.Equal(1, await on.RowsAsync());
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    public async Task What_is_no_gRPC_is_answered_with_415(string contentType)
    {
        var on = await NewOperatorAsync();
        using var connection = await RawHttp2.OpenAsync(Server.Address);
        await connection.HeadersAsync(1, RawHttp2.Authorise, on.ValidatorToken, end: true, ("content-type", contentType));
        Assert.Contains("415", (await connection.EndOfAsync(1)).Text, StringComparison.Ordinal);
    }

    private static byte[] Gzip(byte[] message)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(message);
        }

        byte[] frame = RawHttp2.Message(compressed.ToArray());
        frame[0] = 1;
        return frame;
    }
}
