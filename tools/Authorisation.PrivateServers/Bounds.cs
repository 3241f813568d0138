namespace Authorisation.PrivateServers;

/// <summary>Every wait for a private server, each with its bound.</summary>
internal static class Bounds
{
    /// <summary>
    /// Making a database cluster; a few seconds on a slow disk, minutes only when something is wrong.
    /// </summary>
    public static readonly TimeSpan InitDb = TimeSpan.FromMinutes(2);

    /// <summary>Postgres accepting connections, replay of its log after a crash included.</summary>
    public static readonly TimeSpan PostgresStart = TimeSpan.FromMinutes(1);

    /// <summary>Redis accepting connections, reading its append-only file included.</summary>
    public static readonly TimeSpan RedisStart = TimeSpan.FromSeconds(20);

    /// <summary>An orderly stop, before a server is stopped the hard way.</summary>
    public static readonly TimeSpan OrderlyStop = TimeSpan.FromSeconds(15);

    /// <summary>The hard way: Postgres gives its own processes 5 s before it kills them.</summary>
    public static readonly TimeSpan HardStop = TimeSpan.FromSeconds(8);

    /// <summary>A killed process leaving the process table.</summary>
    public static readonly TimeSpan Killed = TimeSpan.FromSeconds(10);

    /// <summary>A helper program such as <c>setpriv … test</c> or <c>postgres --version</c>.</summary>
    public static readonly TimeSpan HelperProgram = TimeSpan.FromSeconds(10);

    /// <summary>How often a condition outside this process is looked at again.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(15);

    /// <summary>How many ports above the preferred one are tried.</summary>
    public const int PortsTried = 200;
}
