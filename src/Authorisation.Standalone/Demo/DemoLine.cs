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
            ? request.Hold ? "held" : "approved"
            : $"declined: {WordsIn(answer.DeclineReason.ToString())}";
        var again = answer.Replayed ? ", as before" : "";
        return Of(who, what, Money(request.AmountMinor, request.Currency), decision + again, answer.Credit, took);
    }

    /// <summary>Writes the line of something that was done to a purchase.</summary>
    public static string Of(string who, string what, long amountMinor, OperationResponse answer, TimeSpan took) => Of(
        who,
        what,
        Money(amountMinor, answer.Authorisation.Currency),
        WordsIn(answer.Authorisation.State.ToString()),
        answer.Credit,
        took);

    /// <summary>Writes the line of something that takes its time.</summary>
    public static string Of(string who, string what, long amountMinor, string currency, string outcome) =>
        $"  {who,-8}{what,-17}{Money(amountMinor, currency),12}  {outcome}";

    /// <summary>A line with the moment that it is of, by the operators' clocks, to the millisecond.</summary>
    public static string At(DateTimeOffset moment, string line) =>
        string.Create(CultureInfo.InvariantCulture, $"  {DemoClock.Local(moment):HH:mm:ss.fff}{line}");

    private static string Of(string who, string what, string amount, string outcome, Credit? credit, TimeSpan took)
    {
        var left = credit is null ? "" : $"{Money(credit.RemainingMinor, credit.Currency)} left";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"  {who,-8}{what,-17}{amount,12}  {outcome,-31}{left,17}{took.TotalMilliseconds,8:0.0} ms");
    }

    /// <summary>An amount with its currency, such as <c>457.00 SEK</c>.</summary>
    public static string Money(long minor, string currency) =>
        string.Create(CultureInfo.InvariantCulture, $"{minor / MinorPerMajor:0.00} {currency}");

    private static string WordsIn(string name) =>
        CapitalInside().Replace(name, " $0").ToLower(CultureInfo.InvariantCulture);

    [GeneratedRegex("(?<!^)[A-Z]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CapitalInside();
}
