using System.Diagnostics.Metrics;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Hosting.Workers;

namespace Authorisation.Admin.Telemetry;

/// <summary>
/// What the control plane's database holds that has to be watched, asked every <see cref="Limits.GaugesInterval"/> and
/// not at each scrape. The table in docs/operate/metrics.md says what each means.
/// </summary>
/// <remarks>
/// Safe to scrape from any thread: what is known is one reference, replaced whole. While the database cannot be asked,
/// nothing is shown: an old number would look like a good one.
/// </remarks>
internal sealed partial class ControlPlaneGauges : RepeatedWork
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Authorisation.Admin";

    private readonly ControlDatabase _database;
    private readonly ILogger _logger;
    private volatile ControlPlaneState? _state;

    /// <summary>Makes the gauges; they show nothing yet.</summary>
    public ControlPlaneGauges(ControlDatabase database, IMeterFactory meters, ILogger<ControlPlaneGauges> logger)
        : base(Limits.GaugesInterval)
    {
        (_database, _logger) = (database, logger);
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("authorisation.ready", () => _state is null ? 0 : 1, description: "1 when it can do its work.");
        meter.CreateObservableGauge(
            "authorisation.outbox.waiting", () => OfOutbox(static one => one.Waiting), "{message}", "Messages that wait to be sent.");
        meter.CreateObservableGauge(
            "authorisation.outbox.age", () => OfOutbox(static one => one.AgeSeconds), "s", "How long the oldest of them has waited.");
        meter.CreateObservableGauge(
            "authorisation.outbox.dead", () => OfOutbox(static one => one.Dead), "{message}", "Messages of the last seven days that were given up.");
        meter.CreateObservableGauge(
            "authorisation.month_end.step", () => OfNights(static one => one.Step), description: "The step of the oldest night that is not done; 0 when all are.");
        meter.CreateObservableGauge(
            "authorisation.month_end.waiting", () => OfNights(static one => one.Waiting), description: "1 when that night waits for a person.");
        meter.CreateObservableGauge(
            "authorisation.month_end.age", () => OfNights(static one => one.AgeSeconds), "s", "How long ago that night's work was begun; 0 when all is done.");
        meter.CreateObservableGauge(
            "authorisation.month_end.differences", () => OfNights(static one => one.Differences), "{difference}", "Differences that the newest night's work has found.");
        meter.CreateObservableGauge("authorisation.month_end.progress", Progress, description: "How much the newest night's work has done, by part.");
    }

    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken stop)
    {
        await using var db = await _database.OpenAsync(stop);
        _state = await ControlPlaneState.ReadAsync(db, stop);
        return false;
    }

    /// <inheritdoc/>
    protected override void TellFailing(string reason)
    {
        _state = null;
        LogFailing(reason);
    }

    /// <inheritdoc/>
    protected override void TellGoesOn(TimeSpan after) => LogGoesOn(after);

    private IEnumerable<Measurement<T>> OfOutbox<T>(Func<OutboxState, T> value)
        where T : struct =>
        (_state?.Outbox ?? []).Select(one => new Measurement<T>(
            value(one), new KeyValuePair<string, object?>("operator", one.Operator), new KeyValuePair<string, object?>("channel", one.Channel)));

    private IEnumerable<Measurement<T>> OfNights<T>(Func<NightsState, T> value)
        where T : struct =>
        (_state?.Nights ?? []).Select(one => new Measurement<T>(value(one), new KeyValuePair<string, object?>("operator", one.Operator)));

    private IEnumerable<Measurement<long>> Progress() => (_state?.Nights ?? []).SelectMany(static one => new[]
    {
        PartOf(one, "statements", one.Statements),
        PartOf(one, "sealed_rows", one.SealedRows),
        PartOf(one, "accounts_checked", one.AccountsChecked),
        PartOf(one, "invoices", one.Invoices),
    });

    private static Measurement<long> PartOf(NightsState nights, string part, long done) => new(
        done, new KeyValuePair<string, object?>("operator", nights.Operator), new KeyValuePair<string, object?>("part", part));

    [LoggerMessage(5680, LogLevel.Warning, "The database cannot be asked for what the control plane's metrics show: {Reason}")]
    private partial void LogFailing(string reason);

    [LoggerMessage(5681, LogLevel.Information, "The control plane's metrics show the database again, after {Time}")]
    private partial void LogGoesOn(TimeSpan time);
}
