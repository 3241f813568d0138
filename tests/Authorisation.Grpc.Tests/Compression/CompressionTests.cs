using System.IO.Compression;
using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace Authorisation.Grpc.Tests.Compression;

public class CompressionTests
{
    private static readonly Metadata AskForGzip = new() { { "grpc-internal-encoding-request", "gzip" } };

    [Fact]
    public async Task Responses_are_compressed_for_clients_that_accept_it()
    {
        await using var server = await TestServer.StartAsync(options: static options => options.ResponseCompressionAlgorithm = "gzip");
        var note = new Note { Body = ByteString.CopyFrom(new byte[100_000]) };
        var compressed = await RawCall.SendAsync(
            server, RawCall.Unary, RawCall.Frame(note), headers: ("grpc-accept-encoding", "identity, gzip"));
        Assert.Equal("gzip", compressed.Headers["grpc-encoding"]);
        Assert.Equal(1, compressed.Body[0]);
        Assert.True(compressed.Body.Length < 10_000);
        var plain = await RawCall.SendAsync(server, RawCall.Unary, RawCall.Frame(note));
        Assert.Equal(0, plain.Body[0]);
        Assert.Equal(note, await server.Client().UnaryAsync(note));
    }

    [Fact]
    public async Task A_message_marked_so_is_not_compressed()
    {
        await using var server = await TestServer.StartAsync(
            static handlers => handlers.Spread = static async (request, responses, _) =>
            {
                responses.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
                await responses.WriteAsync(request);
                responses.WriteOptions = null;
                await responses.WriteAsync(request);
            },
            static options => options.ResponseCompressionAlgorithm = "gzip");
        var body = RawCall.Frame(new Note { Text = "x" });
        var answer = await RawCall.SendAsync(server, RawCall.Spread, body, headers: ("grpc-accept-encoding", "gzip"));
        Assert.Equal(0, answer.Body[0]);
        Assert.Equal(1, answer.Body[body.Length]);
    }

    [Fact]
    public async Task Requests_are_compressed_if_the_call_asks_for_it()
    {
        string? encoding = null;
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = (request, context) =>
        {
            encoding = context.GetHttpContext().Request.Headers["grpc-encoding"];
            return Task.FromResult(new Note { Number = request.Body.Length });
        });
        var answer = await server.Client().UnaryAsync(new Note { Body = ByteString.CopyFrom(new byte[5000]) }, AskForGzip);
        Assert.Equal(5000, answer.Number);
        Assert.Equal("gzip", encoding);
    }

    [Fact]
    public async Task A_stream_of_requests_mixes_compressed_and_plain_messages()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Client().Gather(AskForGzip);
        await call.RequestStream.WriteAsync(new Note { Number = 1 });
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await call.RequestStream.WriteAsync(new Note { Number = 2 });
        await call.RequestStream.CompleteAsync();
        Assert.Equal(3, (await call.ResponseAsync.Soon()).Number);
    }

    [Fact]
    public async Task An_unknown_encoding_is_unimplemented_and_the_known_ones_are_told()
    {
        await using var server = await TestServer.StartAsync();
        var answer = await RawCall.SendAsync(server, RawCall.Unary, RawCall.Frame([1, 2], flag: 1), headers: ("grpc-encoding", "snappy"));
        Assert.Equal("12", answer.GrpcStatus);
        Assert.Equal("identity,gzip", answer.Headers["grpc-accept-encoding"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("identity")]
    public async Task A_compressed_message_without_an_encoding_is_an_error(string? encoding)
    {
        await using var server = await TestServer.StartAsync();
        var body = RawCall.Frame(Gzip(new byte[3]), flag: 1);
        var answer = encoding is null
            ? await RawCall.SendAsync(server, RawCall.Unary, body)
            : await RawCall.SendAsync(server, RawCall.Unary, body, headers: ("grpc-encoding", encoding));
        Assert.Equal("13", answer.GrpcStatus);
    }

    [Fact]
    public async Task Bytes_that_are_not_gzip_are_an_error()
    {
        await using var server = await TestServer.StartAsync();
        var answer = await RawCall.SendAsync(server, RawCall.Unary, RawCall.Frame([1, 2, 3], flag: 1), headers: ("grpc-encoding", "gzip"));
        Assert.Equal("13", answer.GrpcStatus);
    }

    [Fact]
    public async Task A_small_message_that_decompresses_beyond_the_limit_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        var bomb = Gzip(new byte[200_000_000]);
        Assert.True(bomb.Length < 4_000_000);
        var answer = await RawCall.SendAsync(server, RawCall.Unary, RawCall.Frame(bomb, flag: 1), headers: ("grpc-encoding", "gzip"));
        Assert.Equal("8", answer.GrpcStatus);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }
}
