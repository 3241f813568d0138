using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Measure;
using Authorisation.LoadTests.Processes;
using Authorisation.LoadTests.Results;
using Authorisation.LoadTests.Scenarios;

namespace Authorisation.LoadTests.Session;

/// <summary>
/// Measures what a purchase, the read of an authorisation and a list cost on ledgers that hold more and more
/// authorisations, of twelve months; each ledger is filled for itself.
/// </summary>
internal sealed class GrowthSession(LoadOptions options, StageProcess stage, ProgressLine progress)
    : ApartSession(PhaseKind.Growth, options, stage, progress)
{
    private const int IdBytes = 16;

    /// <summary>Fewer than the server lets wait at once.</summary>
    private const int ReadsInFlight = 16;

    /// <inheritdoc/>
    protected override async Task<IScenarioResult?> MeasureAsync(CancellationToken cancel)
    {
        var points = new List<GrowthPoint>();
        foreach (var rows in Options.Rows)
        {
            cancel.ThrowIfCancellationRequested();
            Show($"filling in {rows:#,0} authorisations");
            var ledger = await Stage.OpenGrowthAsync(rows);
            points.Add(await OnLedgerAsync(answers => MeasureAsync(rows, ledger, answers, cancel)));
        }

        return new GrowthResult(points);
    }

    private async Task<GrowthPoint> MeasureAsync(long rows, GrowthFacts ledger, Stream answers, CancellationToken cancel)
    {
        var bytes = await File.ReadAllBytesAsync(ledger.Ids, cancel);
        var ids = bytes.Chunk(IdBytes).Select(id => new Guid(id, bigEndian: true)).ToList();
        await using var visit = await Visit.StartAsync(TargetKind.Authorise, Options, ledger.Ledger, Stage.Facts.Redis);
        var purchases = new LoadPlan
        {
            Targets = [visit.Servers[0].Address],
            Token = Stage.Facts.Token,
            Scenario = () => new UniformScenario(Stage.Facts),
            Connections = Options.Connections,
            InFlight = Options.InFlight,
            WarmUp = Options.Ramp,
            // As long as any phase in all, so that what is bought meanwhile changes the size as little as may be.
            Measured = Options.Measured / Options.Repetitions,
        };
        var reads = purchases with { Scenario = () => new ReadScenario(Stage.Facts, ids), InFlight = ReadsInFlight };
        var lists = reads with { Scenario = () => new ListScenario(Stage.Facts) };
        return new GrowthPoint(
            rows, Measure("purchases", purchases), Measure("reads", reads), Measure("lists", lists), ledger.Sizes,
            ProcessorTime.ResidentMebibytes(visit.Servers[0].ProcessId));

        IReadOnlyList<GrowthCost> Measure(string what, LoadPlan plan)
        {
            cancel.ThrowIfCancellationRequested();
            Show($"{rows:#,0} authorisations: {what}");
            Note($"{what}, warming up", LoadRun.Run(plan with { WarmUp = Options.WarmUp, Measured = Options.Ramp }, answers));
            return [.. Enumerable.Range(0, Options.Repetitions).Select(_ => Once(what, plan))];
        }

        GrowthCost Once(string what, LoadPlan plan)
        {
            var meter = new ProcessorMeter(
                [visit.Servers[0].ProcessId], [Stage.Facts.PostgresProcess, Stage.Facts.RedisProcess]);
            var recording = LoadRun.Run(plan, answers);
            var (server, stores, _) = meter.For(recording.Answers);
            Note(what, recording);
            return new GrowthCost(server + stores, recording);
        }
    }
}
