using System.Globalization;
using System.Text.Json.Nodes;
using Authorisation.LoadTests.Measure;

namespace Authorisation.LoadTests.Results;

/// <summary>What the first seconds of fresh servers were like, by the rate that purchases arrived at.</summary>
internal sealed class ColdResult : IScenarioResult
{
    private const double HighPercentile = 99;
    private const double NanosecondsInMillisecond = 1e6;
    private const int Digits = 3;
    private const int MainRate = 1000;

    private static readonly int[] Seconds = [1, 5, 30];

    private readonly Dictionary<int, List<Start>> _starts = [];

    /// <summary>How many purchases arrive in a second.</summary>
    public static IReadOnlyList<int> Rates { get; } = [100, MainRate];

    /// <summary>Adds what one start measured, from the moment on when the server said that it serves.</summary>
    public void Add(int rate, Recording recording, TimeSpan servingAfter)
    {
        if (!_starts.TryGetValue(rate, out var starts))
        {
            _starts.Add(rate, starts = []);
        }

        starts.Add(new Start(
            [.. Seconds.Select(seconds => recording.First(TimeSpan.FromSeconds(seconds)).Percentile(HighPercentile) / NanosecondsInMillisecond)],
            recording.Latencies.Max / NanosecondsInMillisecond,
            servingAfter.TotalSeconds));
    }

    /// <inheritdoc/>
    public JsonNode ToJson()
    {
        var document = ToJson(MainRate);
        foreach (var rate in Rates.Where(rate => rate != MainRate))
        {
            document[string.Create(CultureInfo.InvariantCulture, $"at_{rate}")] = ToJson(rate);
        }

        return document;
    }

    /// <inheritdoc/>
    public void Write(TextWriter output)
    {
        foreach (var rate in Rates)
        {
            var starts = _starts[rate];
            output.WriteLine();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"cold: {rate:#,0} purchases a second from SERVING on, {starts.Count} starts; SERVING after {Text(starts, start => start.ServingAfter)} s"));
            output.WriteLine("  p99 ms  " + string.Join(", ", Seconds.Select((seconds, i) =>
                $"{Text(starts, start => start.P99[i])} in the first {seconds} s")) + $"; slowest {Text(starts, start => start.Max)}");
        }
    }

    private JsonObject ToJson(int rate)
    {
        var document = new JsonObject { ["per_second"] = rate };
        for (var i = 0; i < Seconds.Length; i++)
        {
            var place = i;
            document[string.Create(CultureInfo.InvariantCulture, $"p99_ms_first_{Seconds[i]}s")] = Median(rate, start => start.P99[place]);
        }

        document["max_ms"] = Median(rate, start => start.Max);
        document["serving_after_s"] = Median(rate, start => start.ServingAfter);
        return document;
    }

    private double Median(int rate, Func<Start, double> of) => Math.Round(Spread.Of(_starts[rate].Select(of))!.Value.Median, Digits);

    private static string Text(List<Start> starts, Func<Start, double> of) => Spread.Of(starts.Select(of))!.Value.ToText();

    private sealed record Start(IReadOnlyList<double> P99, double Max, double ServingAfter);
}
