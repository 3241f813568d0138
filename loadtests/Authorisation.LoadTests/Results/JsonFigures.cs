using System.Text.Json;
using System.Text.Json.Nodes;
using Authorisation.LoadTests.Session;

namespace Authorisation.LoadTests.Results;

/// <summary>The figures as a file for programs: medians, and <c>null</c> for what was not measured.</summary>
internal static class JsonFigures
{
    private const int DigitsOfRatios = 3;
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    /// <summary>Writes the file.</summary>
    public static void Write(string path, Figures figures, ResetResult? reset, BulkResult? bulk, SharesResult? shares)
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
            ["reset"] = reset?.ToJson(),
            ["bulk"] = bulk?.ToJson(),
            ["shares"] = shares?.ToJson(),
            ["peers"] = peers,
        };
        File.WriteAllText(path, document.ToJsonString(Readable) + "\n");
    }

    private static JsonValue? Number(Spread? value, int digits) =>
        value is { } spread ? JsonValue.Create(Math.Round(spread.Median, digits)) : null;
}
