using System.Threading.Channels;
using Authorisation.Grpc.Tests.Support;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Authorisation.Grpc.Tests.Health;

public class HealthTests
{
    private bool _isReady = true;

    [Fact]
    public async Task Check_runs_the_checks_that_are_mapped_to_the_service()
    {
        await using var server = await StartAsync();
        server.ExpectError("Health check store with status Unhealthy");
        var client = new global::Grpc.Health.V1.Health.HealthClient(server.Channel());
        Assert.Equal(ServingStatus.Serving, await CheckAsync(client, ""));
        _isReady = false;
        Assert.Equal(ServingStatus.NotServing, await CheckAsync(client, ""));
        Assert.Equal(ServingStatus.Serving, await CheckAsync(client, "live"));
        Assert.Equal(ServingStatus.NotServing, await CheckAsync(client, "ready"));
        await Expect.StatusAsync(StatusCode.NotFound, () => CheckAsync(client, "unknown"));
    }

    [Fact]
    public async Task Watch_tells_each_change_that_is_published()
    {
        await using var server = await StartAsync();
        server.ExpectError("Health check store with status Unhealthy");
        using var call = new global::Grpc.Health.V1.Health.HealthClient(server.Channel()).Watch(new HealthCheckRequest { Service = "ready" });
        Assert.Equal(ServingStatus.Serving, await NextAsync(call));
        _isReady = false;
        Assert.Equal(ServingStatus.NotServing, await NextAsync(call));
        _isReady = true;
        Assert.Equal(ServingStatus.Serving, await NextAsync(call));
    }

    [Fact]
    public async Task Watch_of_an_unknown_service_says_so_and_stays()
    {
        await using var server = await StartAsync();
        using var call = new global::Grpc.Health.V1.Health.HealthClient(server.Channel()).Watch(new HealthCheckRequest { Service = "unknown" });
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(call));
    }

    [Fact]
    public async Task Watch_ends_with_NOT_SERVING_when_the_host_stops()
    {
        await using var server = await StartAsync();
        using var call = new global::Grpc.Health.V1.Health.HealthClient(server.Channel()).Watch(new HealthCheckRequest());
        Assert.Equal(ServingStatus.Serving, await NextAsync(call));
        var stopping = server.App.StopAsync();
        Assert.Equal(ServingStatus.NotServing, await NextAsync(call));
        Assert.False(await call.ResponseStream.MoveNext().Soon());
        await stopping.Soon();
    }

    [Fact]
    public async Task Nothing_is_kept_of_a_service_that_nobody_watches_any_more()
    {
        var health = new HealthServiceImpl();
        using var leave = new CancellationTokenSource();
        using var stay = new CancellationTokenSource();
        var told = new Told();
        var stays = health.WatchAsync("0", told, stay.Token);
        var left = Enumerable.Range(0, 3).Select(i => health.WatchAsync($"{i}", new Told(), leave.Token)).ToList();
        Assert.Equal(3, health.WatchedServices);

        await leave.CancelAsync();
        await Task.WhenAll(left).Soon();
        Assert.Equal(1, health.WatchedServices);
        Assert.Equal(ServingStatus.ServiceUnknown, await told.NextAsync());
        health.SetStatus("0", ServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await told.NextAsync());

        await stay.CancelAsync();
        await stays.Soon();
        Assert.Equal(0, health.WatchedServices);
    }

    private static async Task<ServingStatus> CheckAsync(global::Grpc.Health.V1.Health.HealthClient client, string service) =>
        (await client.CheckAsync(new HealthCheckRequest { Service = service }).ResponseAsync.Soon()).Status;

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        return call.ResponseStream.Current.Status;
    }

    private Task<TestServer> StartAsync() => TestServer.StartAsync(
        services: services =>
        {
            services.AddGrpcHealthChecks(static options =>
                {
                    options.Services.Map("live", static _ => false);
                    options.Services.Map("live", static context => context.Tags.Contains("live", StringComparer.Ordinal));
                    options.Services.Map("ready", static context => context.Tags.Contains("ready", StringComparer.Ordinal));
                })
                .AddCheck("process", static () => HealthCheckResult.Healthy(), ["live"])
                .AddCheck("store", () => _isReady ? HealthCheckResult.Degraded() : new HealthCheckResult(HealthStatus.Unhealthy), ["ready"]);
            services.Configure<HealthCheckPublisherOptions>(static options =>
            {
                options.Delay = TimeSpan.Zero;
                options.Period = TimeSpan.FromSeconds(1);
            });
        },
        map: static app => app.MapGrpcHealthChecksService());

    /// <summary>What a watcher was told, in order.</summary>
    private sealed class Told : IServerStreamWriter<HealthCheckResponse>
    {
        private readonly Channel<ServingStatus> _statuses = Channel.CreateUnbounded<ServingStatus>();

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(HealthCheckResponse message) => WriteAsync(message, CancellationToken.None);

        public Task WriteAsync(HealthCheckResponse message, CancellationToken cancellationToken) =>
            _statuses.Writer.WriteAsync(message.Status, cancellationToken).AsTask();

        public Task<ServingStatus> NextAsync() => _statuses.Reader.ReadAsync().AsTask().Soon();
    }
}
