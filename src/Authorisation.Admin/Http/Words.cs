using System.Text.Json;

namespace Authorisation.Admin.Http;

/// <summary>How the API writes what the code has as a value of its own.</summary>
internal static class Words
{
    /// <summary>What a field is told that is no month.</summary>
    public const string NoMonth = "must be a month as YYYY-MM, such as 2026-11";

    /// <summary>The name of a value, such as <c>credit_note</c>.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
