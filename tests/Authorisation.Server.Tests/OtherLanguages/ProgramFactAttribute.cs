using System.Diagnostics;
using Xunit;

namespace Authorisation.Server.Tests.OtherLanguages;

/// <summary>A test that needs programs of another language: skipped where they are missing, but failing there on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class ProgramFactAttribute : FactAttribute
{
    private static readonly TimeSpan LookBound = TimeSpan.FromSeconds(20);

    /// <summary>Why it cannot run; null when it can, or must.</summary>
    protected static string? SkipUnless(Lazy<bool> isThere, string needs) =>
        Environment.GetEnvironmentVariable("CI") is null && !isThere.Value ? $"Needs {needs}." : null;

    /// <summary>Whether a program is there and does this.</summary>
    protected static bool Succeeds(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            return process.WaitForExit(LookBound) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
