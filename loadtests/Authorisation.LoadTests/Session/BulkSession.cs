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
{
    private const double HighPercentile = 99;
    private const double NanosecondsInMillisecond = 1e6;

    /// <summary>
    /// Of the rate that saturates: more than operators have, and the processors are not full. At half of it a rename,
    /// which has each account's first purchase do a third more, fills them.
    /// </summary>
    private const double Share = 0.1;

    private readonly string _answers = Path.Combine(options.Directory, "answers");
    private readonly List<double> _changeMilliseconds = [];

    /// <summary>Why it is no result; empty when it is one.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Measures it.</summary>
    public async Task<BulkResult?> RunAsync(CancellationToken cancel)
    {
        progress.Show("bulk: starting");
        var ledger = await stage.OpenLedgerAsync(notesCards: true);
        await stage.ChangeAsync("gather");
        BulkResult? result;
        await using (var answers = File.Create(_answers))
        {
            result = await MeasureAsync(ledger, answers, cancel);
        }

        progress.Show("bulk: looking whether the ledger adds up");
        Problems.AddRange((await stage.CheckAsync(Path.GetFullPath(_answers))).Select(problem => $"bulk: {problem}"));
        await stage.CloseLedgerAsync();
        return Problems.Count == 0 ? result : null;
    }

    private async Task<BulkResult> MeasureAsync(string ledger, Stream answers, CancellationToken cancel)
    {
        await using var visit = await Visit.StartAsync(TargetKind.Authorise, options, ledger, stage.Facts.Redis);
        var plan = new LoadPlan
        {
            Targets = [.. visit.Servers.Select(server => server.Address)],
            Token = stage.Facts.Token,
            Scenario = () => new UniformScenario(stage.Facts),
            Connections = options.Connections,
            InFlight = options.InFlight,
            WarmUp = options.WarmUp,
            Measured = options.Measured,
        };
        progress.Show("bulk: warming up, and measuring saturation");
        var saturated = LoadRun.Run(plan, answers);
        Note("at saturation", saturated);

        var changes = new BulkChanges();
        var scenarios = new List<BulkScenario>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var open = plan with
        {
            Scenario = () =>
            {
                scenarios.Add(new BulkScenario(stage.Facts, changes));
                return scenarios[^1];
            },
            InFlight = 0,
            PerSecond = saturated.PerSecond * Share,
            WarmUp = TimeSpan.Zero,
            Measured = (options.Repetitions + 1) * 6 * (options.Ramp + options.Measured),
            Stop = stop.Token,
        };
        var changing = ChangeAsync(changes, stop);
        var recording = await Task.Factory.StartNew(
            () => LoadRun.Run(open, answers), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await changing;
        cancel.ThrowIfCancellationRequested();
        Note("during the changes", recording);
        return new BulkResult(
            stage.Facts.Cards, open.PerSecond, [.. Enumerable.Range(0, options.Repetitions).Select(Round)], _changeMilliseconds);

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
            await Task.Delay(options.Ramp + options.Measured, stop.Token);
            for (var round = 0; round < options.Repetitions; round++)
            {
                progress.Show($"bulk: round {round + 1}/{options.Repetitions}");
                changes.Begin(new BulkStretch(round, BulkPart.Without, IsSuspended: false));
                await Task.Delay(options.Measured, stop.Token);

                changes.Begin(new BulkStretch(round, BulkPart.Rename, IsSuspended: false));
                await MakeAsync("rename");
                await Task.Delay(options.Measured, stop.Token);

                changes.Begin(new BulkStretch(round, BulkPart.Suspension, IsSuspended: null));
                await MakeAsync("suspend");
                changes.Begin(new BulkStretch(round, BulkPart.Suspension, IsSuspended: true));
                await Task.Delay(options.Measured, stop.Token);
                changes.Begin(new BulkStretch(round, BulkPart.Suspension, IsSuspended: null));
                await MakeAsync("reinstate");
                changes.Begin(new BulkStretch(round, BulkPart.Suspension, IsSuspended: false));
                await Task.Delay(options.Measured, stop.Token);

                // The cards are numbered for minutes, all the time that was measured: as if they had been, for the next
                // round.
                changes.Begin(new BulkStretch(round, BulkPart.Nothing, IsSuspended: false));
                await stage.ChangeAsync("forget");
                await Task.Delay(options.Ramp, stop.Token);
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
        await stage.ChangeAsync(change);
        _changeMilliseconds.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    private void Note(string what, Recording recording)
    {
        if (recording.Wrong > 0)
        {
            Problems.Add($"bulk, {what}: {recording.Wrong} wrong answers, such as: {string.Join(" ", recording.Problems)}");
        }
    }
}
