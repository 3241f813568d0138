using Authorisation.LoadTests.Session;

namespace Authorisation.LoadTests.Results;

/// <summary>
/// What the measurements come to. A ratio is taken within each repetition, between things measured minutes apart at
/// most, and the median of those is reported: the machine's drift between repetitions is in neither.
/// </summary>
internal sealed class Figures(IReadOnlyList<PhaseResult> results, GrowthResult? growth = null)
{
    private const double NanosecondsInMillisecond = 1e6;
    private const double HighPercentile = 99;
    private const long SlowNanoseconds = 10_000_000;
    private static readonly Phase Uniform = new(PhaseKind.Uniform);
    private static readonly Phase Unloaded = new(PhaseKind.Unloaded);

    /// <summary>All results.</summary>
    public IReadOnlyList<PhaseResult> Results => results;

    /// <summary>The ratios that goals are set for, by name, with the goal.</summary>
    public IReadOnlyList<(string Name, string Goal, Spread? Value)> Ratios =>
    [
        ("authorise_over_row_transaction", "≥ 10", Rate((TargetKind.Authorise, Uniform), (TargetKind.RowTransaction, Uniform))),
        ("authorise_over_double_entry", "≥ 8", Rate((TargetKind.Authorise, Uniform), (TargetKind.DoubleEntry, Uniform))),
        ("authorise_over_echo", "≥ 0.45", Rate((TargetKind.Authorise, Uniform), (TargetKind.Echo, Uniform))),
        ("stream_over_unary", "≥ 1.5", Rate((TargetKind.Authorise, new(PhaseKind.Stream)), (TargetKind.Authorise, Uniform))),
        ("hot_over_uniform", "≥ 0.8", Rate((TargetKind.Authorise, new(PhaseKind.Hot)), (TargetKind.Authorise, Uniform))),
        ("declines_over_uniform", "≥ 1.0", Rate((TargetKind.Authorise, new(PhaseKind.Declines)), (TargetKind.Authorise, Uniform))),
        ("mixed_over_uniform", "≥ 0.9", Rate((TargetKind.Authorise, new(PhaseKind.Mixed)), (TargetKind.Authorise, Uniform))),
        ("app_over_uniform", "≥ 1.2", Rate((TargetKind.Authorise, new(PhaseKind.App)), (TargetKind.Authorise, Uniform))),
        ("two_servers_over_one", "≥ 0.9", Rate((TargetKind.TwoServers, Uniform), (TargetKind.Authorise, Uniform))),
        ("authorise_over_untriggered", "", Rate((TargetKind.Authorise, Uniform), (TargetKind.Untriggered, Uniform))),
        ("stores_over_untriggered", "", Ratio(
            (TargetKind.Authorise, Uniform), (TargetKind.Untriggered, Uniform), result => result.StoreMicroseconds)),
        ("unloaded_p50_over_row_transaction", "≤ 0.9", Ratio(
            (TargetKind.Authorise, Unloaded), (TargetKind.RowTransaction, Unloaded), result => Milliseconds(result, 50))),
        ("growth_over_first", "≤ 1.2", growth?.OverFirst),
    ];

    /// <summary>The server's 99th percentile at half of saturation, in milliseconds.</summary>
    public Spread? P99AtHalfLoad =>
        Of(TargetKind.Authorise, new(PhaseKind.Open, Phase.Half), result => Milliseconds(result, HighPercentile));

    /// <summary>What was measured, in the order of measuring.</summary>
    public IEnumerable<(TargetKind Target, Phase Phase)> Measured => results
        .Select(result => (result.Target, result.Phase)).Distinct().OrderBy(one => one.Target).ThenBy(one => one.Phase.Kind)
        .ThenBy(one => one.Phase.Share).ThenBy(one => one.Phase.Rate);

    /// <summary>A latency of a phase, in milliseconds.</summary>
    public static double Milliseconds(PhaseResult result, double percent) =>
        result.Recording.Latencies.Percentile(percent) / NanosecondsInMillisecond;

    /// <summary>The share of a phase's answers that took more than 10 ms.</summary>
    public static double ShareOver10Milliseconds(PhaseResult result) => result.Recording.Latencies.ShareAbove(SlowNanoseconds);

    /// <summary>The 99th percentile of how late the generator sent, in milliseconds.</summary>
    public static double SentLateMilliseconds(PhaseResult result) =>
        result.Recording.Lateness.Percentile(HighPercentile) / NanosecondsInMillisecond;

    /// <summary>Answers per second at saturation.</summary>
    public Spread? PerSecond(TargetKind target) => Of(target, Uniform, result => result.Recording.PerSecond);

    /// <summary>Something of a phase, over its repetitions.</summary>
    public Spread? Of(TargetKind target, Phase phase, Func<PhaseResult, double> what) =>
        Spread.Of(results.Where(result => result.Target == target && result.Phase == phase).Select(what));

    private Spread? Rate((TargetKind, Phase) one, (TargetKind, Phase) other) =>
        Ratio(one, other, result => result.Recording.PerSecond);

    private Spread? Ratio((TargetKind, Phase) one, (TargetKind, Phase) other, Func<PhaseResult, double> what) => Spread.Of(
        from top in results
        where (top.Target, top.Phase) == one
        from bottom in results
        where (bottom.Target, bottom.Phase) == other && bottom.Repetition == top.Repetition
        where what(bottom) > 0
        select what(top) / what(bottom));
}
