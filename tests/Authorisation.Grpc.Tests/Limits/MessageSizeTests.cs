using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Authorisation.Grpc.Tests.Limits;

public class MessageSizeTests
{
    [Fact]
    public async Task A_request_over_4_MiB_is_refused_by_default()
    {
        await using var server = await TestServer.StartAsync();
        await Expect.StatusAsync(StatusCode.ResourceExhausted, () => server.Client().UnaryAsync(Of(4 * 1024 * 1024)).ResponseAsync);
    }

    [Fact]
    public async Task A_service_s_own_limit_goes_before_the_common_one()
    {
        await using var server = await TestServer.StartAsync(
            options: static options => options.MaxReceiveMessageSize = 10,
            services: static services => services.AddGrpc().AddServiceOptions<ProbeService>(static options => options.MaxReceiveMessageSize = 1000));
        await server.Client().UnaryAsync(Of(900));
        await Expect.StatusAsync(StatusCode.ResourceExhausted, () => server.Client().UnaryAsync(Of(1000)).ResponseAsync);
    }

    [Fact]
    public async Task No_limit_is_no_limit()
    {
        await using var server = await TestServer.StartAsync(options: static options => options.MaxReceiveMessageSize = null);
        var answer = await server.Client(static options => options.MaxReceiveMessageSize = null).UnaryAsync(Of(10_000_000)).ResponseAsync.Soon();
        Assert.Equal(10_000_000, answer.Body.Length);
    }

    [Fact]
    public async Task A_response_over_the_server_s_limit_is_not_sent()
    {
        await using var server = await TestServer.StartAsync(options: static options => options.MaxSendMessageSize = 100);
        await Expect.StatusAsync(StatusCode.ResourceExhausted, () => server.Client().UnaryAsync(Of(101)).ResponseAsync);
    }

    [Fact]
    public async Task A_client_keeps_its_own_limits()
    {
        await using var server = await TestServer.StartAsync();
        await Expect.StatusAsync(
            StatusCode.ResourceExhausted,
            () => server.Client(static options => options.MaxReceiveMessageSize = 100).UnaryAsync(Of(101)).ResponseAsync);
        await Expect.StatusAsync(
            StatusCode.ResourceExhausted,
            () => server.Client(static options => options.MaxSendMessageSize = 100).UnaryAsync(Of(101)).ResponseAsync);
    }

    private static Note Of(int length) => new() { Body = ByteString.CopyFrom(new byte[length]) };
}
