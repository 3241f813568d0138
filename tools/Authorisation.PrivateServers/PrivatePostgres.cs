using System.Globalization;
using System.Security.Cryptography;

namespace Authorisation.PrivateServers;

/// <summary>
/// A private Postgres server: its data in a private directory, on a free port of 127.0.0.1, with nothing of the
/// system's configuration. It forces its writes to disk like any real one (<c>fsync</c> stays on).
/// </summary>
/// <remarks>
/// <para>
/// Not for use by several threads at once: the thread that starts it stops it. Only <see cref="Ended"/> may be awaited
/// from anywhere.
/// </para>
/// <para>It listens on TCP alone. A Unix socket would need a path below 108 bytes that another user can reach, which a
/// checkout cannot promise.</para>
/// </remarks>
public sealed class PrivatePostgres : IAsyncDisposable
{
    /// <summary>The name of the superuser.</summary>
    public const string Superuser = "postgres";

    internal const string DataName = "data";
    internal const string ProcessName = "postgres";

    private readonly string _wantedHome;
    private readonly int _preferredPort;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly ServerPrograms _programs;
    private readonly ServerUser? _user = ServerUser.ForPostgres();
    private string? _home;
    private string? _password;
    private ServerProcess? _process;

    /// <summary>Describes the server; nothing is started or written yet.</summary>
    /// <param name="directory">Its directory, below one that exists. The log is beside it, as <c>….log</c>.</param>
    /// <param name="preferredPort">The port, or the next free one above it if it is taken.</param>
    /// <param name="settings">Settings as in postgresql.conf, such as <c>max_connections</c>.</param>
    /// <param name="programs">Where to find the programs; this machine's if null.</param>
    public PrivatePostgres(
        string directory,
        int preferredPort = 5110,
        IReadOnlyDictionary<string, string>? settings = null,
        ServerPrograms? programs = null)
    {
        _wantedHome = Path.GetFullPath(directory);
        _preferredPort = preferredPort;
        _settings = settings ?? new Dictionary<string, string>(StringComparer.Ordinal);
        _programs = programs ?? ServerPrograms.OfThisMachine;
        LogPath = _wantedHome + ".log";
    }

    /// <summary>
    /// The running server that this one is a streaming standby of, of the same cluster and passwords; null: a primary
    /// with a cluster of its own. It counts at the first start only.
    /// </summary>
    public PrivatePostgres? StandbyOf { get; init; }

    /// <summary>The server's log since its last start; the one before is kept as <c>….previous</c>.</summary>
    public string LogPath { get; }

    /// <summary>The port. It is chosen by the first start and kept by every further one.</summary>
    public int Port { get; private set; }

    /// <summary>The process id of the running postmaster, or 0.</summary>
    public int ProcessId => IsRunning ? _process!.Id : 0;

    /// <summary>Whether the process lives. It may be stopped (SIGSTOP) or still replaying its log.</summary>
    public bool IsRunning => _process is { HasEnded: false };

    /// <summary>
    /// Whether the first start is still to come, which takes longer because it makes the database cluster.
    /// </summary>
    public bool IsNew => !Directory.Exists(Path.Combine(_wantedHome, DataName));

    /// <summary>Completes when the process started last has ended, for whatever reason.</summary>
    public Task Ended => _process?.Ended ?? Task.CompletedTask;

    /// <summary>The superuser's way to the database <c>postgres</c>.</summary>
    public string ConnectionString => ConnectionStringFor("postgres");

    /// <summary>The superuser's way to a database.</summary>
    public string ConnectionStringFor(string database) =>
        ConnectionStringFor(database, Superuser, _password ?? throw NotStarted());

    /// <summary>A user's way to a database.</summary>
    public string ConnectionStringFor(string database, string user, string password) =>
        $"Host=127.0.0.1;Port={(Port > 0 ? Port : throw NotStarted())};Username={user};Password={password};Database={database}";

    /// <summary>
    /// Starts the server, making its database cluster first if there is none, and returns when it accepts connections.
    /// </summary>
    /// <exception cref="PrivateServerException">It could not be started. Nothing of it runs then.</exception>
    public async Task StartAsync(CancellationToken cancel = default)
    {
        if (IsRunning)
        {
            throw new InvalidOperationException("The server runs already.");
        }

        var programs = await _programs.PostgresDirectoryAsync(cancel);
        _home = await PostgresHome.PrepareAsync(_wantedHome, _user, cancel);
        await Leftovers.StopAsync(Path.Combine(_home, DataName), ProcessName, Libc.SigQuit);
        if (!Directory.Exists(Path.Combine(_home, DataName)))
        {
            await InitialiseAsync(programs, cancel);
        }

        _password = ReadPassword();
        await StartOnFreePortAsync(programs, cancel);
    }

    /// <summary>Stops the server in good order: connections are ended, everything is written out.</summary>
    public async Task StopAsync()
    {
        if (_process is null)
        {
            return;
        }

        // SIGINT is Postgres's "fast" shutdown, SIGQUIT its "immediate" one; a paused server takes either only once
        // resumed.
        foreach (var (signal, bound) in new[] { (Libc.SigInt, Bounds.OrderlyStop), (Libc.SigQuit, Bounds.HardStop) })
        {
            _process.Signal(signal);
            SignalAll(Libc.SigCont);
            if (await _process.WaitForEndAsync(bound))
            {
                break;
            }
        }

        await KillAsync();
    }

    /// <summary>
    /// Kills the server and all its processes with SIGKILL and returns when they are gone, as after a power cut.
    /// </summary>
    public async Task KillAsync()
    {
        if (_process is null)
        {
            return;
        }

        _process.Kill();
        await _process.WaitForEndAsync(Bounds.Killed);
        if (_home is not null)
        {
            await Leftovers.KillAsync(Path.Combine(_home, DataName), ProcessName);
        }

        _process.Dispose();
        _process = null;
    }

    /// <summary>Halts the server with SIGSTOP: connections stay open and nothing answers. For tests.</summary>
    public void Pause() => SignalAll(Libc.SigStop);

    /// <summary>Lets a paused server go on.</summary>
    public void Resume() => SignalAll(Libc.SigCont);

    /// <summary>Stops the server.</summary>
    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>Deletes the directory of a server that does not run, also where it had to be put elsewhere.</summary>
    public static void Delete(string directory) => PostgresHome.Delete(Path.GetFullPath(directory));

    // Into a directory of another name that is renamed when it is whole: an interrupted first start is simply made
    // again. A standby's cluster is a copy of its primary's, with the passwords in it.
    private async Task InitialiseAsync(string programs, CancellationToken cancel)
    {
        var unfinished = Path.Combine(_home!, "data.unfinished");
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        WriteSecret(PasswordPath, StandbyOf?.ReadPassword() ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        var command = StandbyOf is null
            ? InitDb(programs, unfinished)
            : BaseBackup(await _programs.PostgresToolAsync("pg_basebackup", cancel), unfinished, StandbyOf);
        var name = Path.GetFileName(command[0]);
        ServerLog.Rotate(LogPath);
        _process = await ServerProcess.StartAsync(_user, "SIGKILL", LogPath, command);
        try
        {
            if (!await _process.WaitForEndAsync(Bounds.InitDb, cancel))
            {
                throw new PrivateServerException(
                    ServerFault.TooSlow, $"{name} did not end within {Bounds.InitDb.TotalSeconds:0} s", ServerLog.Tail(LogPath));
            }

            if ((await _process.ResultAsync()).ExitCode != 0)
            {
                throw await EndedAsync($"{name} failed");
            }
        }
        finally
        {
            await KillAsync();
            await Leftovers.KillAsync(unfinished, ProcessName);
        }

        Directory.Move(unfinished, Path.Combine(_home!, DataName));
    }

    private string PasswordPath => Path.Combine(_home!, "password");

    private string[] InitDb(string programs, string directory) =>
    [
        Path.Combine(programs, "initdb"), "--pgdata", directory, "--username", Superuser,
        "--pwfile", PasswordPath, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C",
        "--no-instructions",
    ];

    // The password is in a file that Postgres's own programs read: an argument is everybody's to see.
    private string[] BaseBackup(string program, string directory, PrivatePostgres primary)
    {
        var passwords = Path.Combine(_home!, "passwords");
        WriteSecret(passwords, $"127.0.0.1:*:*:{Superuser}:{primary.ReadPassword()}\n");
        var way = string.Create(
            CultureInfo.InvariantCulture,
            $"host=127.0.0.1 port={primary.Port} user={Superuser} passfile='{passwords}' application_name=standby");
        return
        [
            program, "--pgdata", directory, "--dbname", way,
            "--wal-method", "stream", "--checkpoint", "fast", "--write-recovery-conf",
        ];
    }

    // For the server's user alone.
    private void WriteSecret(string path, string text)
    {
        File.Delete(path);
        using (File.Open(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
        }

        File.WriteAllText(path, text);
        if (_user is not null)
        {
            Libc.ChangeOwner(path, _user.UserId, _user.GroupId);
        }
    }

    private string ReadPassword()
    {
        var password = File.Exists(PasswordPath) ? File.ReadAllText(PasswordPath).Trim() : "";
        return password.Length > 0
            ? password
            : throw new PrivateServerException(ServerFault.DirectoryUnusable, $"{PasswordPath}, the superuser's password, is missing");
    }

    private async Task StartOnFreePortAsync(string programs, CancellationToken cancel)
    {
        var isRestart = Port > 0;
        var port = isRestart ? Port : Ports.NextFree(_preferredPort);
        while (true)
        {
            try
            {
                await StartOnAsync(programs, port, cancel);
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

    private async Task StartOnAsync(string programs, int port, CancellationToken cancel)
    {
        var data = Path.Combine(_home!, DataName);
        if (!File.Exists(Path.Combine(data, "PG_VERSION")))
        {
            throw new PrivateServerException(ServerFault.DirectoryUnusable, $"{data} is not a database cluster");
        }

        // No process of this directory lives, so whatever process has the id in a left file is a stranger to it.
        // Postgres could not know and would refuse to start.
        var pidFile = Path.Combine(data, "postmaster.pid");
        File.Delete(pidFile);
        ServerLog.Rotate(LogPath);
        _process = await ServerProcess.StartAsync(_user, "SIGQUIT", LogPath, [Path.Combine(programs, "postgres"), "-D", data, .. Settings(port)]);
        try
        {
            var until = Environment.TickCount64 + (long)Bounds.PostgresStart.TotalMilliseconds;
            while (!AcceptsConnections(pidFile))
            {
                if (await _process.WaitForEndAsync(Bounds.Poll, cancel))
                {
                    throw await EndedAsync("Postgres ended while it started", port);
                }

                if (Environment.TickCount64 > until)
                {
                    throw new PrivateServerException(
                        ServerFault.TooSlow,
                        $"Postgres did not accept connections within {Bounds.PostgresStart.TotalSeconds:0} s",
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

    private IEnumerable<string> Settings(int port)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = "",
            ["fsync"] = "on",
            ["max_connections"] = "200",
            ["logging_collector"] = "off",
            ["log_destination"] = "stderr",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
        };
        foreach (var (name, value) in _settings)
        {
            settings[name] = value;
        }

        return settings.SelectMany(s => new[] { "-c", $"{s.Key}={s.Value}" });
    }

    // As pg_ctl does it: the first line is the postmaster's process id, the eighth its state.
    private bool AcceptsConnections(string pidFile)
    {
        try
        {
            var lines = File.ReadAllLines(pidFile);
            return lines.Length >= 8
                && lines[0].Trim() == _process!.Id.ToString(CultureInfo.InvariantCulture)
                && lines[7].Trim() == "ready";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task<PrivateServerException> EndedAsync(string what, int port = 0)
    {
        var (exitCode, complaint) = await _process!.ResultAsync();
        var tail = ServerLog.Tail(LogPath);
        tail = complaint.Length > 0 ? $"{tail}\n{complaint}" : tail;
        if (DiskSpace.IsExhausted(complaint) || ServerLog.ReportsFullDisk(LogPath) || DiskSpace.IsShort(_home!))
        {
            return new PrivateServerException(ServerFault.DiskFull, $"no space left on the disk of {_home}", tail);
        }

        return tail.Contains("Address already in use", StringComparison.Ordinal)
            ? Ports.InUse(port)
            : new PrivateServerException(
                ServerFault.Ended, $"{what} (exit code {exitCode}): {ServerLog.Telling(tail)} (log: {LogPath})", tail);
    }

    private void SignalAll(int signal)
    {
        var processes = _home is null ? [] : ProcessTable.InDirectory(Path.Combine(_home, DataName), ProcessName);
        foreach (var id in processes)
        {
            Libc.TrySignal(id, signal);
        }
    }

    private static InvalidOperationException NotStarted() => new("The server has not been started.");
}
