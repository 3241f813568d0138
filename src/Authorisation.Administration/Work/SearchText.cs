namespace Authorisation.Administration.Work;

/// <summary>What a person searches for, as a pattern of SQL's <c>like</c>.</summary>
internal static class SearchText
{
    /// <summary>
    /// Takes from a text the meaning that some characters have in a pattern, and the blanks around it.
    /// </summary>
    /// <returns>Null when there is nothing to search for.</returns>
    public static string? Escape(string? text) => string.IsNullOrWhiteSpace(text)
        ? null
        : text.Trim()
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal);
}
