using System.Diagnostics;
using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Processes;
using Authorisation.LoadTests.Results;

namespace Authorisation.LoadTests.Session;

/// <summary>
/// Measures what clients notice of a new release: two servers on one ledger are replaced in the documented way, one after
/// the other, while purchases arrive at a fixed rate. Each is stopped by SIGTERM; when it has ended, another one starts in
/// its place, and the next turn comes when that one serves.
/// </summary>
internal sealed class RestartSession(LoadOptions options, StageProcess stage, ProgressLine progress)
    : ApartSession(PhaseKind.Restart, options, stage, progress)
{
    private const int Servers = 2;
    private const double PerSecond = 200;

    /// <summary>How long purchases arrive before, between and after the replacements.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task<IScenarioResult?> MeasureAsync(CancellationToken cancel)
    {
        var result = new RestartResult(PerSecond);
        for (var repetition = 0; repetition < Options.Repetitions; repetition++)
        {
            Show($"{repetition + 1}/{Options.Repetitions}: starting");
            var ledger = await Stage.OpenLedgerAsync();
            result.Add(await OnLedgerAsync(answers => ReplaceAsync(ledger, answers, cancel)));
        }

        return result;
    }

    private async Task<IReadOnlyList<RetriedPurchase>> ReplaceAsync(string ledger, Stream answers, CancellationToken cancel)
    {
        var servers = new List<MeasuredServer>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task<IReadOnlyList<RetriedPurchase>>? running = null;
        try
        {
            for (var i = 0; i < Servers; i++)
            {
                servers.Add(await StartAsync(i, port: null));
            }

            running = new RetryingLoad(Stage.Facts, PerSecond).RunAsync(servers.Select(server => server.Address), stop.Token);
            Show("warming up");
            await Task.Delay(Options.WarmUp, cancel);
            var from = Stopwatch.GetTimestamp();
            await Task.Delay(Between, cancel);
            for (var i = 0; i < Servers; i++)
            {
                Show($"replacing server {i + 1} of {Servers}");
                await servers[i].DisposeAsync();
                servers[i] = await StartAsync(i, servers[i].Address.Port);
                await Task.Delay(Between, cancel);
            }

            await stop.CancelAsync();
            var purchases = await running;
            RetriedAnswers.Write(purchases, answers);
            Problems.AddRange(RetriedAnswers.Wrong(purchases).Select(wrong => $"restart: {wrong}"));
            return [.. purchases.Where(purchase => purchase.DueAt >= from)];
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task?)running ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }

        Task<MeasuredServer> StartAsync(int i, int? port) => Visit.StartServerAsync(
            Path.Combine(Options.Directory, $"restart-{i + 1}.log"), Options, ledger, Stage.Facts.Redis, port);
    }
}
