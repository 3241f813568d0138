using System.CommandLine;
using Authorisation.LoadTests.Processes;
using Authorisation.LoadTests.Report;
using Authorisation.LoadTests.Results;

namespace Authorisation.LoadTests.Session;

/// <summary>The command: what comes of the arguments.</summary>
internal static class LoadCommand
{
    private const int Failed = 1;
    private const int Interrupted = 130;

    /// <summary>The command.</summary>
    public static RootCommand Create()
    {
        var command = LoadArguments.Create();
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var output = Console.Out;
        var progress = new ProgressLine(output, !Console.IsOutputRedirected);
        try
        {
            var options = LoadArguments.Read(parsed);
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
        parsed.GetValue(LoadArguments.Json)?.Delete();
        parsed.GetValue(LoadArguments.Report)?.Delete();
    }

    private static int Conclude(ParseResult parsed, LoadSession session, LoadOptions options)
    {
        var figures = new Figures(session.Results, session.Apart.GetValueOrDefault(PhaseKind.Growth) as GrowthResult);
        if (options.MeasuresTargets)
        {
            TextTable.Write(Console.Out, figures);
        }

        foreach (var result in session.Apart.Values)
        {
            result.Write(Console.Out);
        }

        if (session.Problems.Count > 0)
        {
            Console.Error.WriteLine("\nThis is not a result:");
            session.Problems.ForEach(Console.Error.WriteLine);
            return Failed;
        }

        if (parsed.GetValue(LoadArguments.Json) is { } json)
        {
            JsonFigures.Write(json.FullName, figures, session.Apart);
        }

        if (parsed.GetValue(LoadArguments.Report) is { } report)
        {
            var command = string.Join(' ', parsed.Tokens.Select(token => token.Value).Prepend("./dev load"));
            HtmlReport.Write(report.FullName, figures, session.Apart.Values, options, command);
        }

        return 0;
    }
}
