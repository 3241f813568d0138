using System.Globalization;
using Authorisation.Administration.Work;

namespace Authorisation.Admin.Web;

/// <summary>Revisions as entity tags, and the condition that a change may carry.</summary>
internal static class ETag
{
    /// <summary>The tag of a revision.</summary>
    public static string Of(long revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    /// <summary>Ends the call when it names another revision than the one in force.</summary>
    /// <exception cref="RefusedException">412.</exception>
    public static void Require(HttpRequest request, long revision)
    {
        var condition = request.Headers.IfMatch;
        if (condition.Count == 0)
        {
            return;
        }

        var current = Of(revision);
        var names = condition.SelectMany(one => (one ?? "").Split(',', StringSplitOptions.TrimEntries));
        if (!names.Any(name => name == "*" || name == current))
        {
            throw Problems.Changed();
        }
    }
}
