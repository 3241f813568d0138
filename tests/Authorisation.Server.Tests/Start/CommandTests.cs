using Authorisation.Schema;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Server.Tests.Start;

/// <summary>The commands beside serving, and what the server makes of a database that is not its own.</summary>
[Trait("Tier", "Slow")]
public sealed class CommandTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task Migrate_creates_the_schema_says_so_and_finds_nothing_to_do_the_next_time()
    {
        await using var empty = await Wire.Ledgers.CreateOwnEmptyAsync();
        var first = await MigrateAsync(empty);
        Assert.Equal((0, ""), (first.ExitCode, first.Errors));
        Assert.StartsWith("Applying 0001", first.Output, StringComparison.Ordinal);
        Assert.EndsWith($"Done: the schema is at version {Migration.Latest}.", first.Output, StringComparison.Ordinal);

        var second = await MigrateAsync(empty);
        Assert.Equal((0, $"Nothing to do: the schema is at version {Migration.Latest}.", ""), second);

        await using var server = new ServerNode(empty.ServiceConnectionString, Wire.Redis);
        await server.StartReadyAsync();
    }

    [Fact]
    public async Task Migrate_takes_the_owner_from_the_environment_and_says_in_one_line_what_is_wrong()
    {
        await FailsAsync(["migrate"], "--owner-connection");
        await FailsAsync(["migrate", "--owner-connection", "Host=127.0.0.1;Port=1;Username=nobody"], "127.0.0.1:1");
        await FailsAsync(["migrate", "--owner-connection", "Nonsense=1"], "nonsense");
        await FailsAsync(
            ["migrate", "--owner-connection", Ledger.OwnerConnectionString, "--service-role", "nobody"], "create role \"nobody\"");
        await FailsAsync(["migrate", "--owner-connection", Ledger.ServiceConnectionString], "permission denied");

        await using var program = await ServerProgram.StartAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["LEDGER_OWNER_CONNECTION"] = Ledger.OwnerConnectionString },
            "migrate");
        Assert.Equal(0, (await program.EndedAsync()).ExitCode);
    }

    [Fact]
    public async Task A_database_without_a_schema_ends_the_start_with_what_to_run()
    {
        await using var empty = await Wire.Ledgers.CreateOwnEmptyAsync();
        var errors = await RefusesAsync(empty);
        Assert.Contains("migrate", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_newer_program_ends_the_start_and_the_migration()
    {
        await using var newer = await Wire.Ledgers.CreateOwnAsync();
        await newer.ExecuteAsync("insert into schema_version (version, name) values (9999, 'to come')");
        var errors = await RefusesAsync(newer);
        Assert.Contains("9999", errors, StringComparison.Ordinal);
        await FailsAsync(["migrate", "--owner-connection", newer.OwnerConnectionString], "9999");
    }

    [Fact]
    public async Task A_server_does_not_start_as_the_owner_of_the_schema()
    {
        var (exitCode, _, errors) = await ServerProgram.RunAsync(
            ["serve", .. InProcessServer.SettingsFor(Ledger.OwnerConnectionString, Wire.Redis, port: 0)]);
        Assert.Equal(1, exitCode);
        Assert.Contains("owns the schema", errors, StringComparison.Ordinal);
        Assert.Contains("authorisation_service", errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
    }

    [Fact]
    public async Task Health_tells_whether_a_server_is_ready()
    {
        await SaysAsync((0, "ready", ""), Server.Address.ToString());
        await FailsAsync(["health", "--address", "http://127.0.0.1:1"], "127.0.0.1:1");
        await FailsAsync(["health", "--address", "nonsense"], "--address");

        await using var unready = new ServerNode("Host=127.0.0.1;Port=1;Username=nobody", Wire.Redis);
        await unready.StartAsync();
        await Readiness.IsNotServingAsync(unready.Channel);
        await SaysAsync((1, "not ready", ""), $"http://{unready.Channel.Target}");
    }

    /// <summary>Asks for the health until it is this: the command itself waits for seconds only, which a cold start may take.</summary>
    private static async Task SaysAsync((int ExitCode, string Output, string Errors) expected, string address) => await Eventually.TrueAsync(
        async () =>
        {
            var ended = await ServerProgram.RunAsync("health", "--address", address);
            return ended == expected ? true : throw new InvalidOperationException($"It said {ended}.");
        },
        Eventually.ProcessBound,
        $"the command says {expected}");

    private static Task<(int ExitCode, string Output, string Errors)> MigrateAsync(TestLedger ledger) =>
        ServerProgram.RunAsync("migrate", "--owner-connection", ledger.OwnerConnectionString);

    private async Task<string> RefusesAsync(TestLedger ledger)
    {
        var (exitCode, output, errors) = await ServerProgram.RunAsync(
            ["serve", .. InProcessServer.SettingsFor(ledger.ServiceConnectionString, Wire.Redis, port: 0)]);
        Assert.Equal(1, exitCode);
        Assert.DoesNotContain('\n', errors);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        return errors;
    }

    private static async Task FailsAsync(string[] arguments, string named)
    {
        var (exitCode, _, errors) = await ServerProgram.RunAsync(arguments);
        Assert.Equal(1, exitCode);
        Assert.Contains(named, errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors.TrimEnd());
        Assert.DoesNotContain("only-for-tests", errors, StringComparison.Ordinal);
    }
}
