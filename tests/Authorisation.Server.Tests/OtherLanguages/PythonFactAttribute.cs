using System.Diagnostics;
using Xunit;

namespace Authorisation.Server.Tests.OtherLanguages;

/// <summary>A test that needs Debian's grpcio and protoc: skipped where they are missing, but failing there on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonFactAttribute : FactAttribute
{
    /// <summary>The system's own Python, whatever else is first on the path.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly TimeSpan LookBound = TimeSpan.FromSeconds(20);
    private static readonly Lazy<bool> IsThere = new(() =>
        Succeeds(Python, "-c", "import grpc, google.protobuf") && Succeeds("protoc", "--version"));

    /// <summary>Looks whether it can run.</summary>
    public PythonFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") is null && !IsThere.Value)
        {
            Skip = "Needs python3-grpcio, python3-protobuf and protobuf-compiler.";
        }
    }

    internal static bool Succeeds(string program, params string[] arguments)
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
