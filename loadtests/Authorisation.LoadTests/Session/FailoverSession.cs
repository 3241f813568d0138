using System.Diagnostics;
using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Processes;
using Authorisation.LoadTests.Results;

namespace Authorisation.LoadTests.Session;

/// <summary>
/// Measures how long nothing is decided when Postgres's primary is killed and its synchronous standby promoted at once,
/// while purchases arrive at a fixed rate; and looks for each answer in the ledger of the promoted one.
/// </summary>
internal sealed class FailoverSession(LoadOptions options, StageProcess stage, ProgressLine progress)
    : ApartSession(PhaseKind.Failover, options, stage, progress)
{
    private const int Accounts = 5_000;
    private const double PerSecond = 200;

    /// <summary>A server that decides nothing for so long does not find the new primary by itself.</summary>
    private static readonly TimeSpan DecisionBound = TimeSpan.FromSeconds(60);

    /// <summary>How long purchases arrive after the first decision.</summary>
    private static readonly TimeSpan After = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    protected override async Task<IScenarioResult?> MeasureAsync(CancellationToken cancel)
    {
        var rounds = new List<FailoverRound>();
        for (var repetition = 0; repetition < Options.Repetitions; repetition++)
        {
            Show($"{repetition + 1}/{Options.Repetitions}: starting a Postgres and its standby");
            var (ledger, facts) = await Stage.OpenFailoverAsync(Accounts);
            if (await OnLedgerAsync(answers => KillAsync(ledger, facts, answers, cancel)) is { } round)
            {
                rounds.Add(round);
            }
        }

        return rounds.Count == 0 ? null : new FailoverResult(PerSecond, rounds, Lost);
    }

    private async Task<FailoverRound?> KillAsync(string ledger, StageFacts facts, Stream answers, CancellationToken cancel)
    {
        await using var server = await Visit.StartServerAsync(
            Path.Combine(Options.Directory, "failover.log"), Options, ledger, facts.Redis);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var load = new RetryingLoad(facts, PerSecond);
        var running = load.RunAsync([server.Address], stop.Token);
        long killed, gone;
        double promotedAfter;
        try
        {
            Show("warming up");
            await Task.Delay(Options.WarmUp, cancel);
            Show("killing the primary");
            killed = Stopwatch.GetTimestamp();
            await Stage.KillPrimaryAsync();
            gone = Stopwatch.GetTimestamp();
            await Stage.PromoteAsync();
            promotedAfter = Stopwatch.GetElapsedTime(killed).TotalSeconds;
            Show("waiting for the first decision");
            while (load.FirstAnswerOfThoseDueFrom(gone) is null && Stopwatch.GetElapsedTime(killed) < DecisionBound)
            {
                await Task.Delay(Poll, cancel);
            }

            await Task.Delay(After, cancel);
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var purchases = await running;
        RetriedAnswers.Write(purchases, answers);
        Problems.AddRange(RetriedAnswers.Wrong(purchases).Select(wrong => $"failover: {wrong}"));
        if (load.FirstAnswerOfThoseDueFrom(gone) is not { } first)
        {
            Problems.Add($"failover: nothing was decided within {DecisionBound.TotalSeconds:0} s of the primary's end");
            return null;
        }

        return new FailoverRound(
            Stopwatch.GetElapsedTime(killed, first).TotalSeconds,
            promotedAfter,
            purchases.Count(purchase => purchase.Decision is not null),
            purchases.Count(purchase => purchase.Decision is null),
            purchases.Max(purchase => Stopwatch.GetElapsedTime(purchase.DueAt, purchase.EndedAt).TotalMilliseconds));
    }
}
