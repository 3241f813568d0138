using System.Net;
using System.Net.Sockets;
using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Authorisation.Grpc.Tests.BadServers;

public class BadServerTests
{
    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    public async Task An_HTTP_error_is_mapped(int http, StatusCode expected)
    {
        await using var server = await ServeAsync(context =>
        {
            context.Response.StatusCode = http;
            return Task.CompletedTask;
        });
        await Expect.StatusAsync(expected, () => BadServer.CallAsync(server));
    }

    [Fact]
    public async Task An_answer_of_another_content_type_is_an_error()
    {
        await using var server = await ServeAsync(static context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<p>");
        });
        await Expect.StatusAsync(StatusCode.Cancelled, () => BadServer.CallAsync(server));
    }

    [Fact]
    public async Task An_answer_without_a_status_is_an_error()
    {
        await using var server = await ServeAsync(static context => context.Response.Body.WriteAsync(new byte[5]).AsTask());
        await Expect.StatusAsync(StatusCode.Cancelled, () => BadServer.CallAsync(server));
    }

    [Fact]
    public async Task OK_without_a_message_is_an_error()
    {
        await using var server = await ServeAsync(static context =>
        {
            context.Response.Headers["grpc-status"] = "0";
            return Task.CompletedTask;
        });
        await Expect.StatusAsync(StatusCode.Internal, () => BadServer.CallAsync(server));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 9 })]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 2, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 0x0b })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    public async Task A_broken_body_is_an_error(byte[] body)
    {
        await using var server = await ServeAsync(async context =>
        {
            context.Response.AppendTrailer("grpc-status", "0");
            await context.Response.Body.WriteAsync(body);
        });
        await Expect.StatusAsync(StatusCode.Internal, () => BadServer.CallAsync(server));
    }

    [Theory]
    [InlineData(0x7, StatusCode.Unavailable)]
    [InlineData(0x8, StatusCode.Cancelled)]
    [InlineData(0xb, StatusCode.ResourceExhausted)]
    [InlineData(0xc, StatusCode.PermissionDenied)]
    [InlineData(0x2, StatusCode.Internal)]
    public async Task A_reset_stream_is_mapped_by_its_error_code(int errorCode, StatusCode expected)
    {
        await using var server = await ServeAsync(async context =>
        {
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            context.Features.Get<IHttpResetFeature>()!.Reset(errorCode);
        });
        await Expect.StatusAsync(expected, () => BadServer.CallAsync(server));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_UNAVAILABLE()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var client = new Prober.ProberClient(channel);
        await Expect.StatusAsync(StatusCode.Unavailable, () => client.UnaryAsync(new Note()).ResponseAsync);
        using var call = client.Talk();
        await Expect.StatusAsync(StatusCode.Unavailable, () => call.RequestStream.WriteAsync(new Note()));
    }

    private static Task<TestServer> ServeAsync(RequestDelegate answer) => TestServer.StartAsync(map: app => BadServer.Map(app, answer));
}
