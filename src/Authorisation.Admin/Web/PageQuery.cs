using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Web;

/// <summary>Which page of a list is asked for.</summary>
internal sealed record PageQuery
{
    /// <summary>How many items, 1 to 200; 50 unless given.</summary>
    [FromQuery(Name = "page_size")]
    [Range(1, Limits.PageSizeMax)]
    public int? PageSize { get; init; }

    /// <summary>Where to go on: <c>next_page_token</c> of the page before.</summary>
    [FromQuery(Name = "page_token")]
    public string? PageToken { get; init; }

    /// <summary>The request.</summary>
    public HttpContext Http { get; init; } = null!;

    /// <summary>How many items the page has at most.</summary>
    internal int Size => PageSize ?? Limits.PageSizeDefault;

    /// <summary>The id after which the page begins; the nil UUID for the first.</summary>
    internal Guid AfterId => AfterText is not { } text ? Guid.Empty : Guid.TryParseExact(text, "N", out var id) ? id : Wrong<Guid>();

    /// <summary>The page, of a list that is ordered by ids.</summary>
    internal ListPage OfIds => new(AfterId, Size);

    /// <summary>The number after which the page begins; 0 for the first.</summary>
    internal long AfterNumber => AfterText is not { } text ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : Wrong<long>();

    /// <summary>The text in the token; null for the first page.</summary>
    internal string? AfterText
    {
        get
        {
            try
            {
                return PageToken is null ? null : Encoding.UTF8.GetString(Base64Url.DecodeFromChars(PageToken));
            }
            catch (FormatException)
            {
                return Wrong<string>();
            }
        }
    }

    /// <summary>Writes where a page ended.</summary>
    internal static string TokenOf(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>Refuses the token when the call is over; until then it goes on as with the first page.</summary>
    internal T? Wrong<T>()
    {
        CheckedQuery.Of(Http).Add(new FieldError("page_token", FieldCode.Malformed, "is not one that a page gave"));
        return default;
    }
}
