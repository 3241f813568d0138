using System.Globalization;
using Authorisation.PrivateServers;

namespace Authorisation.Testing;

/// <summary>
/// A directory below the system's temporary one for what this test process starts; deleted at its end.
/// </summary>
/// <remarks>
/// A killed test process cannot delete its own. Each is locked (flock) by its owner for as long as that lives, so
/// whoever comes next deletes those that nobody holds. Safe for several threads: the name is taken from a counter.
/// </remarks>
public static class TestDirectory
{
    private const string Prefix = "authorisation-tests-";
    private const string LockName = "lock";

    private static readonly Lazy<(string Path, FileStream Lock)> Process = new(Begin);
    private static int _count;

    /// <summary>A path in it that nobody else was given. The directory itself is for the caller to make.</summary>
    public static string NewPath(string name) => Path.Combine(
        Process.Value.Path,
        string.Create(CultureInfo.InvariantCulture, $"{name}-{Interlocked.Increment(ref _count)}"));

    /// <summary>Deletes such a path with what lies beside it under the same name, such as a log, as soon as a test is done with it.</summary>
    public static void Delete(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            DeleteEntry(path);
            foreach (var beside in Directory.EnumerateFileSystemEntries(Process.Value.Path, Path.GetFileName(path) + "*")
                .Where(e => !char.IsAsciiDigit(Path.GetFileName(e)[Path.GetFileName(path).Length])))
            {
                DeleteEntry(beside);
            }
        }
    }

    private static (string Path, FileStream Lock) Begin()
    {
        foreach (var other in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            DeleteUnlessHeld(other);
        }

        var (path, held) = Hold(tries: 10);

        // Postgres may run as another user, who has to pass through.
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End();
        return (path, held);
    }

    // Between being made and being held it may look like a dead process's, and another one deletes it.
    private static (string Path, FileStream Lock) Hold(int tries)
    {
        var path = Directory.CreateTempSubdirectory(Prefix).FullName;
        try
        {
            return (path, new FileStream(Path.Combine(path, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (tries > 1)
        {
            return Hold(tries - 1);
        }
    }

    // The test runner gives a process little time to end, or kills it: no orderly stop, and the lock goes last, so that
    // what is left of an interrupted deletion can still be told from a directory in use.
    private static void End()
    {
        SharedServers.KillAsync().Wait(Eventually.Bound);
        Delete(Process.Value.Path);
        Process.Value.Lock.Dispose();
    }

    private static void DeleteUnlessHeld(string path)
    {
        try
        {
            // Opened, not created: one that is just being made has no lock yet and is left alone.
            using var held = new FileStream(Path.Combine(path, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Held by a test process that lives, or another user's.
        }
    }

    private static void Delete(string path)
    {
        try
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(path).Where(e => Path.GetFileName(e) != LockName))
            {
                DeleteEntry(entry);
            }

            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next test process tries again.
        }
    }

    // Postgres may have had to go elsewhere, with a link left here or one level down.
    private static void DeleteEntry(string path)
    {
        if (!Directory.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            PrivatePostgres.Delete(path);
            File.Delete(path);
            return;
        }

        foreach (var link in new DirectoryInfo(path).EnumerateFileSystemInfos().Where(e => e.LinkTarget is not null))
        {
            PrivatePostgres.Delete(link.FullName);
        }

        Directory.Delete(path, recursive: true);
    }
}
