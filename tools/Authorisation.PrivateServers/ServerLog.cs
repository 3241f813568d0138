using System.Text.RegularExpressions;

namespace Authorisation.PrivateServers;

/// <summary>Reads what a server wrote to its log since it was started.</summary>
internal static partial class ServerLog
{
    private const int TailLines = 20;

    /// <summary>
    /// Keeps the log of the run before as <c>….previous</c>: it is wanted just after something went wrong.
    /// </summary>
    public static void Rotate(string path)
    {
        if (File.Exists(path))
        {
            File.Move(path, path + ".previous", overwrite: true);
        }
    }

    /// <summary>The last lines.</summary>
    public static string Tail(string path)
    {
        try
        {
            return string.Join('\n', File.ReadLines(path).TakeLast(TailLines));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Whether any line says that the disk is full; it is seldom the last one.</summary>
    public static bool ReportsFullDisk(string path)
    {
        try
        {
            return File.ReadLines(path).Any(DiskSpace.IsExhausted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// The most informative line: the last that reports an error, without its time and process id, or the last at all.
    /// </summary>
    public static string Telling(string tail)
    {
        var lines = tail.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var line = lines.LastOrDefault(l => Error().IsMatch(l)) ?? lines.LastOrDefault() ?? "its log is empty";
        return Prefix().Replace(line, "");
    }

    [GeneratedRegex("FATAL|PANIC|ERROR|error:|could not|[Ff]atal|[Cc]an't|[Ff]ailed|No such", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Error();

    // "2026-11-20 21:00:00.000 UTC [123] FATAL:  …" of Postgres, "123:M 20 Nov 2026 21:00:00.000 # …" of Redis.
    [GeneratedRegex(@"^(\d{4}-\d\d-\d\d \S+ \w+ \[\d+\] |\d+:\w \d+ \w+ \d{4} \S+ [#*.-] )", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Prefix();
}
