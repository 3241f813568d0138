using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Processes;
using Authorisation.LoadTests.Results;
using Authorisation.LoadTests.Scenarios;

namespace Authorisation.LoadTests.Session;

/// <summary>
/// Measures the first seconds of a fresh server process beside a warm database: from the moment when its health says
/// that it serves, purchases arrive at a fixed rate.
/// </summary>
internal sealed class ColdSession(LoadOptions options, StageProcess stage, ProgressLine progress)
    : ApartSession(PhaseKind.Cold, options, stage, progress)
{
    /// <inheritdoc/>
    protected override async Task<IScenarioResult?> MeasureAsync(CancellationToken cancel)
    {
        Show("starting");
        var ledger = await Stage.OpenLedgerAsync();
        return await OnLedgerAsync(answers => MeasureAsync(ledger, answers, cancel));
    }

    private async Task<IScenarioResult?> MeasureAsync(string ledger, Stream answers, CancellationToken cancel)
    {
        var result = new ColdResult();
        Show("warming up the databases");
        await using (var visit = await Visit.StartAsync(TargetKind.Authorise, Options, ledger, Stage.Facts.Redis))
        {
            var warm = Plan(visit.Servers[0]) with { InFlight = Options.InFlight, WarmUp = Options.WarmUp, Measured = Options.Ramp };
            Note("warming up", LoadRun.Run(warm, answers));
            // The generator's own code, too.
            var open = Plan(visit.Servers[0]) with { PerSecond = ColdResult.Rates.Max(), Measured = Options.Ramp };
            Note("warming up", LoadRun.Run(open, answers));
        }

        for (var repetition = 0; repetition < Options.ColdStarts; repetition++)
        {
            foreach (var rate in ColdResult.Rates)
            {
                cancel.ThrowIfCancellationRequested();
                Show($"{repetition + 1}/{Options.ColdStarts}: {rate:#,0} a second");
                await using var server = await Visit.StartServerAsync(
                    Path.Combine(Options.Directory, "cold.log"), Options, ledger, Stage.Facts.Redis);
                var plan = Plan(server) with { PerSecond = rate, BeginsAt = server.ServingAt };
                var recording = LoadRun.Run(plan, answers);
                Note($"{rate} a second", recording);
                result.Add(rate, recording, server.ServingAfter);
            }
        }

        return result;
    }

    private LoadPlan Plan(MeasuredServer server) => new()
    {
        Targets = [server.Address],
        Token = Stage.Facts.Token,
        Scenario = () => new UniformScenario(Stage.Facts),
        Connections = Options.Connections,
        WarmUp = TimeSpan.Zero,
        Measured = Options.ColdMeasured,
    };
}
