using Authorisation.Ledger.Cards;

namespace Authorisation.Server.Cards;

/// <summary>Runs the sequencer for as long as the server runs.</summary>
public sealed class CardSequencing(CardSequencer sequencer) : BackgroundService
{
    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => sequencer.RunAsync(stoppingToken);
}
