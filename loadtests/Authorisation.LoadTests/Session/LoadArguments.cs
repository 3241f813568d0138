using System.CommandLine;

namespace Authorisation.LoadTests.Session;

/// <summary>The arguments: what can be asked for, what each is unless given, and what was asked for.</summary>
internal static class LoadArguments
{
    private const int QuickResetAccounts = 5_000;
    private const int QuickRows = 2;
    private const int RepetitionsMax = 100;
    private const int RateMax = 100_000;
    private const long RowsMax = 1_000_000_000;

    /// <summary>Where the server is that is published as it is shipped.</summary>
    private const string PublishedServer = "artifacts/publish/server/Authorisation.Server.dll";

    private static readonly int[] DefaultRates = [100, 500, 1_000, 2_000];
    private static readonly long[] DefaultRows = [100_000, 1_000_000, 10_000_000, 30_000_000];

    private static readonly Option<bool> Quick = new("--quick")
    {
        Description = "Every scenario that is measured of the targets in turn, shortly: in two to three minutes.",
    };

    private static readonly Option<string[]> Targets = new("--targets")
    {
        Description = "Which to measure: echo, row-transaction, double-entry, redis-only, authorise, two-servers; untriggered. "
            + "Default: all but untriggered.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string[]> Phases = new("--scenarios")
    {
        Description = """
            Which to measure. Of the targets in turn, all with uniform: stream, rate, hot, declines, replay, mixed, app, open.
            By themselves, on ledgers of their own: shares; reset (a month ends); cold (a fresh server at 100 and 1000 a second
            from SERVING on); restart (two servers are replaced behind a client that retries); failover (Postgres is killed and
            its synchronous standby promoted); idle (what costs a server and a control plane that nobody calls); bulk (a large organisation is changed); growth (see --rows).
            Default: all but bulk and growth; with --quick, all of the targets in turn but rate.
            """,
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int[]> Rates = new("--rate")
    {
        Description = "Measure the scenario rate, at so many purchases a second each, arriving independently of one another; a "
            + "latency counts from the moment when the purchase was due. Without numbers: 100 500 1000 2000.",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<long[]> Rows = new("--rows")
    {
        Description = "How many authorisations the ledgers of growth hold, each. Default: 100000 1000000 10000000 30000000, which take "
            + "some 15 GB and half an hour; with --quick the first two.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int?> Repetitions = new("--repetitions")
    {
        Description = "How often everything is repeated. Default: 5; with --quick 2, and cold once.",
    };

    private static readonly Option<double?> Seconds = new("--seconds")
    {
        Description = "How long each phase is measured. Default: 8, and a rate 30; with --quick 1.1 and 5. Cold always 30.",
    };

    private static readonly Option<double?> Soak = new("--soak") { Description = "Only the server at half load, for so many minutes." };
    private static readonly Option<int> Connections = Number("--connections", 4, "How many connections.");
    private static readonly Option<int> InFlight = Number("--in-flight", 512, "How many calls are in flight at saturation.");
    private static readonly Option<int> Accounts = Number("--accounts", 200_000, "How many accounts there are; for reset with --quick 5000 unless given.");
    private static readonly Option<int> Share = Number("--share", 0, "How much of its time the month end works, in percent; 0: its default.");
    private static readonly Option<int> Lanes = Number("--lanes", 0, "How many batches a server commits at once; 0: its default.");
    private static readonly Option<int> RowConnections = Number("--row-connections", 16, "The pool of row-transaction and double-entry.");
    private static readonly Option<string> Server = new("--server")
    {
        Description = "The program Authorisation.Server, a .dll or an executable. "
            + $"Default: {PublishedServer}, if it is there and not older than the one that is built.",
        DefaultValueFactory = _ => Newest(PublishedServer, Built("src/Authorisation.Server", "Authorisation.Server")),
    };

    private static readonly Option<string> Peers = BuiltProgram("--peers", "loadtests/Peers", "Authorisation.LoadTests.Peers");
    private static readonly Option<string> Stage = BuiltProgram("--stage", "loadtests/Stage", "Authorisation.LoadTests.Stage");
    private static readonly Option<string> Hosts = BuiltProgram("--hosts", "loadtests/Hosts", "Authorisation.LoadTests.Hosts");
    private static readonly Option<string> WorkDirectory = new("--directory")
    {
        Description = "Where databases and logs are while it runs.",
        DefaultValueFactory = _ => "artifacts/load",
    };

    /// <summary>The file that the figures are written to.</summary>
    public static Option<FileInfo?> Json { get; } = new("--json") { Description = "Write the figures to a file." };

    /// <summary>The file that the page with plots is written to.</summary>
    public static Option<FileInfo?> Report { get; } = new("--report") { Description = "Write a page with plots to a file." };

    /// <summary>The command, which does nothing yet.</summary>
    public static RootCommand Create() => new("Load tests: the server and its peers, one at a time, in the same run.")
    {
        Quick, Json, Report, Targets, Phases, Rates, Rows, Repetitions, Seconds, Soak, Connections, InFlight, Accounts, Lanes,
        RowConnections, Share, Server, Peers, Stage, Hosts, WorkDirectory,
    };

    /// <summary>Reads what was asked for.</summary>
    /// <exception cref="LoadFailedException">There is no such thing to measure, or a number is out of its bounds.</exception>
    public static LoadOptions Read(ParseResult parsed)
    {
        var quick = parsed.GetValue(Quick);
        var repetitions = parsed.GetValue(Repetitions) is { } times ? Valid("--repetitions", times, 1, RepetitionsMax) : (int?)null;
        var measured = TimeSpan.FromSeconds(parsed.GetValue(Seconds) ?? (quick ? 1.1 : 8));
        var options = new LoadOptions
        {
            ServerProgram = parsed.GetValue(Server)!,
            PeersProgram = parsed.GetValue(Peers)!,
            StageProgram = parsed.GetValue(Stage)!,
            HostsProgram = parsed.GetValue(Hosts)!,
            Directory = Path.GetFullPath(parsed.GetValue(WorkDirectory)!),
            Repetitions = repetitions ?? (quick ? 2 : 5),
            ColdStarts = repetitions ?? (quick ? 1 : 5),
            Measured = measured,
            OpenMeasured = measured,
            WarmUp = TimeSpan.FromSeconds(quick ? 2 : 6),
            Ramp = TimeSpan.FromSeconds(quick ? 0.25 : 0.5),
            Shares = quick ? [Phase.Half, 0.8] : [0.1, 0.25, Phase.Half, 0.65, 0.8, 0.9],
            Rates = parsed.GetValue(Rates) is { Length: > 0 } rates
                ? [.. rates.Select(rate => Valid("--rate", rate, 1, RateMax)).Distinct().Order()]
                : DefaultRates,
            RateMeasured = TimeSpan.FromSeconds(parsed.GetValue(Seconds) ?? (quick ? 5 : 30)),
            IdleMeasured = TimeSpan.FromSeconds(quick ? 10 : 60),
            Rows = parsed.GetValue(Rows) is { Length: > 0 } rows
                ? [.. rows.Select(size => Valid("--rows", size, 1, RowsMax)).Distinct().Order()]
                : DefaultRows[..(quick ? QuickRows : DefaultRows.Length)],
            Targets = parsed.GetValue(Targets) is { Length: > 0 } names
                ? Chosen<TargetKind>(names)
                : [.. Enum.GetValues<TargetKind>().Where(target => target != TargetKind.Untriggered)],
            Phases = PhasesOf(parsed, quick),
            Connections = parsed.GetValue(Connections),
            InFlight = parsed.GetValue(InFlight),
            Accounts = parsed.GetValue(Accounts),
            ResetAccounts = quick && parsed.GetResult(Accounts) is null or { Implicit: true }
                ? QuickResetAccounts
                : parsed.GetValue(Accounts),
            ResetBefore = TimeSpan.FromSeconds(quick ? 6 : 30),
            SharePercent = parsed.GetValue(Share),
            Lanes = parsed.GetValue(Lanes),
            RowConnections = parsed.GetValue(RowConnections),
        };
        return parsed.GetValue(Soak) is not { } minutes
            ? options
            : options with
            {
                Repetitions = 1,
                Targets = [TargetKind.Authorise],
                Phases = [PhaseKind.Open],
                Shares = [Phase.Half],
                OpenMeasured = TimeSpan.FromMinutes(minutes),
            };
    }

    private static PhaseKind[] PhasesOf(ParseResult parsed, bool quick)
    {
        PhaseKind[] kinds = parsed.GetValue(Phases) is { Length: > 0 } names
            ? Chosen<PhaseKind>(names)
            : [.. Enum.GetValues<PhaseKind>().Where(kind => kind.IsUsual(quick))];
        var asksForRates = parsed.GetResult(Rates) is { Implicit: false };
        return asksForRates && !kinds.Contains(PhaseKind.Rate) ? [PhaseKind.Rate, .. kinds] : kinds;
    }

    private static T Valid<T>(string name, T number, T min, T max)
        where T : System.Numerics.INumber<T> => number >= min && number <= max
        ? number
        : throw new LoadFailedException($"{name} {number}: it must be {min} to {max}.");

    private static T[] Chosen<T>(string[]? names)
        where T : struct, Enum =>
        names is null or []
            ? Enum.GetValues<T>()
            : [.. names.Select(name => Enum.TryParse<T>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var value)
                ? value
                : throw new LoadFailedException($"There is no \"{name}\" to measure: ./dev load --help"))];

    private static Option<int> Number(string name, int otherwise, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static Option<string> BuiltProgram(string name, string project, string assembly) => new(name)
    {
        Description = $"The program {assembly}.",
        DefaultValueFactory = _ => Built(project, assembly),
    };

    // What was published before the last change is not what is to be measured.
    private static string Newest(string published, string built) =>
        File.Exists(published) && File.GetLastWriteTimeUtc(published) >= File.GetLastWriteTimeUtc(built) ? published : built;

    private static string Built(string project, string assembly) => $"{project}/bin/Release/net10.0/{assembly}.dll";
}
