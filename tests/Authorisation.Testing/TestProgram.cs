using System.Collections.Concurrent;
using System.Diagnostics;

namespace Authorisation.Testing;

/// <summary>A program of this repository as a process of its own, as it is started on a host.</summary>
/// <remarks>
/// It is started through <c>setpriv</c>, which asks the kernel to kill it when its parent dies, so that a killed test
/// process leaves none behind. The kernel means the parent thread: one thread that never ends starts them all.
/// What the process writes arrives on other threads, in concurrent queues.
/// </remarks>
public sealed class TestProgram : IAsyncDisposable
{
    private static readonly BlockingCollection<Action> Starts = StartThread();

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private TestProgram(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>The lines it wrote to its standard output so far.</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>The lines it wrote to its standard error so far.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Starts a program that stands beside the tests, with environment variables and arguments.</summary>
    public static async Task<TestProgram> StartAsync(
        string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        // From another directory than its own: its settings must be found all the same.
        var start = new ProcessStartInfo("setpriv", ["--pdeathsig", "SIGKILL", "dotnet", Path.Combine(AppContext.BaseDirectory, program + ".dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var started = new TaskCompletionSource<TestProgram>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                started.SetResult(new TestProgram(start));
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        return await started.Task;
    }

    /// <summary>Waits for the end and says how it was.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> EndedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Eventually.ProcessBound);
        return (_process.ExitCode, string.Join('\n', _output), string.Join('\n', _errors));
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(int signal) => Signals.Send(Id, signal);

    /// <summary>Kills it with SIGKILL and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Eventually.Bound);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }

    private static BlockingCollection<Action> StartThread()
    {
        var starts = new BlockingCollection<Action>();
        var thread = new Thread(() =>
        {
            foreach (var start in starts.GetConsumingEnumerable())
            {
                start();
            }
        })
        { IsBackground = true, Name = "starts programs" };
        thread.Start();
        return starts;
    }
}
