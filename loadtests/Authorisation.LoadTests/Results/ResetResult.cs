using System.Globalization;
using System.Text.Json.Nodes;

namespace Authorisation.LoadTests.Results;

/// <summary>What a month end did to purchases that went on at half of saturation.</summary>
/// <param name="Accounts">How many accounts had bought ten times in the month.</param>
/// <param name="Purchases">How many rows the month end sealed.</param>
/// <param name="PerSecond">How many purchases arrived in a second.</param>
/// <param name="P99Before">The 99th percentile of those that arrived before midnight, in milliseconds.</param>
/// <param name="P99During">Of those from midnight until the month end was done.</param>
/// <param name="P99After">Of those after it.</param>
/// <param name="MonthEndSeconds">How long after midnight the month end was done.</param>
/// <param name="FirstPurchaseMilliseconds">
/// How long after midnight the first card that had been spent was answered approved.
/// </param>
/// <param name="DeclinedThenApproved">How many cards were declined before midnight and approved after it.</param>
internal sealed record ResetResult(
    int Accounts,
    long Purchases,
    double PerSecond,
    double P99Before,
    double P99During,
    double P99After,
    double MonthEndSeconds,
    double FirstPurchaseMilliseconds,
    int DeclinedThenApproved)
    : IScenarioResult
{
    private const int Digits = 3;

    /// <summary>
    /// During the month end, over without it: the mean of before and after, so that a machine that drifts is in
    /// neither.
    /// </summary>
    public double P99OverWithout => P99During / ((P99Before + P99After) / 2);

    /// <inheritdoc/>
    public JsonNode ToJson() => new JsonObject
    {
        ["accounts"] = Accounts,
        ["purchases"] = Purchases,
        ["per_second"] = Math.Round(PerSecond),
        ["p99_ms_before"] = Math.Round(P99Before, Digits),
        ["p99_ms_during"] = Math.Round(P99During, Digits),
        ["p99_ms_after"] = Math.Round(P99After, Digits),
        ["p99_over_without"] = Math.Round(P99OverWithout, Digits),
        ["month_end_seconds"] = Math.Round(MonthEndSeconds, Digits),
        ["first_purchase_after_midnight_ms"] = Math.Round(FirstPurchaseMilliseconds, Digits),
        ["declined_before_midnight_approved_after"] = DeclinedThenApproved,
    };

    /// <inheritdoc/>
    public void Write(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"reset: {Accounts:#,0} accounts, {Purchases:#,0} rows sealed in {MonthEndSeconds:0.0} s, {PerSecond:#,0} purchases a second meanwhile"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  p99 {P99Before:0.00} ms before, {P99During:0.00} ms during, {P99After:0.00} ms after"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  first spent card approved {FirstPurchaseMilliseconds:0.0} ms after midnight; {DeclinedThenApproved:#,0} declined before and approved after"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{"reset_p99_over_without",-36}{P99OverWithout,8:0.00}  {"",-20}goal ≤ 1.5"));
    }
}
