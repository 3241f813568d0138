using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Grpc.Core;
using Grpc.Health.V1;
using Xunit;
using Xunit.Abstractions;
using HealthClient = Grpc.Health.V1.Health.HealthClient;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Authorisation.Server.Tests.Outages;

/// <summary>What a server says of itself while its ledger comes and goes.</summary>
[Trait("Tier", "Slow")]
public sealed class ReadinessTests(PostgresServer postgres, SharedRedis redis, ITestOutputHelper output)
    : LoggedTest(output), IClassFixture<PostgresServer>, IClassFixture<SharedRedis>
{
    [Fact]
    public async Task A_server_that_starts_before_its_ledger_becomes_ready_when_that_is_there()
    {
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        var token = (await TestOperator.CreateAsync(ledger)).ValidatorToken;
        await postgres.Private.StopAsync();

        await using var server = await InProcessServer.StartAsync(
            ledger.ServiceConnectionString, redis.ConnectionString, Log);
        Assert.Equal(Status.NotServing, await Readiness.OfAsync(server.Channel));
        await WireError.OfAsync(
            server.Caller(token).GetAuthorisationAsync(Guid.NewGuid().ToString()), StatusCode.Unavailable, "STARTING");

        await postgres.Private.StartAsync();
        await Readiness.IsServingAsync(server.Channel);
        await WireError.OfAsync(
            server.Caller(token).GetAuthorisationAsync(Guid.NewGuid().ToString()), StatusCode.NotFound, "AUTHORISATION_NOT_FOUND");
    }

    [Fact]
    public async Task A_health_watcher_sees_when_the_ledger_goes_and_when_it_comes_back()
    {
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await using var server = await InProcessServer.StartAsync(
            ledger.ServiceConnectionString, redis.ConnectionString, Log);
        await Readiness.IsServingAsync(server.Channel);
        using var watching = new HealthClient(server.Channel)
            .Watch(new HealthCheckRequest(), deadline: DateTime.UtcNow + (Eventually.Bound * 2));

        await IsToldAsync(watching, Status.Serving);
        await postgres.Private.StopAsync();
        await IsToldAsync(watching, Status.NotServing);
        await postgres.Private.StartAsync();
        await IsToldAsync(watching, Status.Serving);
    }

    [Fact]
    public async Task A_server_that_is_to_have_a_synchronous_standby_is_not_ready_without_one()
    {
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await using var server = await InProcessServer.StartAsync(
            ledger.ServiceConnectionString, redis.ConnectionString, Log, time: null, "--Ledger:RequireSynchronousStandby=true");
        Assert.Equal(Status.NotServing, await Readiness.OfAsync(server.Channel));
        Assert.Contains(Log.Entries, entry => entry.Message.Contains("RequireSynchronousStandby", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_nobody_knows_has_no_health()
    {
        await using var server = await InProcessServer.StartAsync(
            "Host=127.0.0.1;Port=1;Username=nobody", redis.ConnectionString, Log);
        var error = await WireError.OfAsync(new HealthClient(server.Channel)
            .CheckAsync(new HealthCheckRequest { Service = "nobody" }).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, error.Code);
    }

    [Fact]
    public async Task A_schema_that_turns_out_to_be_another_ends_the_server_with_one_line()
    {
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await ledger.ExecuteAsync("insert into schema_version (version, name) values (9999, 'to come')");
        await postgres.Private.StopAsync();
        await using var node = new ServerNode(ledger.ServiceConnectionString, redis.ConnectionString);
        await node.StartAsync();
        await Readiness.IsNotServingAsync(node.Channel);

        await postgres.Private.StartAsync();
        var (exitCode, _, errors) = await node.Program.EndedAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("9999", errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
    }

    private static async Task IsToldAsync(AsyncServerStreamingCall<HealthCheckResponse> watching, Status status)
    {
        Assert.True(await watching.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Eventually.Bound));
        Assert.Equal(status, watching.ResponseStream.Current.Status);
    }
}
