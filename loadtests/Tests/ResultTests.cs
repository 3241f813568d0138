using System.Diagnostics;
using System.Text.Json.Nodes;
using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Measure;
using Authorisation.LoadTests.Results;
using Authorisation.LoadTests.Session;
using Authorisation.V1;
using Xunit;

namespace Authorisation.LoadTests.Tests;

/// <summary>What comes of measurements, on measurements that are known.</summary>
public sealed class ResultTests
{
    [Fact]
    public void A_fixed_rate_is_written_with_its_percentiles_and_how_many_were_slow()
    {
        var phase = new Phase(PhaseKind.Rate, Rate: 100);
        // A hundred a second over 10 s: 989 take 1 ms and eleven, the last, 50 ms.
        var recording = Recorded(TimeSpan.FromSeconds(10), 1000, i => i < 989 ? 1 : 50);
        recording.AddLateness(0, Ticks(0.25));
        var rates = Json(new Figures([new PhaseResult(TargetKind.Authorise, phase, 0, recording, 1, 2, 3, [(0, 1)])]), [])["rates"]!["100"]!;

        Assert.Equal(1000, (double)rates["purchases"]!);
        Assert.Equal(1, (double)rates["p50_ms"]!, 0.01);
        Assert.Equal(50, (double)rates["p99_ms"]!, 0.5);
        Assert.Equal(50, (double)rates["p999_ms"]!, 0.5);
        Assert.Equal(50, (double)rates["p9999_ms"]!, 0.5);
        Assert.Equal(0.011, (double)rates["over_10_ms_share"]!);
        Assert.Equal(0.25, (double)rates["sent_late_p99_ms"]!, 0.01);
    }

    [Fact]
    public void Ratios_of_scenarios_and_peers_are_of_what_was_answered_in_a_second()
    {
        PhaseResult Of(TargetKind target, PhaseKind kind, int count) => new(
            target, new Phase(kind), 0, Recorded(TimeSpan.FromSeconds(1), count, _ => 1), 1, 2, 3, [(0, 1)]);
        var ratios = Json(
            new Figures(
            [
                Of(TargetKind.Authorise, PhaseKind.Uniform, 100), Of(TargetKind.Authorise, PhaseKind.Mixed, 90),
                Of(TargetKind.Authorise, PhaseKind.App, 130), Of(TargetKind.DoubleEntry, PhaseKind.Uniform, 10),
            ]),
            [])["ratios"]!;
        Assert.Equal(0.9, (double)ratios["mixed_over_uniform"]!);
        Assert.Equal(1.3, (double)ratios["app_over_uniform"]!);
        Assert.Equal(10, (double)ratios["authorise_over_double_entry"]!);
        Assert.Null(ratios["growth_over_first"]);
    }

    [Fact]
    public void A_cold_start_is_told_by_its_first_1_5_and_30_seconds()
    {
        var cold = new ColdResult();
        // By the second of arrival: 400 ms in the first, 40 until the fifth, 4 thereafter.
        var recording = Recorded(TimeSpan.FromSeconds(30), 30_000, i => i < 1000 ? 400 : i < 5000 ? 40 : 4);
        cold.Add(1000, recording, TimeSpan.FromSeconds(2.5));
        cold.Add(100, Recorded(TimeSpan.FromSeconds(30), 3000, _ => 7), TimeSpan.FromSeconds(2));
        var json = cold.ToJson();

        Assert.Equal(400, (double)json["p99_ms_first_1s"]!, 4);
        Assert.Equal(400, (double)json["p99_ms_first_5s"]!, 4);
        Assert.Equal(400, (double)json["p99_ms_first_30s"]!, 4);
        Assert.Equal(2.5, (double)json["serving_after_s"]!);
        Assert.Equal(7, (double)json["at_100"]!["p99_ms_first_5s"]!, 0.1);
        Assert.Equal(40, recording.First(TimeSpan.FromSeconds(5)).Percentile(80) / 1e6, 0.4);
        Assert.Equal(5000, recording.First(TimeSpan.FromSeconds(5)).Count);
    }

    [Fact]
    public void A_restart_is_told_by_the_slowest_purchase_and_by_those_that_failed()
    {
        var restart = new RestartResult(200);
        restart.Add([Retried(1, 1), Retried(180, 2), Retried(2, 1)]);
        restart.Add([Retried(1, 1), Retried(300, 3), Retried(30_000, 90, "Unavailable")]);
        restart.Add([Retried(1, 1), Retried(220, 2)]);
        var json = restart.ToJson();
        Assert.Equal(220, (double)json["max_ms"]!, 0.01);
        Assert.Equal(1, (int)json["failed"]!);
        Assert.Equal(4, (int)json["retried"]!);

        using var text = new StringWriter();
        restart.Write(text);
        Assert.Contains("such as: Unavailable", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_idle_is_reported_in_hundredths_of_a_processor_and_by_medians()
    {
        var idle = new IdleResult();
        idle.Add(0.004, 0.002, 0.003, 5.5);
        idle.Add(0.009, 0.003, 0.003, 4.5);
        idle.Add(0.005, 0.004, 0.001, 9);
        var json = idle.ToJson();
        Assert.Equal(0.5, (double)json["server_processor_percent"]!);
        Assert.Equal(0.3, (double)json["admin_processor_percent"]!);
        Assert.Equal(5.5, (double)json["transactions_per_second"]!);
    }

    [Fact]
    public void A_failover_is_told_by_the_median_of_the_seconds_and_by_all_that_was_lost()
    {
        var json = new FailoverResult(200, [new(4, 0.2, 10, 0, 4000), new(2, 0.3, 10, 1, 2000), new(3, 0.1, 10, 0, 3000)], 2).ToJson();
        Assert.Equal(3, (double)json["seconds"]!);
        Assert.Equal(2, (long)json["lost"]!);
        Assert.Equal(1, (int)json["failed"]!);
    }

    [Fact]
    public void Growth_is_the_cost_of_a_purchase_on_the_largest_ledger_over_that_on_the_smallest()
    {
        GrowthPoint Point(long rows, params double[] costs)
        {
            List<GrowthCost> all = [.. costs.Select(cost => new GrowthCost(cost, Recorded(TimeSpan.FromSeconds(1), 10, _ => 1)))];
            return new(rows, all, all, all, new Dictionary<string, long>(StringComparer.Ordinal) { ["authorisation"] = 8192, ["i"] = 16 }, 100);
        }

        var growth = new GrowthResult([Point(100, 40, 50, 60), Point(1000, 500, 500, 500), Point(10_000, 55, 60, 80)]);
        Assert.Equal(new Spread(60 / 50.0, 55 / 60.0, 80 / 40.0), growth.OverFirst);
        Assert.Null(new GrowthResult([Point(100, 40)]).OverFirst);
        var json = Json(new Figures([], growth), new() { [PhaseKind.Growth] = growth });
        Assert.Equal([100, 1000, 10_000], json["growth"]!.AsArray().Select(point => (long)point!["rows"]!));
        Assert.Equal(16, (long)json["growth"]![0]!["index_bytes"]!["i"]!);
        Assert.Equal(1.2, (double)json["ratios"]!["growth_over_first"]!);
    }

    private static JsonNode Json(Figures figures, Dictionary<PhaseKind, IScenarioResult> apart)
    {
        var path = Path.GetTempFileName();
        try
        {
            JsonFigures.Write(path, figures, apart);
            return JsonNode.Parse(File.ReadAllText(path))!;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>So many answers, spread evenly over the time, each with its latency in milliseconds.</summary>
    private static Recording Recorded(TimeSpan length, int count, Func<int, double> milliseconds)
    {
        var recording = new Recording(0, Ticks(length.TotalMilliseconds));
        for (var i = 0; i < count; i++)
        {
            var due = (long)(Ticks(length.TotalMilliseconds) * ((double)i / count));
            recording.Add(due, due, due + Ticks(milliseconds(i)));
        }

        return recording;
    }

    private static RetriedPurchase Retried(double milliseconds, int tries, string? failure = null) => new(
        Guid.CreateVersion7(), 0, Ticks(milliseconds), tries, failure is null ? Decision.Approved : null, failure);

    private static long Ticks(double milliseconds) => (long)(milliseconds * Stopwatch.Frequency / 1000);
}
