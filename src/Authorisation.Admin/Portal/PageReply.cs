using Authorisation.Admin.Web;

namespace Authorisation.Admin.Portal;

/// <summary>
/// Answers with a page. It may run no scripts and load nothing but its style sheet, is shown in no frame, is not
/// cached, and sends no referrer, as its address has a token in it.
/// </summary>
internal static class PageReply
{
    private const string Policy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>A page with a heading.</summary>
    public static Reply Of(HttpContext http, int status, PageTexts texts, string heading, Html content)
    {
        SetHeaders(http.Response.Headers, Policy);
        http.Response.Headers.Vary = "Accept-Language";
        // Relative, as a proxy may serve this host under a path.
        var root = string.Concat(Enumerable.Repeat("../", Math.Max(0, http.Request.Path.Value!.Count(static c => c == '/') - 1)));
        var page = Html.Of($"""
            <!DOCTYPE html>
            <html lang="{texts.Language}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{heading}</title>
            <link rel="stylesheet" href="{root}pages.css">
            </head>
            <body>
            <main>
            <h1>{heading}</h1>
            {content}
            </main>
            </body>
            </html>

            """);
        return new Reply(status) { Text = page.ToString(), ContentType = "text/html" };
    }

    /// <summary>Sets the headers that say how a browser must treat a page.</summary>
    /// <param name="headers">Those of the answer.</param>
    /// <param name="policy">What the page may load and do: its Content-Security-Policy.</param>
    public static void SetHeaders(IHeaderDictionary headers, string policy)
    {
        headers.ContentSecurityPolicy = policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers.XContentTypeOptions = "nosniff";
        headers["X-Robots-Tag"] = "noindex";
    }

    /// <summary>A page for what ended a request early.</summary>
    public static Reply OfProblem(HttpContext http, Problem problem)
    {
        var texts = PageTexts.For(http.Request, operatorLanguage: null);
        var (heading, text) = problem.Status switch
        {
            StatusCodes.Status404NotFound => (texts.LinkIsOver, texts.LinkIsOverText),
            StatusCodes.Status429TooManyRequests => (texts.TooMany, texts.TooManyText),
            _ => (texts.Failed, texts.FailedText),
        };
        return Of(http, problem.Status, texts, heading, Html.Of($"<p>{text}</p>"));
    }
}
