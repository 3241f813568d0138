using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Authorisation.Admin.Tests.Messages;
using Authorisation.Admin.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;

namespace Authorisation.Admin.Tests.Pages;

/// <summary>A host of one test's own, a mail server, and a browser without scripts.</summary>
internal sealed partial class PageStage(TestLedger ledger, InProcessAdmin host, SmtpEndpoint smtp, AdminOperator on) : IAsyncDisposable
{
    public InProcessAdmin Host => host;

    public AdminOperator Operator => on;

    public AdminOrganisation Customer { get; set; } = null!;

    /// <summary>Waits for mail with an invitation, and takes the link out.</summary>
    public Task<Uri> LinkAsync(string email) => LinkAsync(email, "invitations/");

    /// <summary>Waits for mail with a link of a kind, at this place among those to somebody, and takes the link out.</summary>
    public async Task<Uri> LinkAsync(string email, string kind, int place = 1)
    {
        var links = new List<string>();
        await Eventually.TrueAsync(
            () =>
            {
                links = [.. smtp.Got.Where(mail => mail.Contains($"To: {email}", StringComparison.OrdinalIgnoreCase))
                    .SelectMany(mail => Link().Matches(TextOf(mail))).Select(found => found.Value)
                    .Where(link => link.Contains(kind, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];
                return links.Count >= place;
            },
            Eventually.Bound,
            $"link {place} of {kind} to {email}");
        return new Uri(links[place - 1]);
    }

    public Task<ApiAnswer> GetAsync(Uri address, string? language) => SendAsync(HttpMethod.Get, address, language, null);

    /// <summary>Sends a form with one field filled in.</summary>
    public Task<ApiAnswer> PostAsync(Uri address, string field, string value, string? language) =>
        SendAsync(HttpMethod.Post, address, language, new FormUrlEncodedContent([new(field, value)]));

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await smtp.DisposeAsync();
        await ledger.DisposeAsync();
    }

    // Bodies are in Base64, as they have other letters than a to z.
    private static string TextOf(string mail)
    {
        var body = mail[(mail.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
        return mail.Contains("base64", StringComparison.OrdinalIgnoreCase)
            ? Encoding.UTF8.GetString(Convert.FromBase64String(body.Replace("\n", "", StringComparison.Ordinal)))
            : body.Replace("=\n", "", StringComparison.Ordinal);
    }

    private async Task<ApiAnswer> SendAsync(HttpMethod method, Uri address, string? language, HttpContent? form)
    {
        using var request = new HttpRequestMessage(method, address) { Content = form };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        if (language is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Language", language);
        }

        using var answer = await host.Http.SendAsync(request);
        return new ApiAnswer(
            (int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Content.Headers.ContentType?.MediaType, null, null);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/\S+", RegexOptions.None, 1000)]
    private static partial Regex Link();
}
