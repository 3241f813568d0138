using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Authorisation.LoadTests.Load;

namespace Authorisation.LoadTests.Results;

/// <summary>What clients that retry noticed of servers that were replaced.</summary>
internal sealed class RestartResult(double perSecond) : IScenarioResult
{
    private const int Digits = 3;
    private const double High = 0.99;

    private readonly List<Round> _rounds = [];

    /// <summary>Adds the purchases of one round in which both servers were replaced.</summary>
    public void Add(IReadOnlyList<RetriedPurchase> purchases)
    {
        var milliseconds = purchases
            .Select(purchase => Stopwatch.GetElapsedTime(purchase.DueAt, purchase.EndedAt).TotalMilliseconds).Order().ToList();
        if (milliseconds.Count > 0)
        {
            _rounds.Add(new Round(
                milliseconds.Count,
                milliseconds[(int)Math.Ceiling(milliseconds.Count * High) - 1],
                milliseconds[^1],
                purchases.Count(purchase => purchase.Tries > 1),
                purchases.Count(purchase => purchase.Decision is null),
                purchases.FirstOrDefault(purchase => purchase.Decision is null).Failure));
        }
    }

    /// <inheritdoc/>
    public JsonNode ToJson() => new JsonObject
    {
        ["per_second"] = perSecond,
        ["max_ms"] = Math.Round(Of(round => round.Max).Median, Digits),
        ["p99_ms"] = Math.Round(Of(round => round.P99).Median, Digits),
        ["retried"] = _rounds.Sum(round => round.Retried),
        ["failed"] = _rounds.Sum(round => round.Failed),
    };

    /// <inheritdoc/>
    public void Write(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"restart: two servers replaced one after the other, {perSecond:0} purchases a second, {_rounds.Count} times"));
        output.WriteLine($"  slowest {Of(round => round.Max).ToText()} ms  goal ≤ 250; p99 {Of(round => round.P99).ToText()} ms");
        var failed = _rounds.Sum(round => round.Failed);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {_rounds.Sum(round => round.Purchases):#,0} purchases, {_rounds.Sum(round => round.Retried):#,0} retried, {failed} failed  goal 0"));
        if (failed > 0)
        {
            output.WriteLine($"  such as: {_rounds.First(round => round.Failure is not null).Failure}");
        }
    }

    private Spread Of(Func<Round, double> what) => Spread.Of(_rounds.Select(what)) ?? default;

    private sealed record Round(int Purchases, double P99, double Max, int Retried, int Failed, string? Failure);
}
