using System.Globalization;
using System.Text.RegularExpressions;
using Authorisation.V1;

namespace Authorisation.Standalone.Demo;

/// <summary>One call of the story as one line: who, what, amount, decision, what remains, how long it took.</summary>
internal static partial class DemoLine
{
    private const decimal MinorPerMajor = 100m;

    /// <summary>Writes the line.</summary>
    public static string Of(string who, string what, AuthoriseRequest request, AuthoriseResponse answer, TimeSpan took)
    {
        var decision = answer.Decision == Decision.Approved
            ? "approved"
            : $"declined: {WordsIn(answer.DeclineReason.ToString())}";
        var again = answer.Replayed ? ", as before" : "";
        var left = answer.Credit is { } credit ? $"{Money(credit.RemainingMinor, credit.Currency)} left" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"  {who,-8}{what,-17}{Money(request.AmountMinor, request.Currency),12}  {decision + again,-31}{left,17}{took.TotalMilliseconds,8:0.0} ms");
    }

    private static string Money(long minor, string currency) =>
        string.Create(CultureInfo.InvariantCulture, $"{minor / MinorPerMajor:0.00} {currency}");

    private static string WordsIn(string name) =>
        CapitalInside().Replace(name, " $0").ToLower(CultureInfo.InvariantCulture);

    [GeneratedRegex("(?<!^)[A-Z]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CapitalInside();
}
