using System.Net;
using System.Net.Sockets;
using Authorisation.PrivateServers;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Standalone.Tests;

[Trait("Tier", "Slow")]
public sealed class PortTests : DirectoryTest
{
    [Fact]
    public async Task A_grpc_port_in_use_is_reported_in_one_line_with_the_process_that_listens()
    {
        var port = FreePort.Next();
        using var other = new TcpListener(IPAddress.Loopback, port);
        other.Start();

        await using var run = await StandaloneRun.RunAsync(NewPath("port"), "--once", "--port", $"{port}");

        await run.AssertFailedAsync(1, $"port {port} is in use by", $"(process {Environment.ProcessId})", "--port");
    }

    [Fact]
    public async Task Ports_of_the_servers_that_are_taken_are_passed_over()
    {
        var preferred = FreePort.Next();
        using var other = new TcpListener(IPAddress.Loopback, preferred);
        other.Start();

        await using var postgres = new PrivatePostgres(NewPath("postgres"), preferred);
        await postgres.StartAsync();
        await using var redis = new PrivateRedis(NewPath("redis"), preferred);
        await redis.StartAsync();

        Assert.Equal(3, new[] { preferred, postgres.Port, redis.Port }.Distinct().Count());
    }

    [Fact]
    public async Task A_server_that_starts_again_keeps_its_port_and_says_who_took_it()
    {
        await using var redis = new PrivateRedis(NewPath("redis"), FreePort.Next());
        await redis.StartAsync();
        await redis.StopAsync();
        using var other = new TcpListener(IPAddress.Loopback, redis.Port);
        other.Start();

        var failure = await Assert.ThrowsAsync<PrivateServerException>(() => redis.StartAsync());

        Assert.Equal(ServerFault.PortInUse, failure.Fault);
        Assert.Contains($"port {redis.Port} is in use by", failure.Message, StringComparison.Ordinal);
        Assert.False(redis.IsRunning);
    }
}
