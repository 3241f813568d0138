using System.Diagnostics;
using System.Globalization;
using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Measure;
using Authorisation.LoadTests.Processes;
using Authorisation.LoadTests.Results;
using Authorisation.LoadTests.Scenarios;

namespace Authorisation.LoadTests.Session;

/// <summary>
/// Measures purchases while the operator's month ends: on a separate ledger, whose clock is set so that midnight comes
/// in the middle, with a control plane beside the server that does the night's work.
/// </summary>
internal sealed class ResetSession(LoadOptions options, StageProcess stage, ProgressLine progress)
    : ApartSession(PhaseKind.Reset, options, stage, progress)
{
    private const double HighPercentile = 99;
    private const double NanosecondsInMillisecond = 1e6;

    /// <summary>What the start of both processes may take.</summary>
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(15);

    /// <summary>Less than this before midnight is no measurement.</summary>
    private static readonly TimeSpan BeforeMin = TimeSpan.FromSeconds(4);

    /// <summary>The first of the open load finds connections new and queues of the closed load's making.</summary>
    private static readonly TimeSpan OpenRamp = TimeSpan.FromSeconds(2);

    /// <summary>How often the month end's progress is shown.</summary>
    private static readonly TimeSpan Tell = TimeSpan.FromSeconds(5);

    /// <summary>A turn that is not done by then is a failure.</summary>
    private static readonly TimeSpan TurnBound = TimeSpan.FromMinutes(60);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    protected override async Task<IScenarioResult?> MeasureAsync(CancellationToken cancel)
    {
        Show($"filling in {Options.ResetAccounts:#,0} accounts with ten purchases each");
        var ledger = await Stage.OpenMonthEndAsync(Options.ResetAccounts);
        var left = StartBound + Options.WarmUp + Options.Ramp + Options.Measured + Options.ResetBefore;
        var clock = await Stage.SetClockAsync(left);
        return await OnLedgerAsync(answers => MeasureAsync(ledger, clock, answers, cancel));
    }

    private async Task<ResetResult?> MeasureAsync(
        MonthEndFacts ledger, MonthEndClock clock, Stream answers, CancellationToken cancel)
    {
        Show("starting");
        await using var server = await MeasuredServer.StartAsync(
            Log("server"), port => Server(clock, port), Settings(ledger));
        await using var admin = await AdminProcess.StartAsync(
            Log("admin"), Options.HostsProgram, ledger, clock.AheadMicroseconds, Options.SharePercent);
        var plan = new LoadPlan
        {
            Targets = [server.Address],
            Token = ledger.Facts.Token,
            Scenario = () => new UniformScenario(ledger.Facts),
            Connections = Options.Connections,
            InFlight = Options.InFlight,
            WarmUp = Options.WarmUp,
            Measured = Options.Measured,
        };
        Show("warming up, and measuring saturation");
        var saturated = LoadRun.Run(plan, answers);
        Note("at saturation", saturated);
        if (clock.Midnight - DateTimeOffset.UtcNow < BeforeMin)
        {
            throw new LoadFailedException("The machine is too slow: the month ended before there was anything to measure.");
        }

        var end = MonthEnd.At(ledger.Month, clock.Midnight, ledger.Facts.SpentCards, OpenRamp);
        var scenarios = new List<ResetScenario>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var open = plan with
        {
            Scenario = () =>
            {
                scenarios.Add(new ResetScenario(ledger.Facts, end));
                return scenarios[^1];
            },
            InFlight = 0,
            PerSecond = saturated.PerSecond * Phase.Half,
            WarmUp = TimeSpan.Zero,
            Measured = TurnBound + (clock.Midnight - DateTimeOffset.UtcNow),
            Stop = stop.Token,
        };
        var turning = WatchAsync(end, clock, stop);
        var recording = await Task.Factory.StartNew(
            () => LoadRun.Run(open, answers), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Note("over midnight", recording);
        var turn = await turning;
        cancel.ThrowIfCancellationRequested();
        return Conclude(turn, admin, end, scenarios, open.PerSecond);
    }

    /// <summary>Looks until the turn is done, and then lets the load end after a while.</summary>
    private async Task<MonthEndRunFacts> WatchAsync(MonthEnd end, MonthEndClock clock, CancellationTokenSource stop)
    {
        var turn = new MonthEndRunFacts();
        var until = clock.Midnight + TurnBound;
        var told = Stopwatch.StartNew();
        try
        {
            while (turn.Seconds is null && DateTimeOffset.UtcNow < until)
            {
                await Task.Delay(Poll, stop.Token);
                turn = await Stage.MonthEndAsync();
                if (told.Elapsed >= Tell)
                {
                    told.Restart();
                    Show(DateTimeOffset.UtcNow < clock.Midnight
                        ? "before midnight"
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"{turn.Statements:#,0} statements, {turn.SealedRows:#,0} rows sealed, {turn.AccountsChecked:#,0} accounts checked"));
                }
            }

            end.TurnEndedAt = end.MidnightAt + (long)((turn.Seconds ?? 0) * Stopwatch.Frequency);
            Show("after the turn");
            await Task.Delay(Options.ResetBefore, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The run is interrupted.
        }
        finally
        {
            await stop.CancelAsync();
        }

        return turn;
    }

    private ResetResult? Conclude(
        MonthEndRunFacts turn, AdminProcess admin, MonthEnd end, List<ResetScenario> scenarios, double perSecond)
    {
        var (before, during, after) = (new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        foreach (var scenario in scenarios)
        {
            before.Add(scenario.Before);
            during.Add(scenario.During);
            after.Add(scenario.After);
        }

        var first = scenarios.Min(scenario => scenario.FirstApproved);
        if (turn.Seconds is not { } seconds || first is null)
        {
            Problems.Add($"reset: the turn of the month was not done, or nothing was bought after it. The control plane says:\n{admin.LogTail}");
            return null;
        }

        if (turn.Differences > 0 || turn.Invoices == 0)
        {
            Problems.Add($"reset: the turn found {turn.Differences} differences and made {turn.Invoices} invoices:\n{admin.LogTail}");
        }

        return new ResetResult(
            Options.ResetAccounts, turn.SealedRows, perSecond, P99(before), P99(during), P99(after), seconds,
            first.Value.TotalMilliseconds, end.DeclinedThenApproved);

        static double P99(LatencyHistogram latencies) => latencies.Percentile(HighPercentile) / NanosecondsInMillisecond;
    }

    private string Log(string name) => Path.Combine(Options.Directory, $"reset-{name}.log");

    private string[] Server(MonthEndClock clock, int port) =>
    [
        "dotnet", Options.HostsProgram, "server", clock.AheadMicroseconds.ToString(CultureInfo.InvariantCulture),
        "--Listen:Port", port.ToString(CultureInfo.InvariantCulture),
    ];

    private static Dictionary<string, string> Settings(MonthEndFacts ledger) => new(StringComparer.Ordinal)
    {
        ["Ledger__ConnectionString"] = ledger.Ledger,
        ["Cache__ConnectionString"] = ledger.Facts.Redis,
    };
}
