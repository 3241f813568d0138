using System.Text.Json.Serialization;

namespace Authorisation.Admin.Web;

/// <summary>A page of what administrators may see only once the invoices of the month are published.</summary>
/// <param name="Items">What is on it; nothing while it is hidden.</param>
/// <param name="NextPageToken">What to send as page_token for the next page; null on the last.</param>
/// <param name="HiddenUntil">The operator's day from which it is shown; absent when it is shown.</param>
internal sealed record HideablePage<T>(
    IReadOnlyList<T> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextPageToken,
    DateOnly? HiddenUntil = null)
{
    /// <summary>Nothing, and until when.</summary>
    internal static HideablePage<T> Until(DateOnly day) => new([], null, day);
}
