using System.Diagnostics.Metrics;
using Authorisation.Cache;
using Authorisation.Server.Ledgers;
using Authorisation.Server.Rehearsals;
using Authorisation.Server.Services;
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
    LedgerDirectory ledgers,
    WarmUp warmUp) : IHostedService
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Authorisation.Server";

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "authorisation.ready", () => ledgers.FindTrouble() is null && warmUp.IsOver ? 1 : 0, description: "1 when it can do its work.");
        meter.CreateObservableGauge(
            "authorisation.ledger.ready", () => Ready(), description: "1 when the operators of a ledger are served.");
        meter.CreateObservableGauge(
            "authorisation.cache.breaker.open", () => cache.IsBreakerOpen ? 1 : 0, description: "1 while Redis is left alone as it does not answer.");
        meter.CreateObservableUpDownCounter(
            "authorisation.card.watchers", () => watchers.Watchers, "{watcher}", "Calls of WatchCards that are open.");
        meter.CreateObservableUpDownCounter(
            "authorisation.streams.open", () => streams.Count, "{stream}", "Streams of purchases and of advices that are open.");
        meter.CreateObservableGauge(
            "authorisation.sequencer.lag", () => Each(static one => one.Sequencer.Lag.TotalSeconds), "s", "How long ago all changed cards had been numbered.");
        meter.CreateObservableUpDownCounter(
            "authorisation.sequencer.operators", () => Each(static one => one.Sequencer.Operators), "{operator}", "Operators whose cards this server numbers.");
        meter.CreateObservableUpDownCounter(
            "authorisation.tokens.known", () => Each(static one => one.Tokens.Count), "{token}", "Tokens in force that this server knows.");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<int>> Ready() => ledgers.All.Select(static one =>
        new Measurement<int>(one.Trouble is null ? 1 : 0, new KeyValuePair<string, object?>("ledger", one.Name)));

    private IEnumerable<Measurement<T>> Each<T>(Func<ServedLedger, T> read)
        where T : struct => ledgers.All.Select(one => new Measurement<T>(read(one), one.Labels));
}
