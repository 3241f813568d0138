using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Measure;
using Authorisation.LoadTests.Processes;
using Authorisation.LoadTests.Results;
using Authorisation.LoadTests.Scenarios;

namespace Authorisation.LoadTests.Session;

/// <summary>
/// Measures the targets one at a time, forwards and backwards in turn, so that a machine that grows slower or faster
/// does so for all alike. A target is started again each time, on a ledger that nothing has been bought on.
/// </summary>
internal sealed class LoadSession(LoadOptions options, StageProcess stage, ProgressLine progress)
{
    /// <summary>At a low rate, the first calls of each connection are more than a short ramp holds.</summary>
    private static readonly TimeSpan RateRamp = TimeSpan.FromSeconds(1);

    /// <summary>All of them can be questions at once, of which one client may not have more waiting.</summary>
    private const int AppInFlightMax = 256;

    private readonly string _answers = Path.Combine(options.Directory, "answers");

    /// <summary>What was measured.</summary>
    public List<PhaseResult> Results { get; } = [];

    /// <summary>What the scenarios that are measured by themselves came to, as far as they were.</summary>
    public Dictionary<PhaseKind, IScenarioResult> Apart { get; } = [];

    /// <summary>Why it is no result; empty when it is one.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Measures everything.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        for (var repetition = 0; repetition < options.Repetitions && options.MeasuresTargets; repetition++)
        {
            var order = repetition % 2 == 0 ? options.Targets : options.Targets.Reverse();
            foreach (var target in order)
            {
                cancel.ThrowIfCancellationRequested();
                await VisitAsync(target, repetition, cancel);
            }
        }

        foreach (var kind in options.Phases.Where(kind => kind.IsApart()).Distinct())
        {
            if (options.Targets.Contains(TargetKind.Authorise))
            {
                cancel.ThrowIfCancellationRequested();
                await MeasureApartAsync(kind, cancel);
            }
        }
    }

    private async Task MeasureApartAsync(PhaseKind kind, CancellationToken cancel)
    {
        ApartSession session = kind switch
        {
            PhaseKind.Shares => new SharesSession(options, stage, progress),
            PhaseKind.Reset => new ResetSession(options, stage, progress),
            PhaseKind.Cold => new ColdSession(options, stage, progress),
            PhaseKind.Restart => new RestartSession(options, stage, progress),
            PhaseKind.Failover => new FailoverSession(options, stage, progress),
            PhaseKind.Idle => new IdleSession(options, stage, progress),
            PhaseKind.Bulk => new BulkSession(options, stage, progress),
            PhaseKind.Growth => new GrowthSession(options, stage, progress),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        if (await session.RunAsync(cancel) is { } result)
        {
            Apart.Add(kind, result);
        }

        Problems.AddRange(session.Problems);
    }

    private async Task VisitAsync(TargetKind target, int repetition, CancellationToken cancel)
    {
        var name = $"{target.Name()} {repetition + 1}/{options.Repetitions}";
        progress.Show($"{name}: starting");
        var ledger = target.Ledger() is { } kind ? await stage.OpenLedgerAsync(kind) : "";
        await using (var answers = File.Create(_answers))
        {
            await using var visit = await Visit.StartAsync(target, options, ledger, stage.Facts.Redis);
            RunPhases(target, repetition, visit, answers, name, cancel);
        }

        if (target.HasLedger())
        {
            progress.Show($"{name}: looking whether the ledger adds up");
            var (problems, _) = await stage.CheckAsync(Path.GetFullPath(_answers));
            Problems.AddRange(problems.Select(problem => $"{name}: {problem}"));
            await stage.CloseLedgerAsync();
        }
    }

    private void RunPhases(
        TargetKind target, int repetition, Visit visit, Stream answers, string name, CancellationToken cancel)
    {
        foreach (var kind in IsStreamed(target) ? [PhaseKind.Uniform, PhaseKind.Stream] : new[] { PhaseKind.Uniform })
        {
            // Each way in has its own code, which must be compiled.
            progress.Show($"{name}: warming up");
            var plan = Plan(visit, new Phase(kind), 0) with { WarmUp = options.WarmUp, Measured = options.Ramp };
            Note(name, LoadRun.Run(plan, answers));
        }

        double saturation = 0;
        foreach (var phase in PhasesOf(target, repetition))
        {
            cancel.ThrowIfCancellationRequested();
            progress.Show($"{name}: {phase.Name}");
            var plan = Plan(visit, phase, saturation);
            int[] servers = [.. visit.Servers.Select(server => server.ProcessId)];
            var meter = new ProcessorMeter(servers, [stage.Facts.PostgresProcess, stage.Facts.RedisProcess]);
            using var memory = new MemoryMeter(servers, plan.Measured);
            var recording = LoadRun.Run(plan, answers);
            var (server, store, own) = meter.For(recording.Answers);
            Note($"{name}, {phase.Name}", recording);
            saturation = phase.Kind == PhaseKind.Uniform ? recording.PerSecond : saturation;
            Results.Add(new PhaseResult(target, phase, repetition, recording, server, store, own, memory.End()));
        }
    }

    private void Note(string what, Recording recording)
    {
        if (recording.Wrong > 0)
        {
            Problems.Add($"{what}: {recording.Wrong} wrong answers, such as: {string.Join(" ", recording.Problems)}");
        }

        if (recording.Latencies.Count == 0)
        {
            Problems.Add($"{what}: nothing was answered");
        }
    }

    private IEnumerable<Phase> PhasesOf(TargetKind target, int repetition)
    {
        // Next to each other and first in turn: a server is faster the longer it has run.
        var isStreamed = IsStreamed(target);
        if (isStreamed && repetition % 2 == 1)
        {
            yield return new Phase(PhaseKind.Stream);
        }

        yield return new Phase(PhaseKind.Uniform);
        if (isStreamed && repetition % 2 == 0)
        {
            yield return new Phase(PhaseKind.Stream);
        }

        if (target == TargetKind.TwoServers)
        {
            yield break;
        }

        yield return new Phase(PhaseKind.Unloaded);
        if (target != TargetKind.Authorise)
        {
            yield break;
        }

        foreach (var kind in options.Phases.Where(kind =>
            !kind.IsApart() && kind is not (PhaseKind.Uniform or PhaseKind.Stream or PhaseKind.Unloaded)))
        {
            var phases = kind switch
            {
                PhaseKind.Rate => options.Rates.Select(rate => new Phase(kind, Rate: rate)),
                PhaseKind.Open => options.Shares.Select(share => new Phase(kind, share)),
                _ => [new Phase(kind)],
            };
            foreach (var phase in phases)
            {
                yield return phase;
            }
        }
    }

    private bool IsStreamed(TargetKind target) =>
        target == TargetKind.Authorise && options.Phases.Contains(PhaseKind.Stream);

    private LoadPlan Plan(Visit visit, Phase phase, double saturation) => new()
    {
        Targets = [.. visit.Servers.Select(server => server.Address)],
        Token = stage.Facts.Token,
        Scenario = () => ScenarioOf(phase.Kind),
        Connections = phase.Kind == PhaseKind.Unloaded ? 1 : options.Connections,
        InFlight = phase.Kind switch
        {
            PhaseKind.Open or PhaseKind.Rate => 0,
            PhaseKind.Unloaded => 1,
            PhaseKind.App => Math.Min(options.InFlight, AppInFlightMax),
            _ => options.InFlight,
        },
        Streamed = phase.Kind == PhaseKind.Stream,
        PerSecond = phase.Kind == PhaseKind.Rate ? phase.Rate : phase.Share * saturation,
        WarmUp = phase.Kind == PhaseKind.Rate ? RateRamp : options.Ramp,
        Measured = phase.Kind switch
        {
            PhaseKind.Open => options.OpenMeasured,
            PhaseKind.Rate => options.RateMeasured,
            _ => options.Measured,
        },
    };

    private Scenario ScenarioOf(PhaseKind kind) => kind switch
    {
        PhaseKind.Hot => new HotScenario(stage.Facts),
        PhaseKind.Declines => new DeclinesScenario(stage.Facts),
        PhaseKind.Replay => new ReplayScenario(stage.Facts),
        PhaseKind.Mixed => new MixedScenario(stage.Facts),
        PhaseKind.App => new AppScenario(stage.Facts),
        _ => new UniformScenario(stage.Facts),
    };
}
