using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Purchases;

/// <summary>What an employer sees of a trip is the operator's setting, wherever it leaves the control plane.</summary>
public sealed partial class TripVisibilityTests(SharedAdmin shared) : AdminTest(shared)
{
    private const string Hidden = "hidden", WithConsent = "with_consent", Shown = "shown";

    // Minutes and seconds that nothing else has: of the device's clock, of the decision, and of what came after.
    private static readonly string[] Markers = ["vehicle-m7", "line-m7", "zone-m7", "stop-m7"];

    [Theory]
    [InlineData(Hidden, false, false)]
    [InlineData(Hidden, true, false)]
    [InlineData(WithConsent, false, false)]
    [InlineData(WithConsent, true, true)]
    [InlineData(Shown, false, true)]
    public async Task No_output_shows_an_employer_more_of_a_trip_than_the_operator_lets_it(string setting, bool consents, bool shows)
    {
        var stage = await StageAsync(setting, consents);
        var seen = await OutputsAsync(stage, stage.Customer.Administrator);

        Assert.True(seen.Count > 25, string.Join('\n', seen.Keys));
        foreach (var (path, text) in seen.Where(_ => !shows))
        {
            Assert.True(!Marked(text), $"{path}: {text}");
        }

        var purchase = seen[$"/v1/authorisations/{stage.Authorisation}"];
        Assert.Equal(shows, Markers.All(marker => purchase.Contains(marker, StringComparison.Ordinal)) && Moments().Count(purchase) == 3);
        Assert.Equal(shows, Moments().Count(seen[$"/v1/invoices/{stage.Invoice}"]) == 3);
        // The day, what was bought, for how much and what for are there in any case.
        var shown = JsonNode.Parse(purchase)!;
        Assert.Equal(
            (stage.Day, "single", "Kundbesök", "4200"),
            (shown["date"]!.ToString(), shown["product"]!.ToString(), shown["purpose"]!.ToString(), shown["amount_minor"]!.ToString()));
        foreach (var format in new[] { "csv", "ubl" })
        {
            var document = seen[$"/v1/invoices/{stage.Invoice}?format={format}"];
            Assert.Contains(stage.Day, document, StringComparison.Ordinal);
            Assert.Equal(shows, Marked(document));
        }
    }

    [Fact]
    public async Task Staff_and_the_traveller_see_all_of_it_and_documents_are_the_employers_whoever_fetches_them()
    {
        var stage = await StageAsync(Hidden, consents: false);
        var path = $"/v1/authorisations/{stage.Authorisation}";

        foreach (var caller in new[] { stage.Traveller, stage.Customer.Operator.Staff })
        {
            var purchase = (await caller.GetAsync(path)).Is(200).Text;
            Assert.All(Markers, marker => Assert.Contains(marker, purchase, StringComparison.Ordinal));
            Assert.Equal(3, Moments().Count(purchase));
        }

        Assert.True(Marked((await stage.Customer.Operator.Staff.GetAsync($"/v1/invoices/{stage.Invoice}")).Is(200).Text));
        foreach (var format in new[] { "csv", "ubl" })
        {
            Assert.False(Marked((await stage.Customer.Operator.Staff.GetAsync($"/v1/invoices/{stage.Invoice}?format={format}")).Is(200).Text));
        }
    }

    [Fact]
    public async Task A_consent_is_given_and_taken_back_by_the_traveller_alone_and_counts_from_then_on()
    {
        var stage = await StageAsync(WithConsent, consents: false);
        var (path, consent) = ($"/v1/authorisations/{stage.Authorisation}", $"/v1/travellers/{stage.TravellerId}/trip-consent");
        (await stage.Customer.Administrator.PutAsync(consent, new { })).IsProblem(403, "forbidden");
        (await stage.Traveller.DeleteAsync(consent)).Is(200);

        Assert.Equal(("with_consent", "true"), Of((await stage.Traveller.PutAsync(consent, new { })).Is(200)));
        Assert.True(Marked((await stage.Customer.Administrator.GetAsync(path)).Is(200).Text));
        await stage.Customer.Operator.PublishTermsAsync("privacy", "1");
        (await stage.Traveller.PutAsync($"/v1/travellers/{stage.TravellerId}/notifications", new { email = true, sms = false })).IsProblem(409, "terms_not_accepted");
        Assert.Equal(("with_consent", "false"), Of((await stage.Traveller.DeleteAsync(consent)).Is(200)));
        Assert.False(Marked((await stage.Customer.Administrator.GetAsync(path)).Is(200).Text));

        var lines = (await stage.Customer.Administrator.GetAsync($"/v1/audit?subject=traveller:{stage.TravellerId}")).Is(200).Items;
        Assert.Equal(
            ["traveller.trip_consent_taken_back", "traveller.trip_consent_given"], lines.Take(2).Select(line => line["what"]!.ToString()),
            StringComparer.Ordinal);

        static (string?, string?) Of(ApiAnswer answer) => (answer["visibility"], answer["shown"]);
    }

    [Fact]
    public async Task Pages_of_purchases_follow_each_other_without_telling_when()
    {
        var stage = await StageAsync(Hidden, consents: false);
        var path = $"/v1/travellers/{stage.TravellerId}/authorisations?month={stage.Month}&page_size=1";

        var first = (await stage.Customer.Administrator.GetAsync(path)).Is(200);
        var token = first["next_page_token"]!;
        var second = (await stage.Customer.Administrator.GetAsync($"{path}&page_token={token}")).Is(200);

        Assert.Null(second["next_page_token"]);
        Assert.NotEqual(first.Items.Single()["authorisation_id"]!.ToString(), second.Items.Single()["authorisation_id"]!.ToString(), StringComparer.Ordinal);
        Assert.Equal(32, Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(token)).Length);
        var unknown = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Guid.NewGuid().ToString("N")));
        (await stage.Customer.Administrator.GetAsync($"{path}&page_token={unknown}")).RefusesFields("page_token");
    }

    private static bool Marked(string text) =>
        Markers.Any(marker => text.Contains(marker, StringComparison.Ordinal)) || Moments().IsMatch(text) || Minutes().IsMatch(text);

    // Every GET of the API, in every format, as a caller sees it; what is refused shows nothing.
    private async Task<Dictionary<string, string>> OutputsAsync(Stage stage, ApiCaller caller)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var document = await ApiDocument.ReadAsync(Host);
        foreach (var operation in document.Operations.Where(one => one.Method == "GET"))
        {
            var path = stage.At(operation.Path);
            string[] queries =
            [
                "", $"?month={stage.Month}&organisation_id={stage.Customer.Id}", $"?month={stage.Month}", $"?organisation_id={stage.Customer.Id}",
                "?format=csv", "?format=ubl", $"?format=csv&month={stage.Month}", $"?format=zip&month={stage.Month}",
                $"?format=csv&month={stage.Month}&organisation_id={stage.Customer.Id}",
            ];
            foreach (var query in queries)
            {
                var answer = await caller.GetBytesAsync(path + query);
                if (answer.Status == 200)
                {
                    found[path + query] = TextOf(answer.Bytes);
                }
            }
        }

        return found;
    }

    private static string TextOf(byte[] bytes)
    {
        if (bytes is not [(byte)'P', (byte)'K', ..])
        {
            return Encoding.UTF8.GetString(bytes);
        }

        using var archive = new ZipArchive(new MemoryStream(bytes));
        return string.Join('\n', archive.Entries.Select(entry =>
        {
            using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
            return entry.Name + reader.ReadToEnd();
        }));
    }

    private async Task<Stage> StageAsync(string setting, bool consents)
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.SetInvoicingAsync();
        await Ledger.ExecuteAsync(
            "update operator set trip_visibility = @number where id = @Id",
            new { number = setting switch { Hidden => 1, WithConsent => 2, _ => 3 }, customer.Operator.Id });
        var traveller = await customer.TravellerAsync();
        var account = await customer.GiveAppAsync(traveller.Id);
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        var authorisation = await month.BuyAsync(account.Id, 4_200, purpose: "Kundbesök", product: "single");
        await month.BuyAsync(account.Id, 100);
        await month.GiveBackAsync(authorisation, 200);
        var day = new DateOnly(month.Month.Number / 100, month.Month.Number % 100, 15);
        await Ledger.ExecuteAsync(
            """
            update authorisation
            set vehicle = 'vehicle-m7', line = 'line-m7', zone = 'zone-m7', stop = 'stop-m7',
                occurred_at = @day + interval '12 hours 47 minutes 17.123457 seconds', decided_at = @day + interval '12 hours 48 minutes 18.123457 seconds'
            where id = @authorisation;
            update operation set made_at = @day + interval '12 hours 49 minutes 19.123457 seconds' where authorisation_id = @authorisation
            """,
            new { authorisation, day = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) });
        await month.MonthEndAsync();
        var invoice = (await customer.Operator.Staff.GetAsync("/v1/invoices")).Is(200).Items.Single()["id"]!.ToString();
        var caller = await customer.SignInTravellerAsync(traveller);
        if (consents)
        {
            (await caller.PutAsync($"/v1/travellers/{traveller.Id}/trip-consent", new { })).Is(200);
        }

        return new Stage(
            customer, traveller.Id, account.Id, authorisation, invoice, month.Month.ToString(), $"{day:yyyy-MM-dd}", caller);
    }

    [GeneratedRegex("T1[0-9]:(47:17|48:18|49:19)\\.123457", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Moments();

    [GeneratedRegex("[ T]1[0-9]:4[789]([^0-9:]|$)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Minutes();

    private sealed record Stage(
        AdminOrganisation Customer, Guid TravellerId, Guid Account, Guid Authorisation, string Invoice, string Month, string Day,
        ApiCaller Traveller)
    {
        public string At(string path) => path
            .Replace("/organisations/{id}", $"/organisations/{Customer.Id}", StringComparison.Ordinal)
            .Replace("/departments/{id}", $"/departments/{Customer.DepartmentId}", StringComparison.Ordinal)
            .Replace("/travellers/{id}", $"/travellers/{TravellerId}", StringComparison.Ordinal)
            .Replace("/credit-accounts/{id}", $"/credit-accounts/{Account}", StringComparison.Ordinal)
            .Replace("/authorisations/{id}", $"/authorisations/{Authorisation}", StringComparison.Ordinal)
            .Replace("/invoices/{id}", $"/invoices/{Invoice}", StringComparison.Ordinal)
            .Replace("{code}", Customer.Operator.Code, StringComparison.Ordinal);
    }
}
