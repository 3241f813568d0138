using System.Diagnostics;
using System.Globalization;

namespace Authorisation.LoadTests.Processes;

/// <summary>
/// A program in the background that ends when this process does, however this process ends: a shell beside it waits
/// for the end of a pipe from here, and stops it then.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // Ctrl-C goes to the whole group, and must not end the shell before the program that it looks after.
    private const string Guardian = """
        trap '' INT
        log=$1
        shift
        "$@" </dev/null >"$log" 2>&1 &
        pid=$!
        echo $pid
        cat >/dev/null
        kill $pid 2>/dev/null
        wait $pid
        """;

    private const int LinesToldOfLog = 5;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    private readonly Process _guardian;
    private readonly string _log;
    private bool _isDisposed;

    private ChildProcess(Process guardian, string log, int id)
    {
        _guardian = guardian;
        _log = log;
        Id = id;
    }

    /// <summary>The program's process id.</summary>
    public int Id { get; }

    /// <summary>Whether it still runs.</summary>
    public bool IsRunning => ProcessorTime.Of(Id) is not null;

    /// <summary>The end of what it wrote.</summary>
    public string LogTail
    {
        get
        {
            try
            {
                return string.Join('\n', File.ReadLines(_log).TakeLast(LinesToldOfLog));
            }
            catch (IOException)
            {
                return "";
            }
        }
    }

    /// <summary>Starts a program with its output in a log.</summary>
    public static async Task<ChildProcess> StartAsync(
        string log, IEnumerable<string> command, IReadOnlyDictionary<string, string> environment)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        var start = new ProcessStartInfo("/bin/sh", ["-c", Guardian, "sh", log, .. command])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var guardian = Process.Start(start)!;
        var id = await guardian.StandardOutput.ReadLineAsync()
            ?? throw new LoadFailedException($"{command.First()} could not be started.");
        return new ChildProcess(guardian, log, int.Parse(id, CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _guardian.StandardInput.Close();
        using var bound = new CancellationTokenSource(StopTimeout);
        try
        {
            await _guardian.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            using var stuck = Process.GetProcessById(Id);
            stuck.Kill();
            await _guardian.WaitForExitAsync(CancellationToken.None);
        }

        _guardian.Dispose();
    }
}
