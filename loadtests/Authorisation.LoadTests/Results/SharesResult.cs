using System.Globalization;
using System.Text.Json.Nodes;
using Authorisation.LoadTests.Measure;

namespace Authorisation.LoadTests.Results;

/// <summary>What a client of one operator that sends all it can did to the purchases of another operator.</summary>
internal sealed class SharesResult : IScenarioResult
{
    private const double HighPercentile = 99;
    private const double NanosecondsInMillisecond = 1e6;
    private const int Digits = 3;

    private readonly Dictionary<string, List<Pair>> _pairs = [];

    /// <summary>Adds what was measured alone, and beside the flood.</summary>
    public void Add(string name, Recording alone, Recording beside, Recording flood)
    {
        if (!_pairs.TryGetValue(name, out var pairs))
        {
            _pairs.Add(name, pairs = []);
        }

        pairs.Add(new Pair(P99(alone), P99(beside), alone.PerSecond, beside.PerSecond, flood.PerSecond));
    }

    /// <inheritdoc/>
    public JsonNode ToJson()
    {
        var document = new JsonObject();
        foreach (var (name, pairs) in _pairs)
        {
            document[name] = new JsonObject
            {
                ["p99_ms_alone"] = Median(pairs, pair => pair.P99Alone),
                ["p99_ms_beside"] = Median(pairs, pair => pair.P99Beside),
                ["p99_beside_over_alone"] = Median(pairs, pair => pair.P99Beside / pair.P99Alone),
                ["per_second_alone"] = Median(pairs, pair => pair.PerSecondAlone),
                ["per_second_beside"] = Median(pairs, pair => pair.PerSecondBeside),
                ["flood_per_second"] = Median(pairs, pair => pair.FloodPerSecond),
            };
        }

        return document;
    }

    /// <inheritdoc/>
    public void Write(TextWriter output)
    {
        foreach (var (name, pairs) in _pairs)
        {
            output.WriteLine();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"shares: {name}, {pairs.Count} times"));
            output.WriteLine($"  p99 ms        {Text(pairs, pair => pair.P99Alone)} alone, {Text(pairs, pair => pair.P99Beside)} beside the flood");
            output.WriteLine($"  a second      {Text(pairs, pair => pair.PerSecondAlone)} alone, {Text(pairs, pair => pair.PerSecondBeside)} beside, {Text(pairs, pair => pair.FloodPerSecond)} answers to the flood");
            output.WriteLine($"  p99_beside_over_alone {Text(pairs, pair => pair.P99Beside / pair.P99Alone)}  goal ≤ 2");
        }
    }

    private static double P99(Recording recording) => recording.Latencies.Percentile(HighPercentile) / NanosecondsInMillisecond;

    private static double Median(List<Pair> pairs, Func<Pair, double> of) =>
        Math.Round(Spread.Of(pairs.Select(of))!.Value.Median, Digits);

    private static string Text(List<Pair> pairs, Func<Pair, double> of) => Spread.Of(pairs.Select(of))!.Value.ToText();

    private sealed record Pair(
        double P99Alone, double P99Beside, double PerSecondAlone, double PerSecondBeside, double FloodPerSecond);
}
