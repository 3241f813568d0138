using System.Globalization;
using System.Text.RegularExpressions;

namespace Authorisation.PrivateServers;

/// <summary>
/// Where the programs of Postgres and Redis are. Debian keeps those of Postgres off the PATH, in a directory per
/// version, so that several versions can live side by side; the newest one is taken.
/// </summary>
public sealed partial class ServerPrograms
{
    /// <summary>The oldest Postgres that will do.</summary>
    public const int PostgresVersionMin = 15;

    /// <summary>The oldest Redis that will do.</summary>
    public const int RedisVersionMin = 7;

    private readonly string[] _path;
    private readonly string _postgresVersions;

    /// <summary>
    /// Searches the given PATH and, for Postgres, the directory that holds one directory per version.
    /// </summary>
    public ServerPrograms(string path, string postgresVersions)
    {
        _path = path.Split(':', StringSplitOptions.RemoveEmptyEntries);
        _postgresVersions = postgresVersions;
    }

    /// <summary>
    /// The programs of this machine. Debian's /usr/sbin and the like are searched also when PATH lacks them.
    /// </summary>
    public static ServerPrograms OfThisMachine { get; } = new(
        (Environment.GetEnvironmentVariable("PATH") ?? "") + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "/usr/lib/postgresql");

    /// <summary>The directory with <c>postgres</c> and <c>initdb</c>.</summary>
    public async Task<string> PostgresDirectoryAsync(CancellationToken cancel = default)
    {
        var best = (Version: 0, Directory: "");
        foreach (var directory in PostgresDirectories().Where(d => HasProgram(d, "postgres") && HasProgram(d, "initdb")).Distinct(StringComparer.Ordinal))
        {
            var version = await MajorVersionAsync(Path.Combine(directory, "postgres"), cancel);
            if (version > best.Version)
            {
                best = (version, directory);
            }
        }

        return best.Version >= PostgresVersionMin
            ? best.Directory
            : throw Missing("Postgres", PostgresVersionMin, best.Version);
    }

    /// <summary>
    /// A program of Postgres beside the server, such as <c>pg_basebackup</c>: from the same directory, or where it is
    /// else, if that holds links to the server alone.
    /// </summary>
    public async Task<string> PostgresToolAsync(string name, CancellationToken cancel = default)
    {
        var directory = await PostgresDirectoryAsync(cancel);
        var found = PostgresDirectories().Prepend(directory).FirstOrDefault(candidate => HasProgram(candidate, name));
        return found is not null
            ? Path.Combine(found, name)
            : throw new PrivateServerException(ServerFault.ProgramMissing, $"{name}, which comes with Postgres, is not installed");
    }

    /// <summary>The <c>redis-server</c> program.</summary>
    public async Task<string> RedisServerAsync(CancellationToken cancel = default)
    {
        var directory = _path.FirstOrDefault(d => HasProgram(d, "redis-server"));
        var program = directory is null ? null : Path.Combine(directory, "redis-server");
        var version = program is null ? 0 : await MajorVersionAsync(program, cancel);
        return version >= RedisVersionMin ? program! : throw Missing("Redis", RedisVersionMin, version);
    }

    // Those of versions first: what is on the PATH may choose a version by itself, as Debian's wrappers do.
    private IEnumerable<string> PostgresDirectories() => Directory.Exists(_postgresVersions)
        ? Directory.GetDirectories(_postgresVersions).OrderDescending(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin")).Concat(_path)
        : _path;

    private static bool HasProgram(string directory, string name) => File.Exists(Path.Combine(directory, name));

    private static async Task<int> MajorVersionAsync(string program, CancellationToken cancel)
    {
        var (exitCode, output) = await HelperProgram.RunAsync(program, ["--version"], cancel);
        var match = FirstVersion().Match(output);
        return exitCode == 0 && match.Success ? int.Parse(match.ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    private static PrivateServerException Missing(string what, int versionMin, int found) => new(
        ServerFault.ProgramMissing,
        $"{what} {versionMin} or later is not installed{(found > 0 ? $" (found {found})" : "")}: "
        + "run ./dev test, which installs it (so does ./dev run)");

    // "postgres (PostgreSQL) 15.18 (Debian …)" and "Redis server v=7.0.15 sha=…": the first number is the version.
    [GeneratedRegex(@"\d+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FirstVersion();
}
