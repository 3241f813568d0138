using System.Globalization;

namespace Authorisation.LoadTests.Processes;

/// <summary>What processes have used of processor time and memory, from <c>/proc</c>.</summary>
internal static class ProcessorTime
{
    // USER_HZ, which Linux has fixed for programs.
    private const double TicksInSecond = 100;
    private const int ParentField = 1;
    private const int UserField = 11;
    private const int SystemField = 12;
    private const long KibibytesInMebibyte = 1024;

    /// <summary>The time that a process has used; <see langword="null"/> when there is none.</summary>
    public static TimeSpan? Of(int process) => Fields(process) is { } fields ? Time(fields) : null;

    /// <summary>The time that a process and its children have used, each; those that have ended are gone.</summary>
    public static Dictionary<int, TimeSpan> OfFamily(int process)
    {
        var family = new Dictionary<int, TimeSpan>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && Fields(id) is { } fields
                && (id == process || int.Parse(fields[ParentField], CultureInfo.InvariantCulture) == process))
            {
                family[id] = Time(fields);
            }
        }

        return family;
    }

    /// <summary>The memory that a process has in use, in MiB; 0 when there is none.</summary>
    public static long ResidentMebibytes(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            var number = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
            return long.Parse(number, CultureInfo.InvariantCulture) / KibibytesInMebibyte;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return 0;
        }
    }

    private static TimeSpan Time(string[] fields) => TimeSpan.FromSeconds(
        (long.Parse(fields[UserField], CultureInfo.InvariantCulture)
            + long.Parse(fields[SystemField], CultureInfo.InvariantCulture)) / TicksInSecond);

    // Those after the program's name, which may itself hold spaces and parentheses.
    private static string[]? Fields(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : fields;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
