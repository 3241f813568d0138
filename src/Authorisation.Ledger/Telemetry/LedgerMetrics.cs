using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Authorisation.Core;

namespace Authorisation.Ledger.Telemetry;

/// <summary>What the ledger counts and measures. The table in docs/operate/metrics.md says what each metric means.</summary>
/// <remarks>
/// Safe for any number of threads: instruments are, and the labels are in a concurrent dictionary. Recording allocates
/// nothing once a combination of labels has been seen, and costs next to nothing without a listener. Labels are
/// bounded: an operator, a reason, a way, a ledger; never an account, a traveller or a client.
/// </remarks>
public sealed class LedgerMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Authorisation.Ledger";

    private static readonly double[] Seconds =
        [0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<(string Operator, DeclineReason Reason), KeyValuePair<string, object?>[]> _decisions = new();
    private readonly Instruments _to;
    private readonly KeyValuePair<string, object?>[] _labels;
    private readonly KeyValuePair<string, object?>[][] _ways;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">The host's: what one host records is not mixed with another's in the same process.</param>
    public LedgerMetrics(IMeterFactory meters)
        : this(new Instruments(meters.Create(MeterName)), [])
    {
    }

    private LedgerMetrics(Instruments to, KeyValuePair<string, object?>[] labels)
    {
        _to = to;
        _labels = labels;
        _ways = [.. Enum.GetValues<CommitWay>().Select(way => (KeyValuePair<string, object?>[])[new("way", NameOf(way)), .. labels])];
    }

    /// <summary>The same instruments for one ledger of several, which is a label of all that it records.</summary>
    public LedgerMetrics Of(string ledger) => new(_to, [new("ledger", ledger)]);

    /// <summary>Observes a queue.</summary>
    /// <param name="waiting">How many commands wait for a lane.</param>
    /// <param name="locked">
    /// How many instruments have commands that wait for an account which others keep locked.
    /// </param>
    internal void Observe(Func<int> waiting, Func<int> locked) => _to.Observe(
        () => new Measurement<int>(waiting(), _labels), () => new Measurement<int>(locked(), _labels));

    /// <summary>Counts a decision.</summary>
    internal void Decided(Operator terms, DeclineReason reason)
    {
        if (_to.Decided.Enabled)
        {
            _to.Decided.Add(1, _decisions.GetOrAdd(
                (terms.Code, reason), static (key, labels) => [.. LabelsOf(key.Operator, key.Reason), .. labels], _labels));
        }
    }

    /// <summary>Records what a lane has taken.</summary>
    internal void Taken(int commands) => _to.Batch.Record(commands, _labels);

    /// <summary>Records how long a command waited.</summary>
    /// <param name="since">When it joined the queue, as a <see cref="Stopwatch.GetTimestamp"/> value.</param>
    /// <param name="until">When a lane took it.</param>
    internal void Waited(long since, long until) => _to.Wait.Record(Stopwatch.GetElapsedTime(since, until).TotalSeconds, _labels);

    /// <summary>Records a commit.</summary>
    /// <param name="way">How its commands were decided.</param>
    /// <param name="commands">How many were answered.</param>
    /// <param name="began">When it began, as a <see cref="Stopwatch.GetTimestamp"/> value.</param>
    internal void Committed(CommitWay way, int commands, long began)
    {
        var labels = _ways[(int)way];
        _to.Committed.Add(commands, labels);
        _to.Commit.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, labels);
    }

    /// <summary>A word of the code as labels have it: <c>insufficient_credit</c>.</summary>
    internal static string NameOf(Enum word) => JsonNamingPolicy.SnakeCaseLower.ConvertName(word.ToString());

    private static KeyValuePair<string, object?>[] LabelsOf(string code, DeclineReason reason) =>
    [
        new("decision", NameOf(reason == DeclineReason.None ? Decision.Approved : Decision.Declined)),
        new("reason", NameOf(reason)),
        new("operator", code),
    ];

    private static InstrumentAdvice<double> In(double[] boundaries) => new() { HistogramBucketBoundaries = boundaries };

    /// <summary>The instruments, which all ledgers of a host share: a name may be made once.</summary>
    private sealed class Instruments(Meter meter)
    {
        private readonly Lock _gate = new();
        private ImmutableArray<Func<Measurement<int>>> _waiting = [];
        private ImmutableArray<Func<Measurement<int>>> _locked = [];

        public Counter<long> Decided { get; } = meter.CreateCounter<long>(
            "authorisation.decisions", "{decision}", "Purchases that were decided and committed; repeated requests are not counted.");

        public Counter<long> Committed { get; } = meter.CreateCounter<long>(
            "authorisation.commit.commands", "{command}", "Purchases, operations and advices that were answered after a commit.");

        public Histogram<double> Wait { get; } = meter.CreateHistogram(
            "authorisation.commit.queue.wait", "s", "How long a command waited until a lane took it.", advice: In(Seconds));

        public Histogram<long> Batch { get; } = meter.CreateHistogram(
            "authorisation.commit.batch.size", "{command}", "How many commands a lane took together.",
            advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });

        public Histogram<double> Commit { get; } = meter.CreateHistogram(
            "authorisation.commit.duration", "s", "How long Postgres took to commit a batch, all round trips together.",
            advice: In(Seconds));

        public void Observe(Func<Measurement<int>> waiting, Func<Measurement<int>> locked)
        {
            lock (_gate)
            {
                if (_waiting.IsEmpty)
                {
                    meter.CreateObservableUpDownCounter(
                        "authorisation.commit.queue.depth", () => Read(_waiting), "{command}", "Commands that wait for a lane.");
                    meter.CreateObservableUpDownCounter(
                        "authorisation.accounts.locked", () => Read(_locked), "{account}",
                        "Accounts that others keep locked, with purchases set aside.");
                }

                (_waiting, _locked) = (_waiting.Add(waiting), _locked.Add(locked));
            }
        }

        private static IEnumerable<Measurement<int>> Read(ImmutableArray<Func<Measurement<int>>> observed) =>
            observed.Select(static read => read());
    }
}
