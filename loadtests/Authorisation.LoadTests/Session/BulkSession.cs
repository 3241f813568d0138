using System.Diagnostics;
using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Measure;
using Authorisation.LoadTests.Processes;
using Authorisation.LoadTests.Results;
using Authorisation.LoadTests.Scenarios;

namespace Authorisation.LoadTests.Session;

/// <summary>
/// Measures purchases while an organisation that all accounts belong to is renamed, suspended and reinstated: the same
/// load goes on all the time, and stretches with and without a change take turns.
/// </summary>
internal sealed class BulkSession(LoadOptions options, StageProcess stage, ProgressLine progress)
    : ApartSession(PhaseKind.Bulk, options, stage, progress)
{
    private const double HighPercentile = 99;
    private const double NanosecondsInMillisecond = 1e6;

    /// <summary>
    /// Of the rate that saturates: more than operators have, and the processors are not full. At half of it a rename,
    /// which has each account's first purchase do a third more, fills them.
    /// </summary>
    private const double Share = 0.1;

    private readonly List<double> _changeMilliseconds = [];

    /// <inheritdoc/>
    protected override async Task<IScenarioResult?> MeasureAsync(CancellationToken cancel)
    {
        Show("starting");
        var ledger = await Stage.OpenLedgerAsync();
        await Stage.ChangeAsync("gather");
        return await OnLedgerAsync(answers => MeasureAsync(ledger, answers, cancel));
    }

    private async Task<BulkResult> MeasureAsync(string ledger, Stream answers, CancellationToken cancel)
    {
        await using var visit = await Visit.StartAsync(TargetKind.Authorise, Options, ledger, Stage.Facts.Redis);
        var plan = new LoadPlan
        {
            Targets = [.. visit.Servers.Select(server => server.Address)],
            Token = Stage.Facts.Token,
            Scenario = () => new UniformScenario(Stage.Facts),
            Connections = Options.Connections,
            InFlight = Options.InFlight,
            WarmUp = Options.WarmUp,
            Measured = Options.Measured,
        };
        Show("warming up, and measuring saturation");
        var saturated = LoadRun.Run(plan, answers);
        Note("at saturation", saturated);

        var changes = new BulkChanges();
        var scenarios = new List<BulkScenario>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var open = plan with
        {
            Scenario = () =>
            {
                scenarios.Add(new BulkScenario(Stage.Facts, changes));
                return scenarios[^1];
            },
            InFlight = 0,
            PerSecond = saturated.PerSecond * Share,
            WarmUp = TimeSpan.Zero,
            Measured = (Options.Repetitions + 1) * 6 * (Options.Ramp + Options.Measured),
            Stop = stop.Token,
        };
        var changing = ChangeAsync(changes, stop);
        var recording = await Task.Factory.StartNew(
            () => LoadRun.Run(open, answers), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await changing;
        cancel.ThrowIfCancellationRequested();
        Note("during the changes", recording);
        return new BulkResult(
            Stage.Facts.Cards, open.PerSecond, [.. Enumerable.Range(0, Options.Repetitions).Select(Round)], _changeMilliseconds);

        (double, double, double) Round(int round) =>
            (P99(round, BulkPart.Without), P99(round, BulkPart.Rename), P99(round, BulkPart.Suspension));

        double P99(int round, BulkPart part)
        {
            var all = new LatencyHistogram();
            scenarios.ForEach(scenario => all.Add(scenario.Of(round, part) ?? new LatencyHistogram()));
            return all.Percentile(HighPercentile) / NanosecondsInMillisecond;
        }
    }

    /// <summary>Makes all changes, one after the other, and then lets the load end.</summary>
    private async Task ChangeAsync(BulkChanges changes, CancellationTokenSource stop)
    {
        try
        {
            // The first of the open load finds connections new and queues of the closed load's making.
            await Task.Delay(Options.Ramp + Options.Measured, stop.Token);
            for (var round = 0; round < Options.Repetitions; round++)
            {
                Show($"round {round + 1}/{Options.Repetitions}");
                changes.Begin(new BulkStretch(round, BulkPart.Without, IsSuspended: false));
                await Task.Delay(Options.Measured, stop.Token);

                changes.Begin(new BulkStretch(round, BulkPart.Rename, IsSuspended: false));
                await MakeAsync("rename");
                await Task.Delay(Options.Measured, stop.Token);

                changes.Begin(new BulkStretch(round, BulkPart.Suspension, IsSuspended: null));
                await MakeAsync("suspend");
                changes.Begin(new BulkStretch(round, BulkPart.Suspension, IsSuspended: true));
                await Task.Delay(Options.Measured, stop.Token);
                changes.Begin(new BulkStretch(round, BulkPart.Suspension, IsSuspended: null));
                await MakeAsync("reinstate");
                changes.Begin(new BulkStretch(round, BulkPart.Suspension, IsSuspended: false));
                await Task.Delay(Options.Measured, stop.Token);

                // The cards are numbered for minutes, all the time that was measured: as if they had been, for the next
                // round.
                changes.Begin(new BulkStretch(round, BulkPart.Nothing, IsSuspended: false));
                await Stage.ChangeAsync("forget");
                await Task.Delay(Options.Ramp, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is interrupted.
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private async Task MakeAsync(string change)
    {
        var began = Stopwatch.GetTimestamp();
        await Stage.ChangeAsync(change);
        _changeMilliseconds.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }
}
