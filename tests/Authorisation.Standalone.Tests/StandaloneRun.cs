using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Authorisation.PrivateServers;
using Authorisation.Testing;
using Npgsql;
using Xunit;

namespace Authorisation.Standalone.Tests;

/// <summary>The real program, in a process of its own, as <c>./dev run</c> starts it.</summary>
internal sealed partial class StandaloneRun : IAsyncDisposable
{
    public const string Ready = "Ready.";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(180);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Task _read;

    private StandaloneRun(string directory, string[] arguments)
    {
        Directory = directory;
        _process = new Process
        {
            // Tests that run in the background of a script ignore the interrupt; what they start must heed it.
            StartInfo = new ProcessStartInfo(
                "env",
                ["--default-signal=INT,QUIT", "dotnet", Path.Combine(AppContext.BaseDirectory, "Authorisation.Standalone.dll"),
                    "--directory", directory, .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                // What it shows is not timed here.
                Environment = { ["Start__WarmUpSeconds"] = "0" },
            },
        };
        _process.Start();
        _process.StandardInput.Close();
        _read = Task.WhenAll(ReadAsync(_process.StandardOutput, _output), ReadAsync(_process.StandardError, _errors));
    }

    public string Directory { get; }

    public int ProcessId => _process.Id;

    public string Output => string.Join('\n', _output);

    public string Errors => string.Join('\n', _errors);

    private string Data => Path.Combine(Directory, RunDirectory.PostgresName, "data");

    /// <summary>Starts it on a port of its own.</summary>
    public static StandaloneRun Start(string directory, params string[] arguments) =>
        new(directory, arguments.Contains("--port") ? arguments : [.. arguments, "--port", $"{FreePort.Next()}"]);

    /// <summary>Starts it and waits until it is up.</summary>
    public static async Task<StandaloneRun> StartReadyAsync(string directory, params string[] arguments)
    {
        var run = Start(directory, arguments);
        await run.WaitForOutputAsync(Ready);
        return run;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<StandaloneRun> RunAsync(string directory, params string[] arguments)
    {
        var run = Start(directory, arguments);
        await run.EndAsync();
        return run;
    }

    public Task WaitForOutputAsync(string text) => WaitAsync(() => Output.Contains(text, StringComparison.Ordinal), $"it says “{text}”");

    /// <summary>Waits for the condition, but no longer than the program runs.</summary>
    public async Task WaitAsync(Func<bool> condition, string because)
    {
        await Eventually.TrueAsync(() => condition() || _process.HasExited, Bound, because);
        Assert.True(condition(), $"It ended before {because}.\n{Output}\n{Errors}");
    }

    public void Signal(PosixSignal signal) => Assert.Equal(0, Kill(ProcessId, signal switch
    {
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGTERM => 15,
        PosixSignal.SIGHUP => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(signal)),
    }));

    /// <summary>Kills the program alone, as the system does when memory runs out.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await EndAsync();
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var bound = new CancellationTokenSource(Bound);
        await _process.WaitForExitAsync(bound.Token);
        await _read.WaitAsync(Bound);
        return _process.ExitCode;
    }

    /// <summary>Fails unless the program ended with this code, saying one line that holds all of these words.</summary>
    public async Task AssertFailedAsync(int exitCode, params string[] words)
    {
        Assert.True(await EndAsync() == exitCode, $"exit code {_process.ExitCode}\n{Output}\n{Errors}");
        var line = Assert.Single(_errors);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
        await WaitForServersToEndAsync();
    }

    public async Task AssertSucceededAsync()
    {
        Assert.True(await EndAsync() == 0, $"exit code {_process.ExitCode}\n{Output}\n{Errors}");
        Assert.Empty(_errors);
        Assert.Empty(Servers());
    }

    /// <summary>The servers of this directory that live.</summary>
    public IReadOnlyList<int> Servers() =>
    [
        .. ProcessTable.InDirectory(Data, "postgres"),
        .. ProcessTable.InDirectory(Data + ".unfinished", "postgres"),
        .. ProcessTable.InDirectory(Path.Combine(Directory, RunDirectory.RedisName), "redis-server"),
    ];

    /// <summary>Waits until what was killed by the program, or by the kernel at its death, is gone.</summary>
    public Task WaitForServersToEndAsync() =>
        Eventually.TrueAsync(() => Servers().Count == 0, Bound, "the servers end with the program");

    /// <summary>Runs a statement in the running Postgres.</summary>
    public async Task<object?> SqlAsync(string statement)
    {
        var port = int.Parse(File.ReadAllLines(Path.Combine(Data, "postmaster.pid"))[3], CultureInfo.InvariantCulture);
        var password = await File.ReadAllTextAsync(Path.Combine(Directory, RunDirectory.PostgresName, "password"));
        await using var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={port};Username=postgres;Password={password};Database=postgres;Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
            await WaitForServersToEndAsync();
        }

        _process.Dispose();
    }

    private static async Task ReadAsync(StreamReader reader, ConcurrentQueue<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Enqueue(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
