using System.Net;
using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Authorisation.Grpc.Tests.Framing;

public class FramingTests
{
    private static readonly byte[] Whole = RawCall.Frame(new Note { Text = "x" });

    public static TheoryData<string, byte[], string> BrokenUnaryBodies => new()
    {
        { "no message", [], "13" },
        { "part of a header", [0, 0], "13" },
        { "a header without its message", [0, 0, 0, 0, 9], "13" },
        { "a message cut short", Whole[..^1], "13" },
        { "two messages", [.. Whole, .. Whole], "13" },
        { "a message and a part of one", [.. Whole, 0], "13" },
        { "a flag that is neither 0 nor 1", RawCall.Frame([], flag: 2), "13" },
        { "bytes that are no protobuf", RawCall.Frame([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]), "13" },
        { "a tag of a group that never ends", RawCall.Frame([0x0b]), "13" },
        { "a length of 2 GiB", [0, 0x7f, 0xff, 0xff, 0xff], "8" },
        { "a length of 4 GiB", [0, 0xff, 0xff, 0xff, 0xff], "8" },
        { "a length over the limit", [0, 0, 0x40, 0, 1], "8" },
    };

    [Theory]
    [MemberData(nameof(BrokenUnaryBodies))]
    public async Task A_broken_body_of_a_unary_call_is_an_error_and_never_a_hung_call(string what, byte[] body, string status)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await RawCall.SendAsync(server, RawCall.Unary, body);
        Assert.Equal(HttpStatusCode.OK, answer.HttpStatus);
        Assert.True(status == answer.GrpcStatus, $"{what}: {answer.GrpcStatus} {answer.GrpcMessage}");
        Assert.Empty(answer.Body);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 9 }, "13")]
    [InlineData(new byte[] { 0, 0 }, "13")]
    [InlineData(new byte[] { 3, 0, 0, 0, 0 }, "13")]
    [InlineData(new byte[] { 0, 0xff, 0xff, 0xff, 0xff }, "8")]
    public async Task A_broken_stream_of_requests_is_an_error(byte[] tail, string status)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await RawCall.SendAsync(server, RawCall.Gather, [.. Whole, .. tail]);
        Assert.Equal(status, answer.GrpcStatus);
    }

    [Fact]
    public async Task A_message_of_no_bytes_is_an_empty_message()
    {
        await using var server = await TestServer.StartAsync();
        var answer = await RawCall.SendAsync(server, RawCall.Unary, [0, 0, 0, 0, 0]);
        Assert.Equal("0", answer.GrpcStatus);
        Assert.Equal([0, 0, 0, 0, 0], answer.Body);
    }

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc; charset=utf-8")]
    public async Task Content_types_of_gRPC_are_accepted(string contentType)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await RawCall.SendAsync(server, RawCall.Unary, Whole, contentType);
        Assert.Equal("0", answer.GrpcStatus);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData(null)]
    public async Task Other_content_types_are_answered_with_415(string? contentType)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await RawCall.SendAsync(server, RawCall.Unary, Whole, contentType);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.HttpStatus);
        Assert.Equal("13", answer.GrpcStatus);
    }

    [Fact]
    public async Task A_call_over_HTTP_1_is_answered_with_426()
    {
        await using var server = await TestServer.StartAsync(protocols: HttpProtocols.Http1);
        var answer = await RawCall.SendAsync(server, RawCall.Unary, Whole, version: HttpVersion.Version11);
        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.HttpStatus);
        Assert.Equal("HTTP/2", answer.Headers["upgrade"]);
    }

    [Theory]
    [InlineData("/probe.Prober/Missing", "Method is unimplemented.")]
    [InlineData("/probe.Missing/Unary", "Service is unimplemented.")]
    public async Task Unknown_methods_and_services_are_unimplemented(string path, string message)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await RawCall.SendAsync(server, path, Whole);
        Assert.Equal(HttpStatusCode.OK, answer.HttpStatus);
        Assert.Equal("12", answer.GrpcStatus);
        Assert.Equal(message, answer.GrpcMessage);
    }

    [Fact]
    public async Task Unknown_services_can_be_left_to_the_application()
    {
        await using var server = await TestServer.StartAsync(options: static options => options.IgnoreUnknownServices = true);
        Assert.Equal(HttpStatusCode.NotFound, (await RawCall.SendAsync(server, "/probe.Missing/Unary", Whole)).HttpStatus);
        Assert.Equal(HttpStatusCode.NotFound, (await RawCall.SendAsync(server, "/probe.Prober/Missing", Whole)).HttpStatus);
    }

    [Fact]
    public async Task A_connection_cut_within_a_message_cancels_the_call()
    {
        var cancelled = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(handlers => handlers.Gather = async (requests, context) =>
        {
            started.SetResult();
            context.CancellationToken.Register(() => cancelled.TrySetResult());
            await requests.MoveNext(CancellationToken.None);
            return new Note();
        });
        using var connection = await RawConnection.OpenAsync(server);
        await connection.HeadersAsync(1, RawCall.Gather);
        await connection.DataAsync(1, Whole[..^1]);
        await started.Task.Soon();
        connection.Cut();
        await cancelled.Task.Soon();
    }

    [Fact]
    public async Task A_unary_call_reset_within_its_message_reaches_no_handler_and_leaves_the_connection_working()
    {
        var reached = new TaskCompletionSource<string>();
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = (request, _) =>
        {
            reached.TrySetResult(request.Text);
            return Task.FromResult(request);
        });
        using var connection = await RawConnection.OpenAsync(server);
        await connection.HeadersAsync(1, RawCall.Unary);
        await connection.DataAsync(1, Whole[..^1]);
        await connection.ResetAsync(1);
        await connection.HeadersAsync(3, RawCall.Unary);
        await connection.DataAsync(3, RawCall.Frame(new Note { Text = "second" }), end: true);
        Assert.Equal("second", await reached.Task.Soon());
    }
}
