using System.Diagnostics.Metrics;
using Authorisation.Cache;
using Authorisation.Ledger.Cards;
using Authorisation.Server.Access;
using Authorisation.Server.Cards;
using Authorisation.Server.Following;
using Authorisation.Server.Rehearsals;
using Authorisation.Server.Streams;

namespace Authorisation.Server;

/// <summary>
/// What a server knows of itself, read at each scrape: numbers in memory, so a scrape makes no call. The table in
/// docs/operate/metrics.md says what each means.
/// </summary>
internal sealed class ServerGauges(
    IMeterFactory meters,
    CreditSnapshotCache cache,
    CardWatch watchers,
    OpenStreams streams,
    CardSequencer sequencer,
    TokenDirectory tokens,
    LedgerWatch ledger,
    WarmUp warmUp) : IHostedService
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Authorisation.Server";

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "authorisation.ready", () => ledger.Trouble is null && tokens.IsLoaded && warmUp.IsOver ? 1 : 0, description: "1 when it can do its work.");
        meter.CreateObservableGauge(
            "authorisation.cache.breaker.open", () => cache.IsBreakerOpen ? 1 : 0, description: "1 while Redis is left alone as it does not answer.");
        meter.CreateObservableUpDownCounter(
            "authorisation.card.watchers", () => watchers.Watchers, "{watcher}", "Calls of WatchCards that are open.");
        meter.CreateObservableUpDownCounter(
            "authorisation.streams.open", () => streams.Count, "{stream}", "Streams of purchases and of advices that are open.");
        meter.CreateObservableGauge(
            "authorisation.sequencer.lag", () => sequencer.Lag.TotalSeconds, "s", "How long ago all changed cards had been numbered.");
        meter.CreateObservableUpDownCounter(
            "authorisation.sequencer.operators", () => sequencer.Operators, "{operator}", "Operators whose cards this server numbers.");
        meter.CreateObservableUpDownCounter(
            "authorisation.tokens.known", () => tokens.Count, "{token}", "Tokens in force that this server knows.");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
