using System.Globalization;
using System.Xml.Linq;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>Making invoices of a closed month, and reading them over HTTP.</summary>
public sealed class InvoiceTests(SharedAdmin shared) : AdminTest(shared)
{
    [Theory]
    [InlineData("jamtland", 600, "SEK")]
    [InlineData("jonkoping", 600, "SEK")]
    [InlineData("kalmar", 600, "SEK")]
    [InlineData("akt", 1200, "NOK")]
    public async Task Each_operators_customer_gets_one_invoice_with_what_was_bought(string profile, int vat, string currency)
    {
        var (customer, month, account) = await StageAsync(profile);
        await month.BuyAsync(account, 12_402, vat, purpose: "Utbildning", product: "single-adult");
        await month.BuyAsync(account, 4_500, vat);
        Assert.Equal(1, await month.MonthEndAsync());

        var listed = Assert.Single((await customer.Administrator.GetAsync("/v1/invoices")).Is(200).Items);
        var invoice = (await customer.Administrator.GetAsync($"/v1/invoices/{listed["id"]}")).Is(200);
        Assert.Equal(
            ("T-1", "invoice", customer.Operator.Code, "Vätterns Teknik AB"),
            (invoice["number"], invoice["kind"], invoice["operator"], invoice["organisation"]));
        Assert.Equal(
            ("4711", month.Month.ToString(), currency, "16902", "16902"),
            (invoice["billing_reference"], invoice["month"], invoice["currency"], invoice["total_minor"], listed["total_minor"]!.ToString()));
        Assert.Equal((Day(month.PublishedOn), Day(month.PublishedOn.AddDays(30))), (invoice["published_on"], invoice["due_on"]));
        Assert.Equal(16_902, Sum(invoice, "net_minor", "vat_minor", "rounding_minor"));
        var lines = invoice.Body["lines"]!.AsArray();
        Assert.Equal(
            (16_902, Sum(invoice, "net_minor")), (lines.Sum(line => (int)line!["gross_minor"]!), lines.Sum(line => (int)line!["net_minor"]!)));
        var line = lines.Single(line => line!["purpose"] is not null)!;
        Assert.Equal(
            ("Anna Berg", "app", "Utbildning", "single-adult", $"{vat}", "1"),
            (Text(line, "traveller"), Text(line, "instrument"), Text(line, "purpose"), Text(line, "product"), Text(line, "vat_basis_points"), Text(line, "count")));
        Assert.Equal("S", Text(Assert.Single(invoice.Body["taxes"]!.AsArray())!, "vat_category"));
    }

    [Fact]
    public async Task Made_again_and_in_steps_of_one_organisation_nothing_is_made_twice_and_no_number_is_lost()
    {
        var at = await NewOperatorAsync();
        await at.SetInvoicingAsync();
        var month = new ClosedMonth(at, ClosedMonth.Ago(2));
        for (var i = 0; i < 3; i++)
        {
            var customer = await at.CustomerAsync();
            await month.BuyAsync((await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id, 100 + i);
        }

        await at.CustomerAsync();
        await month.CloseAsync();

        Assert.Equal(3, await month.MakeInvoicesAsync(organisations: 1));
        Assert.Equal(0, await month.MakeInvoicesAsync());
        Assert.Equal(0, await month.MakeInvoicesAsync(organisations: 2));
        var invoices = (await at.Staff.GetAsync($"/v1/invoices?month={month.Month}&operator={at.Code}")).Is(200).Items;
        Assert.Equal(["T-1", "T-2", "T-3"], invoices.Select(one => Text(one, "number")).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal("4", (await at.Staff.GetAsync($"/v1/operators/{at.Code}/invoicing")).Is(200)["next_number"]);
    }

    [Fact]
    public async Task Lists_come_in_pages_newest_first()
    {
        var (customer, first, account) = await StageAsync();
        for (var ago = 4; ago > 1; ago--)
        {
            var month = first with { Month = ClosedMonth.Ago(ago) };
            await month.BuyAsync(account, 100);
            await month.MonthEndAsync();
        }

        var numbers = new List<string>();
        for (string? token = ""; token is not null;)
        {
            var page = (await customer.Administrator.GetAsync($"/v1/invoices?page_size=2{(token.Length > 0 ? "&page_token=" + token : "")}")).Is(200);
            numbers.AddRange(page.Items.Select(one => Text(one, "number")!));
            token = page["next_page_token"];
        }

        Assert.Equal(["T-3", "T-2", "T-1"], numbers, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Without_purchases_there_is_no_invoice()
    {
        var (customer, month, account) = await StageAsync();
        await month.BuyAsync(account, 100, hold: true);
        await month.GiveBackAsync(await month.BuyAsync(account, 200), 200);

        Assert.Equal(0, await month.MonthEndAsync());
        Assert.Empty((await customer.Administrator.GetAsync($"/v1/invoices?organisation_id={customer.Id}")).Is(200).Items);
    }

    [Fact]
    public async Task Each_reference_has_its_invoice_and_departments_that_inherit_stand_on_that_of_the_one_above()
    {
        var (customer, month, account) = await StageAsync();
        var own = await customer.AddDepartmentAsync("Verkstad", reference: "KST 9");
        (await customer.Administrator.PatchAsync($"/v1/departments/{own}", new
        {
            cost_centre = "3120",
            e_invoice_address = "0088:7300010000001",
            billing_address = new { street = "Bakgatan 2", postal_code = "553 21", city = "Huskvarna" },
        })).Is(200);
        var below = await customer.AddDepartmentAsync("Lackering", own);
        await month.BuyAsync(account, 100);
        foreach (var (department, amount) in new[] { (own, 1_000), (below, 10_000) })
        {
            await month.BuyAsync((await customer.GiveAppAsync((await customer.TravellerAsync(department: department)).Id)).Id, amount);
        }

        Assert.Equal(2, await month.MonthEndAsync());
        // What is edited afterwards moves nothing.
        (await customer.Administrator.PatchAsync($"/v1/departments/{own}", new { name = "Ny", billing_reference = "NY", cost_centre = "9" })).Is(200);

        var invoices = (await customer.Administrator.GetAsync($"/v1/invoices?organisation_id={customer.Id}&month={month.Month}")).Is(200).Items
            .ToDictionary(one => Text(one, "billing_reference")!, StringComparer.Ordinal);
        Assert.Equal(("100", "11000"), (Text(invoices["4711"], "total_minor"), Text(invoices["KST 9"], "total_minor")));
        var path = $"/v1/invoices/{invoices["KST 9"]["id"]}";
        var lines = (await customer.Administrator.GetAsync(path)).Is(200).Body["lines"]!.AsArray();
        Assert.Equal(["Lackering 3120", "Verkstad 3120"], lines.Select(line => $"{line!["department"]} {line["cost_centre"]}"), StringComparer.Ordinal);
        var document = (await customer.Administrator.GetAsync(path + "?format=ubl")).Is(200);
        Assert.Contains("7300010000001", document.Text, StringComparison.Ordinal);
        Assert.Contains("Huskvarna", document.Text, StringComparison.Ordinal);
        var other = (await customer.Administrator.GetAsync($"/v1/invoices/{invoices["4711"]["id"]}?format=ubl")).Is(200);
        Assert.Contains("Jönköping", other.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_card_is_itemised_or_summed_as_the_operator_wants(bool itemises)
    {
        var customer = await NewCustomerAsync("jamtland");
        await customer.Operator.SetInvoicingAsync(itemises);
        var card = Some.CardNumber();
        var account = (await customer.TryGiveCardAsync((await customer.TravellerAsync()).Id, card, 100_000)).Is(201).Id;
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        await month.BuyAsync(account, 4_200);
        await month.BuyAsync(account, 3_300);
        await month.MonthEndAsync();

        var invoice = (await GetOnlyAsync(customer)).Is(200);
        Assert.DoesNotContain(card, invoice.Text, StringComparison.Ordinal);
        var lines = invoice.Body["lines"]!.AsArray();
        Assert.All(lines, line => Assert.EndsWith(card[^4..], Text(line!, "instrument"), StringComparison.Ordinal));
        Assert.Equal(
            itemises ? ["1 3300", "1 4200"] : ["2 7500"],
            lines.Select(line => $"{line!["count"]} {line["gross_minor"]}").Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Rates_are_summed_one_by_one()
    {
        var (customer, month, account) = await StageAsync();
        foreach (var (amount, vat, category) in new[] { (1_060, 600, 'S'), (1_120, 1200, 'S'), (1_250, 2500, 'S'), (700, 0, 'Z'), (300, 0, 'O') })
        {
            await month.BuyAsync(account, amount, vat, category);
        }

        await month.GiveBackAsync(await month.BuyAsync(account, 99, 1000), 99);
        await month.MonthEndAsync();

        var invoice = (await GetOnlyAsync(customer)).Is(200);
        Assert.Equal(
            ["S 2500 1000 250", "S 1200 1000 120", "S 600 1000 60", "Z 0 700 0", "O 0 300 0"],
            invoice.Body["taxes"]!.AsArray().Select(tax => $"{tax!["vat_category"]} {tax["vat_basis_points"]} {tax["net_minor"]} {tax["vat_minor"]}"), StringComparer.Ordinal);
        Assert.Equal(("4000", "430", "4430"), (invoice["net_minor"], invoice["vat_minor"], invoice["total_minor"]));
        Assert.Equal(5, invoice.Body["lines"]!.AsArray().Count);
        (await GetOnlyAsync(customer, "?format=ubl")).Is(200);
    }

    [Fact]
    public async Task What_was_reported_late_stands_on_the_next_invoice_and_on_no_other()
    {
        var (customer, second, account) = await StageAsync();
        var first = second with { Month = ClosedMonth.Ago(3) };
        await first.BuyAsync(account, 100);
        await first.MonthEndAsync();
        await second.BuyAsync(account, 70, countsIn: first.Month);
        await second.BuyAsync(account, 5);
        await second.MonthEndAsync();

        var totals = (await customer.Administrator.GetAsync("/v1/invoices")).Is(200).Items.Select(one => $"{one["month"]} {one["total_minor"]}");
        Assert.Equal([$"{second.Month} 75", $"{first.Month} 100"], totals, StringComparer.Ordinal);
        var invoice = (await customer.Administrator.GetAsync($"/v1/invoices?month={second.Month}")).Is(200).Items.Single();
        Assert.Equal(2, (await customer.Administrator.GetAsync($"/v1/invoices/{invoice["id"]}")).Is(200).Body["lines"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_file_for_spreadsheets_and_an_e_invoice_are_answered_to_a_caller_that_asks_for_them()
    {
        var (customer, month, account) = await StageAsync();
        await month.BuyAsync(account, 12_402, purpose: "=1+1");
        await month.MonthEndAsync();
        var file = $"{customer.Operator.Code}-T-1";

        foreach (var csv in new[] { await GetOnlyAsync(customer, "?format=csv"), await GetOnlyAsync(customer, accept: "text/csv") })
        {
            Assert.Equal(("text/csv", file + ".csv"), (csv.Is(200).ContentType, csv.FileName));
            Assert.Contains(";124,02;", csv.Text, StringComparison.Ordinal);
            Assert.Contains("\"'=1+1\"", csv.Text, StringComparison.Ordinal);
        }

        foreach (var xml in new[] { await GetOnlyAsync(customer, "?format=ubl"), await GetOnlyAsync(customer, accept: "application/xml") })
        {
            Assert.Equal(("application/xml", file + ".xml"), (xml.Is(200).ContentType, xml.FileName));
            Assert.Equal("Invoice", XDocument.Parse(xml.Text).Root!.Name.LocalName);
        }

        Assert.Equal("application/json", (await GetOnlyAsync(customer, accept: "text/html, */*")).Is(200).ContentType);
        (await GetOnlyAsync(customer, "?format=pdf")).RefusesFields("format");
    }

    [Fact]
    public async Task What_an_e_invoice_lacks_is_said()
    {
        var (customer, month, account) = await StageAsync();
        // As they could be set before they were asked for.
        await Ledger.ExecuteAsync(
            """
            update billing.invoicing set seller = seller - 'vat_number' where operator_id = @Operator;
            update organisation set e_invoice_address = 'mail:faktura@x.se' where id = @Id
            """,
            new { Operator = customer.Operator.Id, customer.Id });
        await month.BuyAsync(account, 100);
        await month.MonthEndAsync();

        var answer = (await GetOnlyAsync(customer, "?format=ubl")).IsProblem(409, "e_invoice_incomplete");
        Assert.Contains("The seller's VAT number is missing", answer["detail"], StringComparison.Ordinal);
        Assert.Contains("The buyer's electronic address mail:faktura@x.se is wrong.", answer["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jamtland", 333, 600)]
    [InlineData("akt", 800, null)]
    public async Task One_odd_rate_from_before_rates_were_checked_spoils_no_invoice(string profile, int odd, int? instead)
    {
        var (customer, month, account) = await StageAsync(profile);
        var own = profile == "akt" ? 1200 : 600;
        await month.BuyAsync(account, 12_402, own);
        await month.GiveBackAsync(await month.BuyAsync(account, 700, 1000), 700);
        await month.BuyAsync(account, 1, odd);
        await month.MonthEndAsync();

        var invoice = (await GetOnlyAsync(customer)).Is(200);
        var expected = instead is null ? new[] { $"S {own} 12402", $"S {odd} 1" } : [$"S {instead} 12403"];
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            invoice.Body["taxes"]!.AsArray().Select(tax => $"{tax!["vat_category"]} {tax["vat_basis_points"]} {tax["gross_minor"]}").Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        Assert.Equal(("12403", 12_403), (invoice["total_minor"], invoice.Body["lines"]!.AsArray().Sum(line => (int)line!["gross_minor"]!)));
        (await GetOnlyAsync(customer, "?format=ubl")).Is(200);
    }

    private async Task<(AdminOrganisation Customer, ClosedMonth Month, Guid Account)> StageAsync(string profile = "jamtland")
    {
        var customer = await NewCustomerAsync(profile);
        await customer.Operator.SetInvoicingAsync();
        var account = (await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id;
        return (customer, new ClosedMonth(customer.Operator, ClosedMonth.Ago(2)), account);
    }

    private static async Task<ApiAnswer> GetOnlyAsync(AdminOrganisation customer, string query = "", string accept = "*/*")
    {
        var only = Assert.Single((await customer.Administrator.GetAsync($"/v1/invoices?organisation_id={customer.Id}")).Is(200).Items);
        return await customer.Administrator.GetAsync($"/v1/invoices/{only["id"]}{query}", accept);
    }

    private static int Sum(ApiAnswer invoice, params string[] fields) => fields.Sum(field => (int)invoice.Body[field]!);

    private static string? Text(System.Text.Json.Nodes.JsonNode node, string name) => node[name]?.ToString();

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
