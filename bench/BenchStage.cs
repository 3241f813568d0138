using Authorisation.Ledger.Database;
using Authorisation.LoadTests.Stage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Authorisation.Bench;

/// <summary>
/// The one Postgres of all benchmarks that need one; started by the first, stopped when the program ends.
/// </summary>
internal static class BenchStage
{
    private const int AccountsCount = 5_000;
    private static readonly SemaphoreSlim Gate = new(1);
    private static StageServers? _stage;

    /// <summary>The cards there are.</summary>
    public static StageCards Cards => _stage!.Facts;

    /// <summary>A ledger that nothing has been bought on.</summary>
    public static async Task<LedgerDatabase> OpenAsync()
    {
        await Gate.WaitAsync();
        try
        {
            _stage ??= await StageServers.StartAsync(Path.GetFullPath("artifacts/bench/stage"), AccountsCount);
            var opened = await _stage.OpenLedgerAsync();
            return new LedgerDatabase(
                new LedgerOptions { ConnectionString = opened.Ledger!, Lanes = 1 }, NullLoggerFactory.Instance);
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>Stops it, if it was started.</summary>
    public static async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stage, null) is { } stage)
        {
            await stage.DisposeAsync();
        }
    }
}
