using System.Globalization;
using System.Text.Json.Nodes;

namespace Authorisation.LoadTests.Results;

/// <summary>What the loss of Postgres's primary did to purchases.</summary>
/// <param name="PerSecond">How many purchases arrived in a second.</param>
/// <param name="Rounds">Each primary that was killed.</param>
/// <param name="Lost">How many decisions that were answered the promoted ledgers have not, or otherwise.</param>
internal sealed record FailoverResult(double PerSecond, IReadOnlyList<FailoverRound> Rounds, long Lost) : IScenarioResult
{
    private const int Digits = 3;

    private Spread Seconds => Spread.Of(Rounds.Select(round => round.Seconds))!.Value;

    private Spread PromotedAfter => Spread.Of(Rounds.Select(round => round.PromotedAfter))!.Value;

    private Spread Max => Spread.Of(Rounds.Select(round => round.MaxMilliseconds))!.Value;

    /// <inheritdoc/>
    public JsonNode ToJson() => new JsonObject
    {
        ["per_second"] = PerSecond,
        ["seconds"] = Math.Round(Seconds.Median, Digits),
        ["promoted_after_s"] = Math.Round(PromotedAfter.Median, Digits),
        ["lost"] = Lost,
        ["failed"] = Rounds.Sum(round => round.Failed),
        ["max_ms"] = Math.Round(Max.Median, Digits),
    };

    /// <inheritdoc/>
    public void Write(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"failover: the primary killed and its standby promoted, {PerSecond:0} purchases a second, {Rounds.Count} times"));
        output.WriteLine($"  first decision {Seconds.ToText()} s after the kill  goal ≤ 5; promoted {PromotedAfter.ToText()} s after it; slowest {Max.ToText()} ms");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {Rounds.Sum(round => round.Answered):#,0} answered, {Lost} of them lost  goal 0; {Rounds.Sum(round => round.Failed)} failed"));
    }
}
