using System.Globalization;
using System.Text.Json.Serialization;

namespace Authorisation.Admin.Web;

/// <summary>A page of a list.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="NextPageToken">What to send as page_token for the next page; null on the last.</param>
internal sealed record Page<T>(
    IReadOnlyList<T> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextPageToken)
{
    /// <summary>The page of rows of which one more was asked for than the page has.</summary>
    internal static Page<T> Of<TRow>(IReadOnlyList<TRow> rows, int size, Func<TRow, T> view, Func<TRow, string> position)
    {
        var items = rows.Take(size).ToList();
        return new Page<T>(
            [.. items.Select(view)],
            rows.Count > size ? PageQuery.TokenOf(position(items[^1])) : null);
    }

    /// <summary>The page of rows that are ordered by their ids.</summary>
    internal static Page<T> Of<TRow>(IReadOnlyList<TRow> rows, int size, Func<TRow, T> view, Func<TRow, Guid> id) =>
        Of(rows, size, view, row => id(row).ToString("N"));

    /// <summary>The page of rows that are ordered by their numbers.</summary>
    internal static Page<T> Of<TRow>(IReadOnlyList<TRow> rows, int size, Func<TRow, T> view, Func<TRow, long> id) =>
        Of(rows, size, view, row => id(row).ToString(CultureInfo.InvariantCulture));
}
