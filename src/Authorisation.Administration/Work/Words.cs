using System.Text.Json;

namespace Authorisation.Administration.Work;

/// <summary>How the API writes the code's enums.</summary>
internal static class Words
{
    /// <summary>The message for a text that is no month.</summary>
    public const string NoMonth = "must be a month as YYYY-MM, such as 2026-11";

    /// <summary>Words to choose from, such as <c>active, suspended or refused</c>.</summary>
    public static string Either(IReadOnlyList<string> words) => words.Count < 2
        ? string.Concat(words)
        : string.Join(", ", words.Take(words.Count - 1)) + " or " + words[^1];

    /// <summary>A time to wait, in whole minutes.</summary>
    public static string Minutes(TimeSpan wait) =>
        Math.Ceiling(wait.TotalMinutes) is var minutes && minutes <= 1 ? "a minute" : FormattableString.Invariant($"{minutes} minutes");

    /// <summary>The name of a value, such as <c>credit_note</c>.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>The value that has a name.</summary>
    /// <exception cref="InvalidOperationException">None has.</exception>
    public static T Read<T>(string word)
        where T : struct, Enum => Enum.GetValues<T>().Single(value => Of(value) == word);
}
