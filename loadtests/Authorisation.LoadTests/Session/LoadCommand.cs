using System.CommandLine;
using System.Globalization;
using Authorisation.LoadTests.Processes;
using Authorisation.LoadTests.Report;
using Authorisation.LoadTests.Results;

namespace Authorisation.LoadTests.Session;

/// <summary>The command line: what can be asked for, and what comes of it.</summary>
internal static class LoadCommand
{
    private const int Failed = 1;
    private const int Interrupted = 130;
    private const int QuickResetAccounts = 5_000;

    private static readonly Option<bool> Quick = new("--quick") { Description = "Everything, shortly: under two minutes." };
    private static readonly Option<FileInfo?> Json = new("--json") { Description = "Write the figures to a file." };
    private static readonly Option<FileInfo?> Report = new("--report") { Description = "Write a page with plots to a file." };
    private static readonly Option<string[]> Targets = Several("--targets", "echo, row-transaction, redis-only, authorise, two-servers; untriggered.");
    private static readonly Option<string[]> Phases = Several("--scenarios", "stream, hot, declines, replay, mixed, open, reset, shares, bulk; uniform always is, unless only reset, shares and bulk are named. All but bulk; --quick: and but reset and shares.");
    private static readonly Option<int?> Repetitions = new("--repetitions") { Description = "How often everything is repeated." };
    private static readonly Option<double?> Seconds = new("--seconds") { Description = "How long each phase is measured." };
    private static readonly Option<double?> Soak = new("--soak") { Description = "Only the server at half load, for so many minutes." };
    private static readonly Option<int> Connections = Number("--connections", 4, "How many connections.");
    private static readonly Option<int> InFlight = Number("--in-flight", 512, "How many calls are in flight at saturation.");
    private static readonly Option<int> Accounts = Number("--accounts", 200_000, "How many accounts there are; for reset with --quick 5000 unless given.");
    private static readonly Option<int> Share = Number("--share", 0, "How much of its time the month end works, in percent; 0: its default.");
    private static readonly Option<int> Lanes = Number("--lanes", 0, "How many batches a server commits at once; 0: its default.");
    private static readonly Option<int> RowConnections = Number("--row-connections", 16, "The pool of row-transaction.");
    private static readonly Option<string> Server = Program("--server", "src/Authorisation.Server", "Authorisation.Server");
    private static readonly Option<string> Peers = Program("--peers", "loadtests/Peers", "Authorisation.LoadTests.Peers");
    private static readonly Option<string> Stage = Program("--stage", "loadtests/Stage", "Authorisation.LoadTests.Stage");
    private static readonly Option<string> Hosts = Program("--hosts", "loadtests/Hosts", "Authorisation.LoadTests.Hosts");
    private static readonly Option<string> WorkDirectory = new("--directory")
    {
        Description = "Where databases and logs are while it runs.",
        DefaultValueFactory = _ => "artifacts/load",
    };

    /// <summary>The command.</summary>
    public static RootCommand Create()
    {
        var command = new RootCommand("Load tests: the server and its peers, one at a time, in the same run.")
        {
            Quick, Json, Report, Targets, Phases, Repetitions, Seconds, Soak, Connections, InFlight, Accounts, Lanes, RowConnections,
            Share, Server, Peers, Stage, Hosts, WorkDirectory,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var output = Console.Out;
        var progress = new ProgressLine(output, !Console.IsOutputRedirected);
        try
        {
            var options = Read(parsed);
            DeleteResultsOfBefore(parsed);
            var accounts = options.IsResetAlone ? 1 : options.Accounts;
            progress.Show($"starting Postgres and Redis, filling in {accounts:#,0} accounts");
            LoadSession session;
            await using (var stage = await StageProcess.StartAsync(
                options.StageProgram, Path.Combine(options.Directory, "stage"), accounts))
            {
                session = new LoadSession(options, stage, progress);
                await session.RunAsync(cancel);
                progress.Show("stopping");
            }

            progress.End();
            return Conclude(parsed, session, options);
        }
        catch (LoadFailedException e)
        {
            progress.End();
            await Console.Error.WriteLineAsync($"This is not a result: {e.Message}");
            return Failed;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            progress.End();
            await Console.Error.WriteLineAsync("Interrupted; everything that was started has been stopped.");
            return Interrupted;
        }
    }

    // A run that turns out to be no result must not leave the files of one.
    private static void DeleteResultsOfBefore(ParseResult parsed)
    {
        parsed.GetValue(Json)?.Delete();
        parsed.GetValue(Report)?.Delete();
    }

    private static int Conclude(ParseResult parsed, LoadSession session, LoadOptions options)
    {
        var figures = new Figures(session.Results);
        if (options.MeasuresTargets)
        {
            TextTable.Write(Console.Out, figures);
        }

        session.Reset?.Write(Console.Out);
        session.Bulk?.Write(Console.Out);
        session.Shares?.Write(Console.Out);
        if (session.Problems.Count > 0)
        {
            Console.Error.WriteLine("\nThis is not a result:");
            session.Problems.ForEach(Console.Error.WriteLine);
            return Failed;
        }

        if (parsed.GetValue(Json) is { } json)
        {
            JsonFigures.Write(json.FullName, figures, session.Reset, session.Bulk, session.Shares);
        }

        if (parsed.GetValue(Report) is { } report)
        {
            var command = string.Join(' ', parsed.Tokens.Select(token => token.Value).Prepend("./dev load"));
            HtmlReport.Write(report.FullName, figures, options, command);
        }

        return 0;
    }

    private static LoadOptions Read(ParseResult parsed)
    {
        var quick = parsed.GetValue(Quick);
        var measured = TimeSpan.FromSeconds(parsed.GetValue(Seconds) ?? (quick ? 1.1 : 8));
        var options = new LoadOptions
        {
            ServerProgram = parsed.GetValue(Server)!,
            PeersProgram = parsed.GetValue(Peers)!,
            StageProgram = parsed.GetValue(Stage)!,
            HostsProgram = parsed.GetValue(Hosts)!,
            Directory = Path.GetFullPath(parsed.GetValue(WorkDirectory)!),
            Repetitions = parsed.GetValue(Repetitions) ?? (quick ? 2 : 5),
            Measured = measured,
            OpenMeasured = measured,
            WarmUp = TimeSpan.FromSeconds(quick ? 2 : 6),
            Ramp = TimeSpan.FromSeconds(quick ? 0.25 : 0.5),
            Shares = quick ? [Phase.Half, 0.8] : [0.1, 0.25, Phase.Half, 0.65, 0.8, 0.9],
            Targets = parsed.GetValue(Targets) is { Length: > 0 } names
                ? Chosen<TargetKind>(names)
                : [.. Enum.GetValues<TargetKind>().Where(target => target != TargetKind.Untriggered)],
            Phases = parsed.GetValue(Phases) is { Length: > 0 } phases
                ? Chosen<PhaseKind>(phases)
                : [.. Enum.GetValues<PhaseKind>().Where(kind =>
                    kind != PhaseKind.Bulk && (kind is not (PhaseKind.Reset or PhaseKind.Shares) || !quick))],
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

    private static T[] Chosen<T>(string[]? names)
        where T : struct, Enum =>
        names is null or []
            ? Enum.GetValues<T>()
            : [.. names.Select(name => Enum.TryParse<T>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var value)
                ? value
                : throw new LoadFailedException($"There is no \"{name}\" to measure: ./dev load --help"))];

    private static Option<string[]> Several(string name, string of) => new(name)
    {
        Description = $"Which to measure: {of} Default: all.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static Option<int> Number(string name, int otherwise, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static Option<string> Program(string name, string project, string assembly) => new(name)
    {
        Description = $"The program {assembly}.",
        DefaultValueFactory = _ => string.Create(CultureInfo.InvariantCulture, $"{project}/bin/Release/net10.0/{assembly}.dll"),
    };
}
