using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace Authorisation.Grpc.Tests.Streaming;

public class StreamingTests
{
    [Fact]
    public async Task A_unary_call_is_answered()
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.Client().UnaryAsync(new Note { Text = "hello", Number = 7 });
        Assert.Equal("hello", answer.Text);
        Assert.Equal(7, answer.Number);
    }

    [Fact]
    public async Task A_blocking_unary_call_is_answered()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal("hello", server.Client().Unary(new Note { Text = "hello" }).Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2030)]
    [InlineData(2048)]
    [InlineData(4090)]
    [InlineData(16_384)]
    [InlineData(1_000_000)]
    [InlineData(4_000_000)]
    public async Task A_message_of_any_length_passes_both_ways(int length)
    {
        await using var server = await TestServer.StartAsync();
        var body = new byte[length];
        new Random(length).NextBytes(body);
        var answer = await server.Client().UnaryAsync(new Note { Body = ByteString.CopyFrom(body) }).ResponseAsync.Soon();
        Assert.Equal(body, answer.Body.ToByteArray());
    }

    [Fact]
    public async Task A_client_stream_is_gathered()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Client().Gather();
        for (var i = 1; i <= 100; i++)
        {
            await call.RequestStream.WriteAsync(new Note { Number = i }).Soon();
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(5050, (await call.ResponseAsync.Soon()).Number);
    }

    [Fact]
    public async Task A_server_stream_is_read_to_its_end()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Client().Spread(new Note { Number = 1000 });
        var count = 0;
        await foreach (var note in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(count++, note.Number);
        }

        Assert.Equal(1000, count);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task A_duplex_call_goes_back_and_forth()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Client().Talk();
        for (var i = 0; i < 50; i++)
        {
            await call.RequestStream.WriteAsync(new Note { Number = i }).Soon();
            Assert.True(await call.ResponseStream.MoveNext().Soon());
            Assert.Equal(i, call.ResponseStream.Current.Number);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext().Soon());
    }

    [Fact]
    public async Task A_duplex_call_without_messages_ends_OK()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Client().Talk();
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext().Soon());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Many_calls_at_once_each_get_their_own_answer()
    {
        await using var server = await TestServer.StartAsync();
        var client = server.Client();
        var calls = Enumerable.Range(0, 500).Select(async i =>
            Assert.Equal(i, (await client.UnaryAsync(new Note { Number = i }).ResponseAsync).Number));
        await Task.WhenAll(calls).Soon();
    }
}
