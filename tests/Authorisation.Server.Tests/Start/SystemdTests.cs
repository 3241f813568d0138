using System.Globalization;
using Authorisation.Core;
using Authorisation.Hosting.Systemd;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using Xunit;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Authorisation.Server.Tests.Start;

/// <summary>What a server tells the systemd that started it.</summary>
[Trait("Tier", "Slow")]
public sealed class SystemdTests(PostgresServer postgres, SharedRedis redis)
    : IClassFixture<PostgresServer>, IClassFixture<SharedRedis>
{
    private const string Ready = "READY=1";
    private const string Alive = "WATCHDOG=1";
    private const string Stopping = "STOPPING=1";

    [Fact]
    public async Task It_is_ready_when_health_is_serving_is_fed_without_postgres_and_says_that_it_stops()
    {
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await postgres.Private.StopAsync();
        await using var systemd = new NotifySocket();
        await using var node = new ServerNode(ledger.ServiceConnectionString, redis.ConnectionString);
        await node.StartAsync(Environment(systemd, TimeSpan.FromSeconds(1)));
        await Readiness.IsNotServingAsync(node.Channel);
        await Eventually.TrueAsync(
            () => systemd.Lines.Any(line => line.StartsWith("STATUS=Not ready: ", StringComparison.Ordinal)), Eventually.Bound, "it says why");
        Assert.Equal((0, 0), (systemd.Count(Ready), systemd.Count(Alive)));

        await postgres.Private.StartAsync();
        await Eventually.TrueAsync(() => systemd.Count(Ready) > 0, Eventually.ProcessBound, "it is ready");
        Assert.Equal(Status.Serving, await Readiness.OfAsync(node.Channel));
        await FedAsync(systemd);

        await postgres.Private.StopAsync();
        await Readiness.IsNotServingAsync(node.Channel);
        await FedAsync(systemd);
        await postgres.Private.StartAsync();

        Assert.Equal(0, systemd.Count(Stopping));
        node.Program.Signal(Signals.Term);
        var (exitCode, _, _) = await node.Program.EndedAsync();
        Assert.Equal((0, 1, 1), (exitCode, systemd.Count(Ready), systemd.Count(Stopping)));
        Assert.Equal(Stopping, systemd.Lines.Last(line => line != Alive));
    }

    [Fact]
    public async Task It_is_not_fed_while_its_work_stands_still_and_again_when_that_moves()
    {
        var systemd = new Told();
        var looks = 0;
        var still = TimeSpan.Zero;
        var log = new TestLog();
        using var lifetime = new StartedLifetime();
        using var notifications = new ServiceNotifications(
            systemd,
            new ServiceSigns(_ => Task.FromResult<string?>(null), () =>
            {
                Interlocked.Increment(ref looks);
                return still;
            }),
            TimeSpan.FromMilliseconds(30),
            lifetime,
            new LoggerFactory([log]).CreateLogger<ServiceNotifications>());
        await notifications.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => systemd.Fed > 2, Eventually.Bound, "it is fed");

        still = Limits.WorkStandsStillMax;
        await Eventually.TrueAsync(() => log.Entries.Any(entry => entry.EventId.Id == 4690), Eventually.Bound, "it says that work stands still");
        var (fed, looked) = (systemd.Fed, looks);
        await Eventually.TrueAsync(() => Volatile.Read(ref looks) > looked + 3, Eventually.Bound, "it looks again and again");
        Assert.Equal(fed, systemd.Fed);

        still = TimeSpan.Zero;
        await Eventually.TrueAsync(() => systemd.Fed > fed, Eventually.Bound, "it is fed again");
        await notifications.StopAsync(CancellationToken.None);
    }

    private static Task FedAsync(NotifySocket systemd)
    {
        var before = systemd.Count(Alive);
        return Eventually.TrueAsync(() => systemd.Count(Alive) > before + 3, Eventually.Bound, "the watchdog is fed");
    }

    private static Dictionary<string, string> Environment(NotifySocket systemd, TimeSpan watchdog) => new(StringComparer.Ordinal)
    {
        ["NOTIFY_SOCKET"] = systemd.Path,
        ["WATCHDOG_USEC"] = watchdog.TotalMicroseconds.ToString(CultureInfo.InvariantCulture),
    };

    private sealed class Told : ISystemdNotifier
    {
        private int _fed;

        public bool IsEnabled => true;

        public int Fed => Volatile.Read(ref _fed);

        public void Notify(ServiceState state)
        {
            if (state.ToString() == Alive)
            {
                Interlocked.Increment(ref _fed);
            }
        }
    }

    private sealed class StartedLifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted { get; } = new(canceled: true);

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public void Dispose() => _stopping.Dispose();
    }
}
