using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Authorisation.LoadTests.Session;

namespace Authorisation.LoadTests.Results;

/// <summary>The figures as a file for programs: medians, and <c>null</c> for what was not measured.</summary>
internal static class JsonFigures
{
    private const int DigitsOfRatios = 3;
    private const int DigitsOfShares = 6;
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    /// <summary>Writes the file.</summary>
    public static void Write(string path, Figures figures, IReadOnlyDictionary<PhaseKind, IScenarioResult> apart)
    {
        var peers = new JsonObject();
        foreach (var target in figures.Measured.Select(one => one.Target).Distinct())
        {
            var unloaded = new Phase(PhaseKind.Unloaded);
            peers[target.Name()] = new JsonObject
            {
                ["per_second"] = Number(figures.PerSecond(target), 0),
                ["p99_ms"] = Number(figures.Of(target, new(PhaseKind.Uniform), result => Figures.Milliseconds(result, 99)), DigitsOfRatios),
                ["unloaded_p50_ms"] = Number(figures.Of(target, unloaded, result => Figures.Milliseconds(result, 50)), DigitsOfRatios),
                ["unloaded_p99_ms"] = Number(figures.Of(target, unloaded, result => Figures.Milliseconds(result, 99)), DigitsOfRatios),
            };
        }

        var document = new JsonObject
        {
            ["ratios"] = new JsonObject(figures.Ratios.Select(
                ratio => KeyValuePair.Create<string, JsonNode?>(ratio.Name, Number(ratio.Value, DigitsOfRatios)))),
            ["p99_ms_at_half_load"] = Number(figures.P99AtHalfLoad, DigitsOfRatios),
            ["authorise_per_second"] = Number(figures.PerSecond(TargetKind.Authorise), 0),
            ["rates"] = Rates(figures),
            ["peers"] = peers,
        };
        foreach (var kind in Enum.GetValues<PhaseKind>().Where(kind => kind.IsApart()))
        {
            document[new Phase(kind).Name] = apart.GetValueOrDefault(kind)?.ToJson();
        }

        File.WriteAllText(path, document.ToJsonString(Readable) + "\n");
    }

    /// <summary>By the rate, what purchases that arrived at it measured of the server; null when none did.</summary>
    private static JsonObject? Rates(Figures figures)
    {
        var rates = new JsonObject();
        foreach (var phase in figures.Measured.Select(one => one.Phase).Where(phase => phase.Kind == PhaseKind.Rate))
        {
            rates[phase.Rate.ToString(CultureInfo.InvariantCulture)] = new JsonObject
            {
                ["purchases"] = Of(result => result.Recording.Latencies.Count, 0),
                ["p50_ms"] = Of(result => Figures.Milliseconds(result, 50), DigitsOfRatios),
                ["p99_ms"] = Of(result => Figures.Milliseconds(result, 99), DigitsOfRatios),
                ["p999_ms"] = Of(result => Figures.Milliseconds(result, 99.9), DigitsOfRatios),
                ["p9999_ms"] = Of(result => Figures.Milliseconds(result, 99.99), DigitsOfRatios),
                ["max_ms"] = Of(result => Figures.Milliseconds(result, 100), DigitsOfRatios),
                ["over_10_ms_share"] = Of(Figures.ShareOver10Milliseconds, DigitsOfShares),
                ["sent_late_p99_ms"] = Of(Figures.SentLateMilliseconds, DigitsOfRatios),
            };

            JsonValue? Of(Func<PhaseResult, double> what, int digits) =>
                Number(figures.Of(TargetKind.Authorise, phase, what), digits);
        }

        return rates.Count > 0 ? rates : null;
    }

    private static JsonValue? Number(Spread? value, int digits) =>
        value is { } spread ? JsonValue.Create(Math.Round(spread.Median, digits)) : null;
}
