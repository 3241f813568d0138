using System.Globalization;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Microsoft.Net.Http.Headers;

namespace Authorisation.Admin.Web;

/// <summary>Revisions as entity tags, and the condition that a change may carry.</summary>
internal static class ETag
{
    /// <summary>The tag of a revision.</summary>
    public static string Of(long revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    /// <summary>Whether a request names the revision in force, or none.</summary>
    public static bool Matches(HttpRequest request, long revision)
    {
        var condition = request.Headers.IfMatch;
        if (condition.ToString().Length > Limits.IfMatchCharactersMax)
        {
            var fields = new Fields();
            fields.AddTooLong(HeaderNames.IfMatch, Limits.IfMatchCharactersMax);
            fields.ThrowIfAny();
        }

        var current = Of(revision);
        return condition.Count == 0
            || condition.SelectMany(one => (one ?? "").Split(',', StringSplitOptions.TrimEntries)).Any(name => name == "*" || name == current);
    }
}
