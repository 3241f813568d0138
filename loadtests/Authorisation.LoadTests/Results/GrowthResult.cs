using System.Globalization;
using System.Text.Json.Nodes;

namespace Authorisation.LoadTests.Results;

/// <summary>What calls cost on ledgers of several sizes, from the smallest on.</summary>
internal sealed record GrowthResult(IReadOnlyList<GrowthPoint> Points) : IScenarioResult
{
    private const string Table = "authorisation";
    private const double HighPercentile = 99;
    private const double NanosecondsInMillisecond = 1e6;
    private const double BytesInMebibyte = 1024 * 1024;
    private const int Digits = 3;

    /// <summary>
    /// The cost of a purchase on the largest ledger over that on the smallest: of the medians; and the least and the most
    /// that it can be, of the least and the most of each. Null of one size alone.
    /// </summary>
    public Spread? OverFirst => Points.Count < 2 ? null : Over(Cost(Points[^1].Purchases), Cost(Points[0].Purchases));

    /// <inheritdoc/>
    public JsonNode ToJson() => new JsonArray([.. Points.Select(ToJson)]);

    /// <inheritdoc/>
    public void Write(TextWriter output)
    {
        foreach (var point in Points)
        {
            output.WriteLine();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"growth: {point.Rows:#,0} authorisations; table {Mebibytes(point.Sizes[Table]):#,0} MiB, indexes {Mebibytes(Indexes(point).Sum(index => index.Value)):#,0} MiB; server {point.ServerMebibytes} MiB"));
            Write(output, "purchase", point.Purchases);
            Write(output, "read", point.Reads);
            Write(output, "list", point.Lists);
            foreach (var (name, bytes) in Indexes(point))
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-40}{Mebibytes(bytes),10:#,0.0} MiB"));
            }
        }
    }

    private static JsonNode ToJson(GrowthPoint point) => new JsonObject
    {
        ["rows"] = point.Rows,
        ["purchase"] = ToJson(point.Purchases),
        ["read"] = ToJson(point.Reads),
        ["list"] = ToJson(point.Lists),
        ["table_bytes"] = point.Sizes[Table],
        ["index_bytes"] = new JsonObject(Indexes(point).Select(index => KeyValuePair.Create(index.Key, (JsonNode?)index.Value))),
        ["server_mib"] = point.ServerMebibytes,
    };

    private static JsonObject ToJson(IReadOnlyList<GrowthCost> costs) => new()
    {
        ["per_second"] = Math.Round(Of(costs, cost => cost.Recording.PerSecond).Median),
        ["processor_us"] = Math.Round(Cost(costs).Median, Digits),
        ["p50_ms"] = Math.Round(Of(costs, cost => Milliseconds(cost, 50)).Median, Digits),
        ["p99_ms"] = Math.Round(Of(costs, cost => Milliseconds(cost, HighPercentile)).Median, Digits),
    };

    private static void Write(TextWriter output, string name, IReadOnlyList<GrowthCost> costs) => output.WriteLine(
        $"  {name,-10}{Cost(costs).ToText()} µs of processor time, {Of(costs, cost => cost.Recording.PerSecond).ToText()} a second, "
        + $"p99 {Of(costs, cost => Milliseconds(cost, HighPercentile)).ToText()} ms");

    private static IEnumerable<KeyValuePair<string, long>> Indexes(GrowthPoint point) =>
        point.Sizes.Where(size => size.Key != Table).OrderBy(size => size.Key, StringComparer.Ordinal);

    private static Spread Over(Spread one, Spread other) => new(one.Median / other.Median, one.Min / other.Max, one.Max / other.Min);

    private static Spread Cost(IReadOnlyList<GrowthCost> costs) => Of(costs, cost => cost.Microseconds);

    private static Spread Of(IReadOnlyList<GrowthCost> costs, Func<GrowthCost, double> of) => Spread.Of(costs.Select(of))!.Value;

    private static double Milliseconds(GrowthCost cost, double percent) =>
        cost.Recording.Latencies.Percentile(percent) / NanosecondsInMillisecond;

    private static double Mebibytes(long bytes) => bytes / BytesInMebibyte;
}
