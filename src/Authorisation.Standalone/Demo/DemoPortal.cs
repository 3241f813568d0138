using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Authorisation.Standalone.Demo;

/// <summary>
/// What staff and administrators do and see, over the REST API as a portal would; and the telephone that gets the SMS.
/// </summary>
internal sealed partial class DemoPortal(Uri admin, string messages) : IDisposable
{
    private const string SessionsPath = "/v1/sessions";

    private static readonly TimeSpan SmsBound = TimeSpan.FromSeconds(20);

    /// <summary>How long a ticket is given to come to its state: the ticket system may be away.</summary>
    private static readonly TimeSpan TicketBound = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { BaseAddress = admin };

    /// <summary>Signs in.</summary>
    public async Task SignInAsync(DemoPerson person, CancellationToken cancel)
    {
        var session = await SendAsync(HttpMethod.Post, SessionsPath, new { email = person.Email, password = person.Password }, cancel);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session["token"]!.ToString());
    }

    /// <summary>Calls with a token of a client or of a session by telephone.</summary>
    public void UseToken(string token) =>
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    /// <summary>Adds a traveller with credit in an app.</summary>
    /// <returns>The account.</returns>
    public async Task<Guid> GiveCreditAsync(DemoPlace place, string name, string mobile, long limitMinor, CancellationToken cancel)
    {
        var traveller = await AddTravellerAsync(place, name, mobile, cancel);
        var account = await PostAsync(
            $"/v1/travellers/{traveller}/credit-accounts", new { kind = "app", limit_minor = limitMinor }, cancel);
        return Guid.Parse(account["id"]!.ToString());
    }

    /// <summary>Adds a traveller.</summary>
    /// <returns>The traveller's id.</returns>
    public async Task<string> AddTravellerAsync(DemoPlace place, string name, string mobile, CancellationToken cancel) => (await PostAsync(
        $"/v1/organisations/{place.OrganisationId}/travellers",
        new { email = $"{Guid.NewGuid():N}@example.com", name, mobile, department_id = place.DepartmentId },
        cancel))["id"]!.ToString();

    /// <summary>Makes or does something; an empty object when the answer has nothing in it.</summary>
    public Task<JsonNode> PostAsync(string path, object? body, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, path, body, cancel);

    /// <summary>Sets something.</summary>
    public Task<JsonNode> PutAsync(string path, object body, CancellationToken cancel) =>
        SendAsync(HttpMethod.Put, path, body, cancel);

    /// <summary>Reads something that may not be there; null when it is not.</summary>
    public async Task<JsonNode?> FindAsync(string path, CancellationToken cancel)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), cancel);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancel)) : null;
    }

    /// <summary>Reads something.</summary>
    public Task<JsonNode> GetAsync(string path, CancellationToken cancel) => SendAsync(HttpMethod.Get, path, null, cancel);

    /// <summary>Reads the first page of a list.</summary>
    public async Task<IReadOnlyList<JsonNode>> ListAsync(string path, CancellationToken cancel) =>
        [.. (await GetAsync(path, cancel))["items"]!.AsArray().OfType<JsonNode>()];

    /// <summary>Changes a limit.</summary>
    public Task SetLimitAsync(Guid account, long limitMinor, CancellationToken cancel) =>
        SendAsync(HttpMethod.Patch, $"/v1/credit-accounts/{account}", new { limit_minor = limitMinor }, cancel);

    /// <summary>Asks, as staff, for a month to be closed.</summary>
    public Task AskForMonthAsync(string code, string month, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, "/v1/month-ends", new { @operator = code, month }, cancel);

    /// <summary>Waits for the SMS to a number that brings a login and a code.</summary>
    public async Task<(string Login, string Code)> CredentialsAsync(string mobile, CancellationToken cancel)
    {
        var found = Credentials().Match(await SmsAsync(mobile, text => Credentials().IsMatch(text), cancel));
        return (found.Groups["login"].Value, found.Groups["code"].Value);
    }

    /// <summary>Waits for the SMS to a number that brings a code for an order link.</summary>
    public async Task<string> PhoneCodeAsync(string mobile, CancellationToken cancel) =>
        PhoneCode().Match(await SmsAsync(mobile, text => PhoneCode().IsMatch(text), cancel)).Groups["code"].Value;

    /// <summary>Waits for an SMS to a number.</summary>
    public async Task<string> SmsAsync(string mobile, Func<string, bool> isIt, CancellationToken cancel)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(SmsBound);
        while (true)
        {
            var file = Directory.Exists(messages)
                ? Directory.EnumerateFiles(messages, "*.sms.txt").Order(StringComparer.Ordinal).Select(File.ReadAllText)
                    .LastOrDefault(text => text.Contains($"To: {mobile}\n", StringComparison.Ordinal) && isIt(text))
                : null;
            if (file is not null)
            {
                return file[(file.IndexOf("\n\n", StringComparison.Ordinal) + 2)..].Trim();
            }

            await Task.Delay(Bounds.Poll, bounded.Token);
        }
    }

    /// <summary>Waits for a ticket to come to a state.</summary>
    /// <returns>The ticket as it is, whether or not it came as far.</returns>
    public async Task<JsonNode> AwaitTicketAsync(string id, string state, CancellationToken cancel)
    {
        var until = Environment.TickCount64 + (long)TicketBound.TotalMilliseconds;
        while (true)
        {
            var ticket = await GetAsync($"/v1/tickets/{id}", cancel);
            if (ticket["state"]!.ToString() == state || Environment.TickCount64 > until)
            {
                return ticket;
            }

            await Task.Delay(Bounds.Poll, cancel);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await _http.SendAsync(request, cancel);
        var text = await answer.Content.ReadAsStringAsync(cancel);
        if (answer.StatusCode == HttpStatusCode.Unauthorized && method == HttpMethod.Post && path == SessionsPath)
        {
            throw new StartFailedException(
                "the demo's people cannot sign in any more, as a password was changed or is locked for a quarter of an hour: "
                + "wait for that, or start again with --fresh");
        }

        return answer.IsSuccessStatusCode
            ? text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!
            : throw new StartFailedException($"the control plane answered {(int)answer.StatusCode} to {method} {path}: {text}");
    }

    [GeneratedRegex(@" (?<login>\S+) och engångskoden (?<code>\d{8})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Credentials();

    [GeneratedRegex(@"koden din er (?<code>\d{8})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PhoneCode();
}
