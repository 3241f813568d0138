using System.Diagnostics;

namespace Authorisation.Grpc.Tests.Support;

/// <summary>Programs in other languages, run from the tests' own sources.</summary>
public static class Foreign
{
    public const string Install = "apt-get install python3-grpcio python3-protobuf protobuf-compiler nodejs npm";

    // Debian's own interpreter: others on the path do not see Debian's packages.
    public const string Python = "/usr/bin/python3";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static string TestsDirectory { get; } = Path.Combine(FindRoot(), "tests", "Authorisation.Grpc.Tests");

    public static string OwnProtos { get; } = Path.Combine(FindRoot(), "src", "Authorisation.Grpc", "Protos");

    public static async Task<string> RunAsync(
        string file, string directory, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using var process = Start(file, directory, environment, arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Bound);
        }
        catch (TimeoutException exception)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{file} {string.Join(' ', arguments)} did not end: {await output}{await error}", exception);
        }

        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException(
                $"{file} {string.Join(' ', arguments)} failed; is everything installed ({Install})? {await output}{await error}");
    }

    public static Process Start(
        string file, string directory, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidOperationException($"{file} is not there: {Install}", exception);
        }
    }

    /// <summary>Makes the Python messages of the tests' protos in a directory of their own.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> PythonMessagesAsync(string directory)
    {
        await RunAsync(
            "protoc", directory, null, $"--proto_path={Path.Combine(TestsDirectory, "Protos")}", $"--python_out={directory}", "interop.proto");

        // Under a name of their own: a package "grpc" would hide grpcio.
        var copied = Path.Combine(directory, "protos");
        foreach (var proto in Directory.EnumerateFiles(Path.Combine(OwnProtos, "grpc"), "*.proto", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copied, "grpc_pkg", Path.GetRelativePath(Path.Combine(OwnProtos, "grpc"), proto));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(proto, target);
            await RunAsync("protoc", directory, null, $"--proto_path={copied}", $"--python_out={directory}", target);
        }

        return new Dictionary<string, string>(StringComparer.Ordinal) { ["PYTHONPATH"] = directory, ["PYTHONDONTWRITEBYTECODE"] = "1" };
    }

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Authorisation.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException("The repository's root is not above the tests.");
    }
}
