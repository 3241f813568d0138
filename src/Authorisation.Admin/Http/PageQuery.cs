using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Http;

/// <summary>Which page of a list is asked for.</summary>
internal sealed record PageQuery
{
    /// <summary>How many items, 1 to 200; 50 unless given.</summary>
    [FromQuery(Name = "page_size")]
    public int? PageSize { get; init; }

    /// <summary>Where to go on: <c>next_page_token</c> of the page before.</summary>
    [FromQuery(Name = "page_token")]
    public string? PageToken { get; init; }

    /// <summary>How many items the page has at most.</summary>
    internal int Size => PageSize is null ? Limits.PageSizeDefault
        : PageSize is >= 1 and <= Limits.PageSizeMax ? PageSize.Value
        : throw Problems.Fields([Fields.OutOfRange("page_size", 1, Limits.PageSizeMax)]);

    /// <summary>The id after which the page begins; the nil UUID for the first.</summary>
    internal Guid AfterId => PageToken is null ? Guid.Empty
        : Guid.TryParseExact(Text(PageToken), "N", out var id) ? id
        : throw Wrong();

    /// <summary>The number after which the page begins; 0 for the first.</summary>
    internal long AfterNumber => PageToken is null ? 0
        : long.TryParse(Text(PageToken), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Wrong();

    /// <summary>The text in the token; null for the first page.</summary>
    internal string? AfterText => PageToken is null ? null : Text(PageToken);

    /// <summary>Writes where a page ended.</summary>
    internal static string TokenOf(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>What is wrong with the token.</summary>
    internal static ProblemException Wrong() => Problems.Field("page_token", FieldCode.Malformed, "is not one that a page gave");

    private static string Text(string token)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
        }
        catch (FormatException)
        {
            throw Wrong();
        }
    }
}
