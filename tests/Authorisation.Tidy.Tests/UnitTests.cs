using System.Diagnostics;

namespace Authorisation.Tidy.Tests;

/// <summary>The units in deploy/, as systemd itself reads them.</summary>
public class UnitTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_unit_waits_until_its_program_serves_and_is_fed()
    {
        var units = Repository.Files("deploy", ".service").ToList();
        Assert.NotEmpty(units);
        foreach (var unit in units)
        {
            var lines = Repository.Lines(unit);
            Assert.Contains("Type=notify", lines, StringComparer.Ordinal);
            // However long Postgres stays away.
            Assert.Contains("TimeoutStartSec=infinity", lines, StringComparer.Ordinal);
            Assert.Contains(lines, line => line.StartsWith("WatchdogSec=", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Metrics_are_opened_and_reach_nobody_outside()
    {
        foreach (var unit in Repository.Files("deploy", ".service"))
        {
            var lines = Repository.Lines(unit);
            Assert.Contains(lines, line => line.StartsWith("Environment=Telemetry__Metrics__Port=", StringComparison.Ordinal));
            // On loopback, as by default.
            Assert.DoesNotContain(lines, line => line.Contains("Telemetry__Metrics__Address", StringComparison.Ordinal));
        }

        var compose = Repository.Lines("deploy/compose.yaml");
        var ports = compose.Where(line => line.Contains("Telemetry__Metrics__Port:", StringComparison.Ordinal))
            .Select(line => line.Split('"')[1]).ToList();
        Assert.Equal(2, ports.Count);
        // Published are the calls' ports alone: "127.0.0.1:5100:5100".
        var published = compose.Select(line => line.Trim()).Where(line => line.StartsWith("- \"127.0.0.1:", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(published);
        Assert.DoesNotContain(published, line => ports.Exists(port => line.Contains(port, StringComparison.Ordinal)));
        Assert.DoesNotContain(Repository.Lines("Dockerfile"), line => ports.Exists(port => line.Contains(port, StringComparison.Ordinal)));
    }

    [SystemdFact]
    public void Systemd_finds_nothing_wrong_with_a_unit_and_sees_what_is()
    {
        foreach (var unit in Repository.Files("deploy", ".service"))
        {
            // The programs are not installed here; systemd would say so.
            var text = string.Join('\n', Repository.Lines(unit).Select(static line =>
                line.StartsWith("ExecStart=", StringComparison.Ordinal) ? "ExecStart=/bin/true" : line));
            Assert.Equal("", Verify(unit, text));
            Assert.Contains("WatchdogSecs", Verify(unit, text.Replace("WatchdogSec=", "WatchdogSecs=", StringComparison.Ordinal)), StringComparison.Ordinal);
        }
    }

    private static string Verify(string unit, string text)
    {
        var folder = Directory.CreateTempSubdirectory("authorisation-units-");
        try
        {
            var path = Path.Combine(folder.FullName, Path.GetFileName(unit));
            File.WriteAllText(path, text);
            using var process = Process.Start(new ProcessStartInfo(SystemdFactAttribute.Program, ["verify", "--man=no", path])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            })!;
            var said = process.StandardError.ReadToEndAsync();
            Assert.True(process.WaitForExit(Bound), "systemd-analyze has not ended");
            return said.Result;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A test that is skipped where there is no systemd to ask.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class SystemdFactAttribute : FactAttribute
    {
        public const string Program = "/usr/bin/systemd-analyze";

        public SystemdFactAttribute()
        {
            if (!File.Exists(Program))
            {
                Skip = $"There is no {Program}.";
            }
        }
    }
}
