using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Authorisation.PrivateServers;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Standalone.Tests;

/// <summary>What the demo shows beside purchases, and what it leaves for scripts to try.</summary>
[Trait("Tier", "Slow")]
public sealed class DemoStoryTests : DirectoryTest, IAsyncLifetime
{
    private readonly string _directory;
    private StandaloneRun _run = null!;
    private JsonNode _demo = null!;

    public DemoStoryTests() => _directory = NewPath("run");

    private Uri TicketSystem => new(_demo["ticket_system"]!.ToString());

    public async Task InitializeAsync()
    {
        _run = await StandaloneRun.StartReadyAsync(_directory);
        _demo = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_directory, "demo.json")))!;
    }

    public async Task DisposeAsync() => await _run.DisposeAsync();

    [Fact]
    public async Task Everything_beside_purchases_is_shown_and_can_be_tried()
    {
        Assert.DoesNotContain("! this should have been", _run.Output, StringComparison.Ordinal);
        Assert.Empty(_run.Errors);
        AssertTicketsAreShown();
        AssertStaffOfferIsShown();
        AssertSubscriptionIsShown();
        await AssertProductsAreThereAsync();
        await AssertTravellerSeesWhatIsTheirsAsync();
        await AssertTicketSystemsTokenReadsEventsAsync();
        await AssertOrderLinkOpensAsync();
    }

    [Fact]
    public async Task The_ticket_system_is_a_program_of_its_own_that_is_started_again_where_it_was_and_ends_with_the_demo()
    {
        var before = ProcessOf(TicketSystem.Port);
        using (var process = System.Diagnostics.Process.GetProcessById(before))
        {
            Assert.NotEqual(_run.ProcessId, before);
            process.Kill();
        }

        await _run.WaitForOutputAsync("The ticket system runs again");
        Assert.NotEqual(before, ProcessOf(TicketSystem.Port));
        // It is told of what happens, as before, with the secret that it had.
        using var staff = await SignInAsync("jamtland", "administrators", "staff");
        using var asked = await staff.PostAsync(new Uri("/v1/operators/jamtland/webhook/test", UriKind.Relative), content: null);
        asked.EnsureSuccessStatusCode();
        await Eventually.TrueAsync(
            async () => (await ItemsAsync(staff, "/v1/events?operator=jamtland&status=delivered&page_size=200"))
                .Any(one => one!["type"]!.ToString() == "webhook.test"),
            Eventually.Bound, "the event is delivered");

        _run.Signal(PosixSignal.SIGINT);
        await _run.AssertSucceededAsync();
        Assert.Null(ProcessTable.ListenerOn(TicketSystem.Port));
    }

    [Fact]
    public async Task The_ticket_system_dies_with_a_killed_demo_and_the_next_start_goes_on()
    {
        await _run.KillAsync();
        await Eventually.TrueAsync(
            () => ProcessTable.ListenerOn(TicketSystem.Port) is null, Eventually.Bound, "the ticket system ends with the program");
        await _run.WaitForServersToEndAsync();

        await using var again = await StandaloneRun.RunAsync(_directory, "--once");
        await again.AssertSucceededAsync();
        Assert.Matches("Signe .* delivered, activated", again.Output);
    }

    private void AssertTicketsAreShown()
    {
        Assert.Contains("the ticket system was away and answered 503", _run.Output, StringComparison.Ordinal);
        Assert.Matches(@"  Signe +day ticket +130\.00 SEK  to card ····[0-9]{4}: ordered, delivered, activated\n", _run.Output);
        Assert.Matches(@"  Guest +single ticket +42\.00 SEK  to the app: ordered, delivered, activated, used up\n", _run.Output);
        Assert.Matches(@"  Tove +single ticket +42\.00 SEK  to the app: ordered, delivered, activated, used up\n", _run.Output);
        Assert.Matches(@"  Olle +summer card +695\.00 SEK  to the app: ordered, undeliverable: the charge is taken back\n", _run.Output);
    }

    private void AssertStaffOfferIsShown()
    {
        Assert.Matches(@"  Maja +30-day ticket +845\.00 SEK  approved by an administrator: ordered, delivered, activated\n", _run.Output);
        Assert.Matches(
            @"  Maja +pays 422\.50 SEK by salary in 2 months; the payroll of [0-9]{4}-[0-9]{2} has 211\.25 SEK\n", _run.Output);
    }

    private void AssertSubscriptionIsShown()
    {
        Assert.Matches("  Ingunn  gives her number, and the code [0-9]{8} that came by SMS\n", _run.Output);
        var ordered = Regex.Match(
            _run.Output, @"  Ingunn +subscription +795\.00 NOK  pending, from (?<day>[0-9]{4}-[0-9]{2}-01)\n", RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(1));
        Assert.True(ordered.Success, _run.Output);
        Assert.Contains(
            $"an administrator approves it, and Ingunn gets an SMS that it begins on {ordered.Groups["day"].Value}", _run.Output,
            StringComparison.Ordinal);
    }

    private async Task AssertProductsAreThereAsync()
    {
        foreach (var (code, one) in _demo["operators"]!.AsObject())
        {
            using var staff = await SignInAsync(code, "administrators", "staff");
            var listed = await ItemsAsync(staff, $"/v1/operators/{code}/price-list?page_size=200");
            var told = one!["products"]!.AsArray();
            Assert.Equal(
                told.Select(product => $"{product!["product"]} {product["price_minor"]}").Order(StringComparer.Ordinal),
                listed.Select(product => $"{product!["product"]} {product["price_minor"]}").Order(StringComparer.Ordinal),
                StringComparer.Ordinal);
            Assert.All(told, product => Assert.NotEmpty(product!["sold_by"]!.AsArray()));
        }
    }

    private async Task AssertTravellerSeesWhatIsTheirsAsync()
    {
        var jonkoping = _demo["operators"]!["jonkoping"]!;
        using var traveller = await SignInAsync("jonkoping", "traveller");
        var me = JsonNode.Parse(await traveller.GetStringAsync(new Uri("/v1/me", UriKind.Relative)))!;
        var id = me.ToJsonString();
        var travellerId = Regex.Match(
            id, "\"traveller_id\":\"(?<id>[0-9a-f-]{36})\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["id"].Value;
        var account = Assert.Single(await ItemsAsync(traveller, $"/v1/travellers/{travellerId}/credit-accounts"))!;
        Assert.Equal(jonkoping["app"]!["app_account_id"]!.ToString(), account["id"]!.ToString());
    }

    private async Task AssertTicketSystemsTokenReadsEventsAsync()
    {
        using var http = Client(_demo["operators"]!["jamtland"]!["ticket_system_token"]!.ToString());
        var events = await ItemsAsync(http, "/v1/events");
        Assert.Contains(events, one => one!["type"]!.ToString() == "ticket.ordered");
        using var its = new HttpClient { BaseAddress = TicketSystem };
        Assert.NotEmpty(JsonNode.Parse(await its.GetStringAsync(new Uri("/tickets", UriKind.Relative)))!.AsArray());
    }

    private async Task AssertOrderLinkOpensAsync()
    {
        using var anybody = new HttpClient();
        var form = JsonNode.Parse(await anybody.GetStringAsync(_demo["operators"]!["akt"]!["order_link"]!.ToString()))!;
        Assert.Equal("Sørlandet Regnskap AS", form["organisation"]!.ToString());
        Assert.Equal("subscription-adult", Assert.Single(form["products"]!.AsArray())!["product"]!.ToString());
        Assert.Null(_demo["operators"]!["kalmar"]!["order_link"]);
    }

    private static int ProcessOf(int port) => int.Parse(
        Regex.Match(
            ProcessTable.ListenerOn(port) ?? "", @"\(process (?<id>[0-9]+)\)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Groups["id"].Value,
        System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<JsonArray> ItemsAsync(HttpClient http, string path) =>
        JsonNode.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)))!["items"]!.AsArray();

    private async Task<HttpClient> SignInAsync(string code, params string[] who)
    {
        var person = who.Aggregate(_demo["operators"]![code]!, (node, name) => node[name]!);
        using var http = Client(token: null);
        using var answer = await http.PostAsJsonAsync(new Uri("/v1/sessions", UriKind.Relative), person);
        answer.EnsureSuccessStatusCode();
        return Client(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["token"]!.ToString());
    }

    private HttpClient Client(string? token)
    {
        var http = new HttpClient { BaseAddress = new Uri(_demo["admin"]!.ToString()) };
        http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}
