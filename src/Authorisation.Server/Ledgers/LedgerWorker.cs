namespace Authorisation.Server.Ledgers;

/// <summary>
/// Runs a worker of one ledger of several, from when that one's schema has been found to be the right one: a ledger that
/// was out of reach at the start is neither read nor written before, and its tokens are not known.
/// </summary>
/// <remarks>One task runs it; nothing here is for others.</remarks>
internal sealed class LedgerWorker(ServedLedger ledger, BackgroundService worker) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ledger.Watch.SchemaIsCurrent.WaitAsync(stoppingToken);
        await worker.StartAsync(stoppingToken);
        await worker.ExecuteTask!;
    }
}
