namespace Authorisation.Admin.Web;

/// <summary>
/// Which of the forms that an answer can have is asked for: by <c>format</c> in the address, else by Accept.
/// </summary>
internal static class AnswerFormat
{
    public const string Json = "json";

    public const string Csv = "csv";

    /// <summary>The media type of <see cref="Csv"/>.</summary>
    public const string CsvType = "text/csv";

    /// <summary>The word of the form.</summary>
    /// <param name="request">The call.</param>
    /// <param name="format">The parameter, which is bounded to its words; null when it was not sent.</param>
    /// <param name="others">The words of the forms besides JSON, with their media types.</param>
    public static string Of(HttpRequest request, string? format, params (string Word, string MediaType)[] others)
    {
        if (format is not null)
        {
            return format;
        }

        var accepted = request.GetTypedHeaders().Accept.OrderByDescending(one => one.Quality ?? 1);
        foreach (var one in accepted)
        {
            if (one.MatchesAllTypes || one.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            {
                return Json;
            }

            var match = others.FirstOrDefault(other => one.MediaType.Equals(other.MediaType, StringComparison.OrdinalIgnoreCase));
            if (match.Word is not null)
            {
                return match.Word;
            }
        }

        return Json;
    }
}
