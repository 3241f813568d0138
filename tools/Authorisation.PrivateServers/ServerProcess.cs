using System.Collections.Concurrent;
using System.Diagnostics;

namespace Authorisation.PrivateServers;

/// <summary>
/// One server program in the background, in a session of its own, that ends when this process ends.
/// </summary>
/// <remarks>
/// <para>The program is reached through a chain of <c>exec</c>, so that all of it is one process with one id:
/// <c>sh</c> points the outputs at the log, <c>setsid</c> leaves the terminal's process group (Ctrl-C would shoot the
/// server before its orderly stop), <c>setpriv</c> changes the user and asks the kernel for a signal at the death
/// of the parent. <c>setsid</c> forks only as leader of a group, which a child of .NET is not.</para>
/// <para>The kernel means the parent <em>thread</em>. All processes are therefore started by one thread that lives as
/// long as this process; started from the thread pool, a server would be killed when the pool retires the thread.
/// The queue to that thread is the only state shared between threads; everything else belongs to the caller.</para>
/// </remarks>
internal sealed class ServerProcess : IDisposable
{
    private static readonly BlockingCollection<Action> Starts = StartThread();

    private readonly Process _process;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.Exited += (_, _) => _ended.TrySetResult();
        _process.Start();
        Id = _process.Id;

        // The outputs are the log's once sh has opened it. Only a complaint of sh itself comes through here.
        _process.StandardInput.Close();
    }

    /// <summary>The process id, also after its end.</summary>
    public int Id { get; }

    /// <summary>Completes when the process has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether the process has ended.</summary>
    public bool HasEnded => _ended.Task.IsCompleted;

    /// <summary>
    /// Starts a program. <paramref name="deathSignal"/> is what it gets when this process is no more.
    /// </summary>
    public static async Task<ServerProcess> StartAsync(
        ServerUser? user, string deathSignal, string logPath, IEnumerable<string> command)
    {
        List<string> arguments =
            ["-c", "exec \"$@\" </dev/null >\"$0\" 2>&1", logPath, "setsid", "setpriv", "--pdeathsig", deathSignal];
        arguments.AddRange(AsUser(user));
        arguments.Add("--");
        arguments.AddRange(command);
        var start = new ProcessStartInfo("/bin/sh", arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var name in start.Environment.Keys.Where(ChangesServers).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";

        var started = new TaskCompletionSource<ServerProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                started.SetResult(new ServerProcess(start));
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        return await started.Task;
    }

    /// <summary>The arguments of <c>setpriv</c> that make the program run as <paramref name="user"/>.</summary>
    public static string[] AsUser(ServerUser? user) =>
        user is null ? [] : ["--reuid", $"{user.UserId}", "--regid", $"{user.GroupId}", "--clear-groups"];

    /// <summary>Sends a signal to the process, if it still lives.</summary>
    public void Signal(int signal)
    {
        if (!HasEnded)
        {
            Libc.TrySignal(Id, signal);
        }
    }

    /// <summary>
    /// Kills the process and the children in its group, so that also an interrupted initdb leaves nothing. The group
    /// first: once its leader is gone the number may be anybody's. The process by itself as well: just after its start
    /// it is in no group of its own yet.
    /// </summary>
    public void Kill()
    {
        if (!HasEnded)
        {
            Libc.TrySignal(-Id, Libc.SigKill);
            Libc.TrySignal(Id, Libc.SigKill);
        }
    }

    /// <summary>Waits for the end; false when <paramref name="bound"/> passed first.</summary>
    public async Task<bool> WaitForEndAsync(TimeSpan bound, CancellationToken cancel = default)
    {
        try
        {
            await Ended.WaitAsync(bound, cancel);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The exit code of a process that ended, and what was written before the log was opened.</summary>
    public async Task<(int ExitCode, string Complaint)> ResultAsync()
    {
        await Ended;
        using var bound = new CancellationTokenSource(Bounds.HelperProgram);
        return (_process.ExitCode, (await _process.StandardError.ReadToEndAsync(bound.Token)).Trim());
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    // libpq's variables and a locale of the caller's would change what the servers and their tools do and say.
    private static bool ChangesServers(string name) =>
        name.StartsWith("PG", StringComparison.Ordinal)
        || name.StartsWith("LC_", StringComparison.Ordinal)
        || name is "LANG" or "LANGUAGE" or "TZ";

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
        {
            IsBackground = true,
            Name = "server starts",
        };
        thread.Start();
        return starts;
    }
}
