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
