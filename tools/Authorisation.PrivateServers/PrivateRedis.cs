using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Authorisation.PrivateServers;

/// <summary>
/// A private Redis server, on a free port of 127.0.0.1, with nothing of the system's configuration.
/// </summary>
/// <remarks>
/// Not for use by several threads at once: the thread that starts it stops it. Only <see cref="Ended"/> may be awaited
/// from anywhere. It forgets everything when it ends unless asked otherwise: what it holds is a hint and never the
/// truth.
/// </remarks>
public sealed class PrivateRedis : IAsyncDisposable
{
    private const string ProcessName = "redis-server";

    private readonly string _directory;
    private readonly int _preferredPort;
    private readonly bool _appendOnly;
    private readonly ServerPrograms _programs;
    private ServerProcess? _process;

    /// <summary>Describes the server; nothing is started or written yet.</summary>
    /// <param name="directory">Its directory. The log is beside it, as <c>….log</c>.</param>
    /// <param name="preferredPort">The port, or the next free one above it if it is taken.</param>
    /// <param name="appendOnly">
    /// Whether it writes what it holds to an append-only file and reads it at its start.
    /// </param>
    /// <param name="programs">Where to find the program; this machine's if null.</param>
    public PrivateRedis(string directory, int preferredPort = 5120, bool appendOnly = false, ServerPrograms? programs = null)
    {
        _directory = Path.GetFullPath(directory);
        _preferredPort = preferredPort;
        _appendOnly = appendOnly;
        _programs = programs ?? ServerPrograms.OfThisMachine;
        LogPath = _directory + ".log";
    }

    /// <summary>The server's log since its last start; the one before is kept as <c>….previous</c>.</summary>
    public string LogPath { get; }

    /// <summary>The port. It is chosen by the first start and kept by every further one.</summary>
    public int Port { get; private set; }

    /// <summary>The process id of the running server, or 0.</summary>
    public int ProcessId => IsRunning ? _process!.Id : 0;

    /// <summary>Whether the process lives. It may be stopped (SIGSTOP).</summary>
    public bool IsRunning => _process is { HasEnded: false };

    /// <summary>Completes when the process started last has ended, for whatever reason.</summary>
    public Task Ended => _process?.Ended ?? Task.CompletedTask;

    /// <summary>Its address as StackExchange.Redis takes it.</summary>
    public string ConnectionString =>
        Port > 0 ? $"127.0.0.1:{Port}" : throw new InvalidOperationException("The server has not been started.");

    /// <summary>Starts the server and returns when it answers.</summary>
    /// <exception cref="PrivateServerException">It could not be started. Nothing of it runs then.</exception>
    public async Task StartAsync(CancellationToken cancel = default)
    {
        if (IsRunning)
        {
            throw new InvalidOperationException("The server runs already.");
        }

        var program = await _programs.RedisServerAsync(cancel);
        if (File.Exists(_directory))
        {
            throw new PrivateServerException(ServerFault.DirectoryUnusable, $"{_directory} cannot hold Redis: it is a file");
        }

        Directory.CreateDirectory(_directory);
        await Leftovers.StopAsync(_directory, ProcessName, Libc.SigTerm);
        var isRestart = Port > 0;
        var port = isRestart ? Port : Ports.NextFree(_preferredPort);
        while (true)
        {
            try
            {
                await StartOnAsync(program, port, cancel);
                Port = port;
                return;
            }
            catch (PrivateServerException e) when (e.Fault == ServerFault.PortInUse && !isRestart)
            {
                // Another process took the port between the check and the bind.
                port = Ports.NextFree(port + 1);
            }
        }
    }

    /// <summary>Stops the server in good order.</summary>
    public async Task StopAsync()
    {
        if (_process is null)
        {
            return;
        }

        _process.Signal(Libc.SigTerm);
        _process.Signal(Libc.SigCont);
        await _process.WaitForEndAsync(Bounds.OrderlyStop);
        await KillAsync();
    }

    /// <summary>Kills the server with SIGKILL and returns when it is gone.</summary>
    public async Task KillAsync()
    {
        if (_process is null)
        {
            return;
        }

        _process.Kill();
        await _process.WaitForEndAsync(Bounds.Killed);
        await Leftovers.KillAsync(_directory, ProcessName);
        _process.Dispose();
        _process = null;
    }

    /// <summary>Halts the server with SIGSTOP: connections stay open and nothing answers. For tests.</summary>
    public void Pause() => _process?.Signal(Libc.SigStop);

    /// <summary>Lets a paused server go on.</summary>
    public void Resume() => _process?.Signal(Libc.SigCont);

    /// <summary>Stops the server.</summary>
    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task StartOnAsync(string program, int port, CancellationToken cancel)
    {
        ServerLog.Rotate(LogPath);
        _process = await ServerProcess.StartAsync(
            user: null,
            "SIGKILL",
            LogPath,
            [
                program, "--port", $"{port}", "--bind", "127.0.0.1", "--dir", _directory, "--daemonize", "no",
                "--save", "", "--appendonly", _appendOnly ? "yes" : "no",
            ]);
        try
        {
            var until = Environment.TickCount64 + (long)Bounds.RedisStart.TotalMilliseconds;
            while (!await AnswersAsync(port, cancel))
            {
                if (await _process.WaitForEndAsync(Bounds.Poll, cancel))
                {
                    throw await EndedAsync(port);
                }

                if (Environment.TickCount64 > until)
                {
                    throw new PrivateServerException(
                        ServerFault.TooSlow,
                        $"Redis did not answer within {Bounds.RedisStart.TotalSeconds:0} s",
                        ServerLog.Tail(LogPath));
                }
            }
        }
        catch
        {
            await KillAsync();
            throw;
        }
    }

    // The process id in the answer distinguishes our server from another that has the port; INFO alone is answered also
    // while the server still loads its data, PING is not.
    private async Task<bool> AnswersAsync(int port, CancellationToken cancel)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bound.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, bound.Token);
            await using var stream = client.GetStream();
            await stream.WriteAsync("INFO server\r\nPING\r\nQUIT\r\n"u8.ToArray(), bound.Token);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            var answer = await reader.ReadToEndAsync(bound.Token);
            return answer.Contains(string.Create(CultureInfo.InvariantCulture, $"process_id:{_process!.Id}\r"), StringComparison.Ordinal)
                && answer.Contains("+PONG", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task<PrivateServerException> EndedAsync(int port)
    {
        var (exitCode, complaint) = await _process!.ResultAsync();
        var tail = ServerLog.Tail(LogPath);
        tail = complaint.Length > 0 ? $"{tail}\n{complaint}" : tail;
        if (DiskSpace.IsExhausted(complaint) || ServerLog.ReportsFullDisk(LogPath) || DiskSpace.IsShort(_directory))
        {
            return new PrivateServerException(ServerFault.DiskFull, $"no space left on the disk of {_directory}", tail);
        }

        return tail.Contains("Address already in use", StringComparison.Ordinal)
            ? Ports.InUse(port)
            : new PrivateServerException(
                ServerFault.Ended,
                $"Redis ended while it started (exit code {exitCode}): {ServerLog.Telling(tail)} (log: {LogPath})",
                tail);
    }
}
