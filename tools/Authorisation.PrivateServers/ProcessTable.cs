using System.Globalization;

namespace Authorisation.PrivateServers;

/// <summary>What /proc shows about other processes. What may not be read, or ends meanwhile, is passed over.</summary>
public static class ProcessTable
{
    private const string ListenState = "0A";

    /// <summary>
    /// The processes of the given name whose working directory is <paramref name="directory"/>. Postgres and Redis
    /// change into their data directory, so this finds exactly the servers of that directory and their children, also
    /// those that a killed parent left behind, and never another user's server.
    /// </summary>
    public static IReadOnlyList<int> InDirectory(string directory, string name)
    {
        var physical = Libc.PhysicalPath(directory);
        var deleted = physical + " (deleted)";
        return [.. ProcessIds().Where(id =>
        {
            var at = LinkTarget($"/proc/{id}/cwd");
            return at is not null && (at == physical || at == deleted) && Name(id) == name;
        })];
    }

    /// <summary>The process's name, or null when it is gone.</summary>
    public static string? Name(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/comm").TrimEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// The process that listens on a TCP port, as "name (process 123)"; null when /proc does not show it.
    /// </summary>
    public static string? ListenerOn(int port)
    {
        var sockets = ListeningSockets("/proc/net/tcp", port)
            .Concat(ListeningSockets("/proc/net/tcp6", port))
            .ToHashSet(StringComparer.Ordinal);
        if (sockets.Count == 0)
        {
            return null;
        }

        foreach (var id in ProcessIds())
        {
            if (OpenFiles(id).Any(file => LinkTarget(file) is { } target && sockets.Contains(target)))
            {
                return $"{Name(id) ?? "a process"} (process {id})";
            }
        }

        return null;
    }

    private static IEnumerable<string> ListeningSockets(string table, int port)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(table);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var line in lines.Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[1].EndsWith(suffix, StringComparison.Ordinal) && fields[3] == ListenState)
            {
                yield return $"socket:[{fields[9]}]";
            }
        }
    }

    private static IEnumerable<int> ProcessIds() =>
        Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0);

    private static string[] OpenFiles(int processId)
    {
        try
        {
            return Directory.GetFileSystemEntries($"/proc/{processId}/fd");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? LinkTarget(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
