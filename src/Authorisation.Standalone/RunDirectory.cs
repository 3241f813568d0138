using System.Globalization;
using Authorisation.PrivateServers;

namespace Authorisation.Standalone;

/// <summary>
/// The directory that one standalone start has to itself: the servers' data, their logs, what the demo wrote.
/// </summary>
/// <remarks>
/// <para><c>lock</c> is locked (flock) as long as its owner lives: the kernel lets go of it however the owner ends, so
/// it is never stale. <c>owner</c> holds the owner's process id, for the message to a second one.
/// <c>authorisation-run-directory</c> marks the directory as ours to delete.</para>
/// <para>Safe against other processes by that lock. Within a process it belongs to the code that took it.</para>
/// </remarks>
public sealed class RunDirectory : IDisposable
{
    /// <summary>Where Postgres lives, or a link to where it had to go.</summary>
    public const string PostgresName = "postgres";

    /// <summary>Where Redis lives.</summary>
    public const string RedisName = "redis";

    private const string Marker = "authorisation-run-directory";
    private const string LockName = "lock";
    private const string OwnerName = "owner";

    // The user that Postgres runs as must be able to pass through; what is secret has its own, narrower mode.
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly FileStream _lock;

    private RunDirectory(string path, FileStream @lock)
    {
        FullPath = path;
        _lock = @lock;
    }

    /// <summary>Where it is.</summary>
    public string FullPath { get; }

    /// <summary>
    /// Set when <c>--fresh</c> found something that is not ours to delete, and where it was moved instead.
    /// </summary>
    public string? SetAsideAs { get; private init; }

    /// <summary>A file or directory in it.</summary>
    public string PathOf(string name) => Path.Combine(FullPath, name);

    /// <summary>Takes the directory, making it if there is none.</summary>
    /// <param name="path">Where it is to be.</param>
    /// <param name="fresh">Whether to empty it. What is not ours is moved aside, not deleted.</param>
    /// <exception cref="StartFailedException">It is taken, or cannot be used; the message says what to do.</exception>
    public static async Task<RunDirectory> TakeAsync(string path, bool fresh)
    {
        try
        {
            var aside = fresh && !IsOurs(path) ? SetAside(path) : null;
            if (!IsOurs(path))
            {
                throw Broken($"{path} is not a directory that ./dev run made");
            }

            var existed = Directory.Exists(path);
            Directory.CreateDirectory(path);
            if (!existed)
            {
                // Not with the creation: the process's umask would narrow it.
                File.SetUnixFileMode(path, Mode);
            }

            var directory = new RunDirectory(path, Lock(path)) { SetAsideAs = aside };
            await directory.BeginAsync(fresh);
            return directory;
        }
        catch (UnauthorizedAccessException) when (fresh && SetAside(path) is not null)
        {
            return await TakeAsync(path, fresh: true);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Broken($"{path} cannot be used: {e.Message}", e);
        }
        catch (IOException e) when (!DiskSpace.IsExhausted(e))
        {
            throw Broken($"{path} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Lets go of the directory. What is in it stays.</summary>
    public void Dispose()
    {
        File.Delete(PathOf(OwnerName));
        _lock.Dispose();
    }

    private async Task BeginAsync(bool fresh)
    {
        try
        {
            if (fresh)
            {
                await EmptyAsync();
            }

            await File.WriteAllTextAsync(PathOf(OwnerName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            await File.WriteAllTextAsync(PathOf(Marker), "Made by ./dev run, which may delete it and all that is in it.\n");
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    // All but the lock: a recreated lock file could be locked by a second one while the first still holds the old.
    private async Task EmptyAsync()
    {
        await Leftovers.StopAsync(
            Path.Combine(PathOf(PostgresName), PrivatePostgres.DataName), PrivatePostgres.ProcessName, Libc.SigQuit);
        PrivatePostgres.Delete(PathOf(PostgresName));
        foreach (var entry in new DirectoryInfo(FullPath).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } directory)
            {
                directory.Delete(recursive: true);
            }
            else if (entry.Name != LockName)
            {
                entry.Delete();
            }
        }
    }

    private static FileStream Lock(string path)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) on Linux, so ./dev can look with flock(1), too.
            return new FileStream(Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsLocked(e))
        {
            throw new StartFailedException($"{Taken(path)}: stop it first (Ctrl-C there), or use it as it is", e);
        }
    }

    private static string Taken(string path)
    {
        string? owner = null;
        try
        {
            owner = File.ReadAllText(Path.Combine(path, OwnerName)).Trim();
        }
        catch (IOException)
        {
            // It has not written it yet, or is just ending.
        }

        return string.IsNullOrEmpty(owner)
            ? "another ./dev run of this checkout is running"
            : $"another ./dev run of this checkout is running (process {owner})";
    }

    // EWOULDBLOCK, which .NET leaves in HResult as it is.
    private static bool IsLocked(IOException e) => e.HResult == 11;

    // Nothing there, nothing in it, or our marker in it. A start can be interrupted between the directory and the
    // marker.
    private static bool IsOurs(string path) =>
        !Path.Exists(path)
        || (Directory.Exists(path)
            && new DirectoryInfo(path).LinkTarget is null
            && (File.Exists(Path.Combine(path, Marker))
                || Directory.EnumerateFileSystemEntries(path).All(e => Path.GetFileName(e) is LockName or OwnerName)));

    private static string? SetAside(string path)
    {
        var aside = $"{path}-set-aside-{DateTime.UtcNow.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture)}";
        if (File.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            File.Move(path, aside);
            return aside;
        }

        if (Directory.Exists(path))
        {
            Directory.Move(path, aside);
            return aside;
        }

        return null;
    }

    private static StartFailedException Broken(string why, Exception? inner = null) =>
        new($"{why.TrimEnd('.')}; start again with ./dev run --fresh", inner);
}
