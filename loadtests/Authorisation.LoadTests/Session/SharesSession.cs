using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Measure;
using Authorisation.LoadTests.Processes;
using Authorisation.LoadTests.Results;
using Authorisation.LoadTests.Scenarios;

namespace Authorisation.LoadTests.Session;

/// <summary>
/// Measures the purchases of one operator alone, and beside a client of another operator that sends all it can: on one
/// server, in turn, so that a machine that grows slower or faster is in both.
/// </summary>
internal sealed class SharesSession(LoadOptions options, StageProcess stage, ProgressLine progress)
    : ApartSession(PhaseKind.Shares, options, stage, progress)
{
    private const double Little = 0.1;
    private const int FloodStreams = 32;
    private const int InFlightOfStream = 256;
    private const int FloodConnections = 4;

    /// <summary>How long the flood runs before the other operator is measured beside it, and after.</summary>
    private static readonly TimeSpan FloodLead = TimeSpan.FromSeconds(1);

    private readonly SharesResult _result = new();

    /// <inheritdoc/>
    protected override async Task<IScenarioResult?> MeasureAsync(CancellationToken cancel)
    {
        Show("starting");
        var ledger = await Stage.OpenLedgerAsync();
        return await OnLedgerAsync(async file =>
        {
            // Both loads append to it; each of their writes is of whole entries.
            using var answers = Stream.Synchronized(file);
            await using var visit = await Visit.StartAsync(TargetKind.Authorise, Options, ledger, Stage.Facts.Redis);
            await MeasureAsync(visit, answers, cancel);
            return _result;
        });
    }

    private async Task MeasureAsync(Visit visit, Stream answers, CancellationToken cancel)
    {
        var flood = Plan(visit) with { Token = Stage.Facts.Token, Scenario = () => new FloodScenario(Stage.Facts) };
        var streams = flood with { Connections = FloodStreams, InFlight = FloodStreams * InFlightOfStream, Streamed = true };
        var calls = flood with { Connections = FloodConnections, InFlight = FloodConnections * Http2.GrpcConnection.CallsMax };

        Show("warming up, and measuring saturation");
        Note("warming up", LoadRun.Run(streams with { WarmUp = Options.WarmUp, Measured = Options.Ramp }, answers));
        Note("warming up", LoadRun.Run(calls with { WarmUp = Options.WarmUp, Measured = Options.Ramp }, answers));
        var other = Stage.Facts with { Cards = Stage.Facts.OtherCards };
        var steady = Plan(visit) with { Token = Stage.Facts.OtherToken, Scenario = () => new UniformScenario(other) };
        var saturating = steady with { InFlight = Options.InFlight, Connections = Options.Connections };
        var saturated = LoadRun.Run(saturating, answers);
        Note("at saturation", saturated);
        var little = steady with { PerSecond = saturated.PerSecond * Little };

        for (var repetition = 0; repetition < Options.Repetitions; repetition++)
        {
            await PairAsync("10 % load, beside 32 streams", little, streams, repetition, answers, cancel);
            await PairAsync("10 % load, beside 4,000 calls", little, calls, repetition, answers, cancel);
            await PairAsync("all it can, beside 32 streams", saturating, streams, repetition, answers, cancel);
        }
    }

    private async Task PairAsync(
        string name, LoadPlan plan, LoadPlan flood, int repetition, Stream answers, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Show($"{repetition + 1}/{Options.Repetitions}: {name}");
        Recording alone, beside, flooding;
        if (repetition % 2 == 0)
        {
            alone = LoadRun.Run(plan, answers);
            (beside, flooding) = await BesideAsync(plan, flood, answers);
        }
        else
        {
            (beside, flooding) = await BesideAsync(plan, flood, answers);
            alone = LoadRun.Run(plan, answers);
        }

        Note($"{name}, alone", alone);
        Note($"{name}, beside", beside);
        Note($"{name}, the flood", flooding);
        _result.Add(name, alone, beside, flooding);
    }

    private static async Task<(Recording Beside, Recording Flood)> BesideAsync(LoadPlan plan, LoadPlan flood, Stream answers)
    {
        var whole = flood with { WarmUp = FloodLead, Measured = plan.WarmUp + plan.Measured + FloodLead };
        var flooding = Task.Factory.StartNew(
            () => LoadRun.Run(whole, answers), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.Delay(FloodLead);
        var beside = LoadRun.Run(plan, answers);
        return (beside, await flooding);
    }

    private LoadPlan Plan(Visit visit) => new()
    {
        Targets = [.. visit.Servers.Select(server => server.Address)],
        Token = "",
        Scenario = () => new UniformScenario(Stage.Facts),
        Connections = 1,
        WarmUp = Options.Ramp,
        Measured = Options.Measured,
    };
}
