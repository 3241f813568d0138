using System.Text.Json.Nodes;
using System.Xml.Linq;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>What is charged beside the purchases on credit stands on the same invoices.</summary>
public sealed class ChargeTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task A_charge_is_a_line_beside_the_purchases_at_its_own_rate_and_in_the_total()
    {
        var (customer, account) = await StageAsync();
        var month = Month(customer, 2);
        await month.BuyAsync(account, 10_600);
        await Charges.AddAsync(Ledger, account, 12_500, month.Month, vat: 2500);
        await Charges.AddAsync(Ledger, account, 5_300, month.Month);
        Assert.Equal(1, await month.MonthEndAsync());

        var invoice = await OfAsync(customer, month);
        Assert.Equal(
            ("invoice", "28400", "25000", "3400"),
            (invoice["kind"], invoice["total_minor"], invoice["net_minor"], invoice["vat_minor"]));
        Assert.Equal(
            "S 2500 12500 10000 2500; S 600 15900 15000 900",
            string.Join("; ", invoice.Body["taxes"]!.AsArray().Select(tax => string.Join(
                ' ', tax!["vat_category"], tax["vat_basis_points"], tax["gross_minor"], tax["net_minor"], tax["vat_minor"]))));
        Assert.Equal(
            [" 30-dagarsbiljett period-30 12500", " 30-dagarsbiljett period-30 5300", "app Köp  10600"],
            invoice.Body["lines"]!.AsArray().Select(LineOf).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(invoice.Body["lines"]!.AsArray(), line => Assert.Equal("Anna Berg", line!["traveller"]!.ToString()));
        var file = (await customer.Administrator.GetAsync($"/v1/invoices/{invoice.Id}?format=csv")).Is(200).Text;
        Assert.Contains("30-dagarsbiljett", file, StringComparison.Ordinal);
        (await customer.Administrator.GetAsync($"/v1/invoices/{invoice.Id}?format=ubl")).Is(200);
    }

    [Fact]
    public async Task A_charge_alone_makes_an_invoice_and_one_taken_back_in_its_month_makes_none()
    {
        var (charged, account) = await StageAsync();
        var (undone, other) = await StageAsync();
        var (month, same) = (Month(charged, 2), Month(undone, 2));
        await Charges.AddAsync(Ledger, account, 99_000, month.Month);
        var first = await Charges.AddAsync(Ledger, other, 99_000, same.Month);
        await Charges.AddAsync(Ledger, other, -99_000, same.Month, reverses: first);

        Assert.Equal(1, await month.MonthEndAsync());
        Assert.Equal(0, await same.MonthEndAsync());

        Assert.Equal("99000", (await OfAsync(charged, month))["total_minor"]);
    }

    [Fact]
    public async Task A_charge_taken_back_after_the_close_makes_a_credit_note_that_names_the_invoice()
    {
        var (customer, account) = await StageAsync();
        var (first, second, third) = (Month(customer, 4), Month(customer, 3), Month(customer, 2));
        var ticket = await Charges.AddAsync(Ledger, account, 60_000, first.Month);
        await first.MonthEndAsync();
        await second.BuyAsync(account, 100);
        await second.MonthEndAsync();
        await Charges.AddAsync(Ledger, account, -60_000, third.Month, countsIn: first.Month, reverses: ticket);
        await third.BuyAsync(account, 10_000);
        Assert.Equal(1, await third.MonthEndAsync());

        var note = await OfAsync(customer, third);
        Assert.Equal(("credit_note", "-50000"), (note["kind"], note["total_minor"]));
        Assert.Equal("T-1", Assert.Single(note.Body["corrects"]!.AsArray())!.ToString());
        var document = XDocument.Parse((await customer.Administrator.GetAsync($"/v1/invoices/{note.Id}?format=ubl")).Is(200).Text);
        Assert.Equal("CreditNote", document.Root!.Name.LocalName);
    }

    [Fact]
    public async Task A_charge_taken_back_later_and_purchases_that_come_to_nothing_together_stand_on_an_invoice()
    {
        var (customer, account) = await StageAsync();
        var (first, second) = (Month(customer, 3), Month(customer, 2));
        var ticket = await Charges.AddAsync(Ledger, account, 4_200, first.Month);
        await first.MonthEndAsync();
        await Charges.AddAsync(Ledger, account, -4_200, second.Month, countsIn: first.Month, reverses: ticket);
        await second.BuyAsync(account, 4_200);
        Assert.Equal(1, await second.MonthEndAsync());

        var invoice = await OfAsync(customer, second);
        Assert.Equal(("invoice", "0"), (invoice["kind"], invoice["total_minor"]));
        Assert.Equal(2, invoice.Body["lines"]!.AsArray().Count);
    }

    [Fact]
    public async Task Reports_come_to_what_is_invoiced_before_and_after_the_close()
    {
        var (customer, account) = await StageAsync();
        var month = Month(customer, 2);
        await month.BuyAsync(account, 1_000);
        await Charges.AddAsync(Ledger, account, 5_000, month.Month);

        Assert.Equal("6000 1", await ReportedAsync());
        await month.MonthEndAsync();
        Assert.Equal("6000 1", await ReportedAsync());
        Assert.Equal("6000", (await OfAsync(customer, month))["total_minor"]);

        async Task<string> ReportedAsync()
        {
            var query = $"organisation_id={customer.Id}&month={month.Month}";
            var row = Assert.Single((await customer.Administrator.GetAsync($"/v1/reports/spending?{query}")).Is(200).Items);
            return $"{row["spent_minor"]} {row["purchases"]}";
        }
    }

    [Fact]
    public async Task A_purchase_is_named_by_the_text_of_its_product_else_by_the_catalogue_as_it_was_then_else_by_its_code()
    {
        var (customer, account) = await StageAsync();
        var at = customer.Operator;
        await at.AddProductAsync("single-adult");
        await at.AddProductAsync("day-adult");
        var invoicing = Some.Invoicing("SE");
        invoicing["product_texts"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["day-adult"] = "Dygnsbiljett" };
        (await at.Staff.PutAsync($"/v1/operators/{at.Code}/invoicing", invoicing)).Is(200);
        var (first, second) = (Month(customer, 3), Month(customer, 2));
        foreach (var month in (ClosedMonth[])[first, second])
        {
            await month.BuyAsync(account, 100, product: "single-adult");
            await month.BuyAsync(account, 200, product: "day-adult");
            await month.BuyAsync(account, 300, product: "unknown");
            await month.MonthEndAsync();
            var renamed = AdminOperator.Product();
            renamed["names"] = new { sv = "Enkel", nb = "Enkel", en = "Single" };
            (await at.Staff.PutAsync($"/v1/operators/{at.Code}/products/single-adult", renamed)).Is(200);
        }

        Assert.Equal("Enkelbiljett vuxen, Dygnsbiljett, unknown", NamesOf(await OfAsync(customer, first)));
        Assert.Equal("Enkel, Dygnsbiljett, unknown", NamesOf(await OfAsync(customer, second)));

        static string NamesOf(ApiAnswer invoice) => string.Join(
            ", ", invoice.Body["lines"]!.AsArray().OrderBy(line => (long)line!["gross_minor"]!).Select(line => line!["name"]!.ToString()));
    }

    private async Task<(AdminOrganisation Customer, Guid Account)> StageAsync()
    {
        var customer = await NewCustomerAsync("jamtland");
        await customer.Operator.SetInvoicingAsync();
        return (customer, (await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id);
    }

    private static ClosedMonth Month(AdminOrganisation customer, int ago) => new(customer.Operator, ClosedMonth.Ago(ago));

    private static string LineOf(JsonNode? line) =>
        string.Join(' ', line!["instrument"], line["name"], line["product"], line["gross_minor"]);

    private static async Task<ApiAnswer> OfAsync(AdminOrganisation customer, ClosedMonth month)
    {
        var query = $"organisation_id={customer.Id}&month={month.Month}";
        var only = Assert.Single((await customer.Administrator.GetAsync($"/v1/invoices?{query}")).Is(200).Items);
        return (await customer.Administrator.GetAsync($"/v1/invoices/{only["id"]}")).Is(200);
    }
}
