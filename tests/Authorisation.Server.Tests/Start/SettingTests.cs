using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Authorisation.Server.Tests.Support;
using Xunit;

namespace Authorisation.Server.Tests.Start;

/// <summary>A setting that is wrong ends the start: exit code 1 and one line that names it.</summary>
[Trait("Tier", "Slow")]
public sealed class SettingTests(SharedWire wire) : WireTest(wire)
{
    private const string Ledger1 = "--Ledger:ConnectionString=Host=127.0.0.1;Password=secret";

    private static readonly string LongName = new('n', 33);

    private static readonly string CodeKey1 = Convert.ToBase64String(new byte[32]);

    public static TheoryData<string, string[]> WrongSettings => new()
    {
        { "Ledger:ConnectionString", [] },
        { "Ledger:ConnectionString", ["--Ledger:ConnectionString="] },
        { "Ledger:ConnectionString", ["--Ledger:ConnectionString=Password=secret;Nonsense=1"] },
        { "Cache:ConnectionString", [Ledger1, "--Cache:ConnectionString="] },
        { "Listen:Port", [Ledger1, "--Listen:Port=65536"] },
        { "Listen:Port", [Ledger1, "--Listen:Port", "http"] },
        { "Listen:Address", [Ledger1, "--Listen:Address=localhost:5100"] },
        { "Listen:Certificate:Path", [Ledger1, "--Listen:Address=0.0.0.0"] },
        { "Listen:Certificate:Path", [Ledger1, "--Listen:Certificate:Path=/no/such/file.pem", "--Listen:Certificate:KeyPath=/no/such.key"] },
        { "Listen:Certificate:Path", [Ledger1, "--Listen:Certificate:Password=secret"] },
        { "Listen:Connections", [Ledger1, "--Listen:Connections=0"] },
        { "Listen:ConnectionsPerAddress", [Ledger1, "--Listen:ConnectionsPerAddress=many"] },
        { "Listen:ConnectionsPerAddress", [Ledger1, "--Listen:ConnectionsPerAddress=0"] },
        { "Activation:CodeKey", [Ledger1, "--Activation:CodeKey=c2hvcnQ="] },
        { "Activation:CodeKey", [Ledger1, $"--Activation:OtherCodeKey={CodeKey1}"] },
        { "Activation:OtherCodeKey", [Ledger1, $"--Activation:CodeKey={CodeKey1}", $"--Activation:OtherCodeKey={CodeKey1}"] },
        { "Activation:OtherCodeKey", [Ledger1, $"--Activation:CodeKey={CodeKey1}", "--Activation:OtherCodeKey=c2hvcnQ="] },
        { "Ledger:Lanes", [Ledger1, "--Ledger:Lanes=0"] },
        { "Ledger:Lanes", [Ledger1, "--Ledger:Lanes=33"] },
        { "Ledger:RequireSynchronousStandby", [Ledger1, "--Ledger:RequireSynchronousStandby=perhaps"] },
        { "Ledger:Others:north:ConnectionString", [Ledger1, "--Ledger:Others:north:Lanes=2"] },
        { "Ledger:Others:north:ConnectionString", [Ledger1, "--Ledger:Others:north:ConnectionString=Password=secret;Nonsense=1"] },
        { "Ledger:Others:north:Lanes", [Ledger1, "--Ledger:Others:north:ConnectionString=Host=127.0.0.1", "--Ledger:Others:north:Lanes=33"] },
        { "Ledger:Others:north:Host", [Ledger1, "--Ledger:Others:north:ConnectionString=Host=127.0.0.1", "--Ledger:Others:north:Host=db"] },
        { "Ledger:Others:North", [Ledger1, "--Ledger:Others:North:ConnectionString=Host=127.0.0.1"] },
        { "Ledger:Others:default", [Ledger1, "--Ledger:Others:default:ConnectionString=Host=127.0.0.1"] },
        { "Ledger:Others:the north", [Ledger1, "--Ledger:Others:the north:ConnectionString=Host=127.0.0.1"] },
        { $"Ledger:Others:{LongName}", [Ledger1, $"--Ledger:Others:{LongName}:ConnectionString=Host=127.0.0.1"] },
        { "Ledger:Others", [Ledger1, .. Enumerable.Range(0, 16).Select(static i => $"--Ledger:Others:l{i}:ConnectionString=Host=127.0.0.1")] },
        { "Ledger:Lanse", [Ledger1, "--Ledger:Lanse=2"] },
        { "Logging:LogLevel:Default", [Ledger1, "--Logging:LogLevel:Default=Loud"] },
        { "Telemetry:Metrics:Port", [Ledger1, "--Telemetry:Metrics:Port=65536"] },
        { "Telemetry:Metrics:Address", [Ledger1, "--Telemetry:Metrics:Address=metrics.example.com"] },
        { "Telemetry:Metrics:Path", [Ledger1, "--Telemetry:Metrics:Path=/metrics"] },
        { "Telemetry:Otlp:Endpoint", [Ledger1, "--Telemetry:Otlp:Endpoint=collector:4317"] },
        { "Telemetry:Otlp:Endpoint", [Ledger1, "--Telemetry:Otlp:Headers=api-key=secret"] },
        { "Telemetry:Otlp:Headers", [Ledger1, "--Telemetry:Otlp:Endpoint=http://127.0.0.1:4317", "--Telemetry:Otlp:Headers=secret"] },
        { "Telemetry:Otlp:Protocol", [Ledger1, "--Telemetry:Otlp:Protocol=http/json"] },
        { "Telemetry:Traces:SharePercent", [Ledger1, "--Telemetry:Traces:SharePercent=101"] },
        { "--Port", [Ledger1, "--Port=5100"] },
        { "sreve", ["sreve"] },
        { "Listen:Port", [Ledger1, "--Listen:Port"] },
    };

    [Theory]
    [MemberData(nameof(WrongSettings))]
    public async Task A_wrong_setting_ends_the_start_with_one_line_that_names_it(string named, string[] arguments)
    {
        var (exitCode, output, errors) = await ServerProgram.RunAsync(arguments);
        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith(named, errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
        Assert.DoesNotContain("secret", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_may_come_from_the_environment()
    {
        await using var program = await ServerProgram.StartAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Ledger__ConnectionString"] = Ledger.ServiceConnectionString,
                ["Ledger__Lanes"] = "none",
            });
        var (exitCode, _, errors) = await program.EndedAsync();
        Assert.Equal(1, exitCode);
        Assert.StartsWith("Ledger:Lanes", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_ends_the_start_with_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var (exitCode, output, errors) = await ServerProgram.RunAsync(
            ["serve", .. InProcessServer.SettingsFor(Ledger.ServiceConnectionString, Wire.Redis, port)]);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("Listen:Port", errors, StringComparison.Ordinal);
        Assert.Contains(port.ToString(CultureInfo.InvariantCulture), errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
        Assert.False(output.Contains("   at ", StringComparison.Ordinal), output);
    }

    [Fact]
    public async Task A_port_for_metrics_in_use_ends_the_start_with_one_line_likewise()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var (exitCode, output, errors) = await ServerProgram.RunAsync(
            ["serve", .. InProcessServer.SettingsFor(Ledger.ServiceConnectionString, Wire.Redis, 0), "--Telemetry:Metrics:Port", port]);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("Telemetry:Metrics:Port", errors, StringComparison.Ordinal);
        Assert.Contains(port, errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
        Assert.False(output.Contains("   at ", StringComparison.Ordinal), output);
    }

    [Theory]
    [InlineData("--help", "serve", "migrate", "health")]
    [InlineData("migrate --help", "--owner-connection", "--service-role", "migrate")]
    [InlineData("health --help", "--address", "health", "ready")]
    public async Task Help_says_what_there_is(string arguments, params string[] words)
    {
        var (exitCode, output, errors) = await ServerProgram.RunAsync(arguments.Split(' '));
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.All(words, word => Assert.Contains(word, output, StringComparison.Ordinal));
    }
}
