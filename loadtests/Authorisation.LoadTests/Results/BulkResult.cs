using System.Globalization;
using System.Text.Json.Nodes;

namespace Authorisation.LoadTests.Results;

/// <summary>What changes of an organisation with many accounts did to purchases at a tenth of saturation.</summary>
/// <param name="Accounts">How many accounts the organisation has.</param>
/// <param name="PerSecond">How many purchases arrived in a second.</param>
/// <param name="Rounds">
/// The 99th percentiles of each round, in milliseconds: without a change, after a rename, and after a suspension and
/// the reinstatement together.
/// </param>
/// <param name="ChangeMilliseconds">How long each change took until it was committed.</param>
internal sealed record BulkResult(
    int Accounts,
    double PerSecond,
    IReadOnlyList<(double Without, double Rename, double Suspension)> Rounds,
    IReadOnlyList<double> ChangeMilliseconds)
    : IScenarioResult
{
    private const int Digits = 3;

    private Spread Rename => Spread.Of(Rounds.Select(round => round.Rename / round.Without))!.Value;

    private Spread Suspension => Spread.Of(Rounds.Select(round => round.Suspension / round.Without))!.Value;

    /// <inheritdoc/>
    public JsonNode ToJson() => new JsonObject
    {
        ["accounts"] = Accounts,
        ["per_second"] = Math.Round(PerSecond),
        ["p99_ms_without"] = Math.Round(Spread.Of(Rounds.Select(round => round.Without))!.Value.Median, Digits),
        ["rename_p99_over_without"] = Math.Round(Rename.Median, Digits),
        ["suspension_p99_over_without"] = Math.Round(Suspension.Median, Digits),
        ["longest_change_ms"] = Math.Round(ChangeMilliseconds.Max(), Digits),
    };

    /// <inheritdoc/>
    public void Write(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"bulk: an organisation with {Accounts:#,0} accounts, {PerSecond:#,0} purchases a second, {Rounds.Count} rounds; ")
            + string.Create(CultureInfo.InvariantCulture, $"the longest change took {ChangeMilliseconds.Max():0.0} ms"));
        foreach (var (without, rename, suspension) in Rounds)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  p99 {without:0.00} ms without, {rename:0.00} after a rename, {suspension:0.00} after suspension and reinstatement"));
        }

        Write(output, "rename_p99_over_without", Rename);
        Write(output, "suspension_p99_over_without", Suspension);
    }

    private static void Write(TextWriter output, string name, Spread spread) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-36}{spread.Median,8:0.00}  {$"{spread.Min:0.00}–{spread.Max:0.00}",-20}goal ≤ 1.5"));
}
