using Authorisation.Admin.Tests.Support;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>What a control plane tells the systemd that started it.</summary>
[Trait("Tier", "Slow")]
public sealed class SystemdTests(SharedAdmin shared) : IClassFixture<SharedAdmin>
{
    [Fact]
    public async Task It_is_ready_when_it_can_serve_is_fed_and_says_that_it_stops()
    {
        await using var ledger = await shared.Ledgers.CreateOwnAsync();
        await using var systemd = new NotifySocket();
        await using var program = await StartAsync(systemd, ledger.AdminConnectionString);

        await Eventually.TrueAsync(() => systemd.Count("WATCHDOG=1") > 3, Eventually.ProcessBound, "the watchdog is fed");
        Assert.Equal((1, 0), (systemd.Count("READY=1"), systemd.Count("STOPPING=1")));
        program.Signal(Signals.Term);
        var (exitCode, _, _) = await program.EndedAsync();

        Assert.Equal((0, 1, 1), (exitCode, systemd.Count("READY=1"), systemd.Count("STOPPING=1")));
    }

    [Fact]
    public async Task It_is_not_ready_without_postgres_and_says_why()
    {
        await using var systemd = new NotifySocket();
        await using var program = await StartAsync(systemd, "Host=127.0.0.1;Port=1;Username=nobody;Database=none");

        await Eventually.TrueAsync(
            () => systemd.Lines.Any(line => line.Contains("Failed to connect to 127.0.0.1:1", StringComparison.Ordinal)),
            Eventually.ProcessBound,
            "it says what it waits for");
        Assert.DoesNotContain(systemd.Lines, line => !line.StartsWith("STATUS=Not ready: ", StringComparison.Ordinal));
    }

    private Task<TestProgram> StartAsync(NotifySocket systemd, string ledger) => TestProgram.StartAsync(
        "Authorisation.Admin",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["NOTIFY_SOCKET"] = systemd.Path, ["WATCHDOG_USEC"] = "600000" },
        "--Listen:Port=0", $"--Ledger:ConnectionString={ledger}", $"--Activation:CodeKey={shared.CodeKey}", "--MonthEnd:Runs=false");
}
