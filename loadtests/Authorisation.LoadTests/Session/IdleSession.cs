using Authorisation.LoadTests.Processes;
using Authorisation.LoadTests.Results;

namespace Authorisation.LoadTests.Session;

/// <summary>
/// Measures what a server and a control plane cost that nobody calls: processor time of each and of the databases, and
/// transactions of Postgres.
/// </summary>
internal sealed class IdleSession(LoadOptions options, StageProcess stage, ProgressLine progress)
    : ApartSession(PhaseKind.Idle, options, stage, progress)
{
    private const int Accounts = 1_000;

    /// <summary>Until then the runtime still compiles what starts have run.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    protected override async Task<IScenarioResult?> MeasureAsync(CancellationToken cancel)
    {
        Show("starting");
        var ledger = await Stage.OpenMonthEndAsync(Accounts);
        var result = await MeasureAsync(ledger, cancel);
        await Stage.CloseLedgerAsync();
        return result;
    }

    private async Task<IdleResult> MeasureAsync(MonthEndFacts ledger, CancellationToken cancel)
    {
        await using var server = await Visit.StartServerAsync(
            Path.Combine(Options.Directory, "idle-server.log"), Options, ledger.Ledger, ledger.Facts.Redis);
        await using var admin = await AdminProcess.StartAsync(
            Path.Combine(Options.Directory, "idle-admin.log"), Options.HostsProgram, ledger);
        await Task.Delay(Settling, cancel);
        var result = new IdleResult();
        for (var repetition = 0; repetition < Options.Repetitions; repetition++)
        {
            Show($"{repetition + 1}/{Options.Repetitions}: {Options.IdleMeasured.TotalSeconds:0} s of nothing");
            var transactions = await Stage.CountTransactionsAsync();
            var before = Meters(server, admin);
            await Task.Delay(Options.IdleMeasured, cancel);
            var shares = Meters(server, admin).Zip(before, (now, then) => (now - then) / Options.IdleMeasured).ToArray();
            // One is the question itself.
            var ended = await Stage.CountTransactionsAsync() - transactions - 1;
            result.Add(shares[0], shares[1], shares[2], ended / Options.IdleMeasured.TotalSeconds);
        }

        return result;
    }

    private TimeSpan[] Meters(MeasuredServer server, AdminProcess admin) =>
    [
        Used(server.ProcessId),
        Used(admin.ProcessId),
        Used(Stage.Facts.PostgresProcess) + Used(Stage.Facts.RedisProcess),
    ];

    private static TimeSpan Used(int process) =>
        ProcessorTime.OfFamily(process).Values.Aggregate(TimeSpan.Zero, static (sum, one) => sum + one);
}
