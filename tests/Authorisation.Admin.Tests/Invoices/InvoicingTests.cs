using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Invoices;

[Trait("Tier", "Slow")]
public sealed class InvoicingTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task Until_it_is_set_the_answer_says_what_to_do()
    {
        var at = await NewOperatorAsync();
        var answer = (await at.Staff.GetAsync(Path(at))).IsProblem(404, "invoicing_not_set");
        Assert.Contains($"PUT {Path(at)}", answer["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jamtland", "0007")]
    [InlineData("akt", "0192")]
    public async Task What_is_set_is_shown_and_can_be_sent_back(string profile, string scheme)
    {
        var at = await NewOperatorAsync(profile);
        var set = (await at.Staff.PutAsync(Path(at), Some.Invoicing(at.Terms.Country))).Is(200);

        var shown = (await at.Staff.GetAsync(Path(at))).Is(200);
        Assert.Equal((set.Text, "\"1\"", "1"), (shown.Text, shown.Tag, shown["next_number"]));
        var seller = shown.Body["seller"]!;
        Assert.Equal($"{scheme}:{seller["organisation_number"]}", seller["electronic_address"]!.ToString());
        var (way, number) = profile == "akt" ? ("account", "86011117947") : ("bankgiro", "50501055");
        Assert.Equal(number, shown.Body["payment"]![way]!.ToString());

        var again = (await at.Staff.PutAsync(Path(at), shown.Text, shown.Tag)).Is(200);
        Assert.Equal((shown.Text, "\"2\""), (again.Text, again.Tag));
        (await at.Staff.PutAsync(Path(at), shown.Text, shown.Tag)).IsProblem(412, "changed_by_another");
        var audit = (await at.Staff.GetAsync($"/v1/audit?subject=operator:{at.Code}")).Is(200);
        Assert.Equal(["invoicing.set", "invoicing.set"], audit.Items.Select(line => line["what"]!.ToString()), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once()
    {
        var at = await NewOperatorAsync();
        (await at.Staff.PutAsync(Path(at), "{}")).RefusesFields(
            "seller.name", "seller.organisation_number", "seller.vat_number", "seller.address", "payment");
        (await at.Staff.PutAsync(Path(at), new
        {
            seller = new
            {
                name = "X",
                organisation_number = "5566778890",
                vat_number = "SE1",
                address = new { street = "A" },
                electronic_address = "0007-1",
                contact = new { email = "no" },
                is_in_foretaksregisteret = true,
            },
            payment = new
            {
                bankgiro = "5050-1056",
                plusgiro = "28 65 43-5",
                iban = "SE45 5000 0000 0583 9825 7467",
                bic = "X",
                account = "86011117947",
            },
            payment_days = 366,
            number_prefix = "å/",
            first_number = 0,
        })).RefusesFields(
            "seller.organisation_number", "seller.vat_number", "seller.address.postal_code", "seller.address.city",
            "seller.electronic_address", "seller.contact.email", "seller.is_in_foretaksregisteret", "payment.bankgiro",
            "payment.plusgiro", "payment.iban", "payment.bic", "payment.account", "payment_days", "number_prefix", "first_number");
        (await at.Staff.PutAsync(Path(at), With(at, "payment", new { bic = "ESSESESS" }))).RefusesFields("payment", "payment.bic");
        // JLT-1 with 11 would be JLT- with 111.
        (await at.Staff.PutAsync(Path(at), With(at, "number_prefix", "JLT-1"))).RefusesFields("number_prefix");

        var norwegian = await NewOperatorAsync("akt");
        (await norwegian.Staff.PutAsync(Path(norwegian), With(norwegian, "payment", new { bankgiro = "5050-1055", account = "8601.11.17948" })))
            .RefusesFields("payment.bankgiro", "payment.account");
        (await norwegian.Staff.PutAsync(Path(norwegian), With(norwegian, "payment", new { iban = "NO93 8601 1117 947", bic = "DNBANOKK" }))).Is(200);
    }

    [Fact]
    public async Task Electronic_addresses_are_brought_to_their_form_and_others_refused_wherever_they_are_given()
    {
        var customer = await NewCustomerAsync();
        var (at, staff, admin) = (customer.Operator, customer.Operator.Staff, customer.Administrator);
        foreach (var (given, kept) in new[] { ("0007:556036-0793", "0007:5560360793"), ("mail:faktura@x.se", null), ("0088:7300010000002", null) })
        {
            var seller = new
            {
                name = "X",
                organisation_number = "5560360793",
                vat_number = "SE556036079301",
                address = new { street = "A", postal_code = "1", city = "B" },
                electronic_address = given,
            };
            Check(await staff.PutAsync(Path(at), With(at, "seller", seller)), "seller.electronic_address", answer => answer.Body["seller"]!["electronic_address"]!);
            var application = at.Application();
            application["e_invoice_address"] = given;
            Check(await at.Host.Nobody.PostAsync("/v1/organisations", application), "e_invoice_address", OfCustomer);
            var change = new { e_invoice_address = given };
            Check(await admin.PatchAsync($"/v1/organisations/{customer.Id}", change), "e_invoice_address", OfCustomer);
            var own = new { inherits_billing = false, billing_reference = "1", e_invoice_address = given };
            Check(await admin.PatchAsync($"/v1/departments/{customer.DepartmentId}", own), "e_invoice_address", OfCustomer);

            void Check(ApiAnswer answer, string field, Func<ApiAnswer, System.Text.Json.Nodes.JsonNode> read)
            {
                if (kept is null)
                {
                    answer.RefusesFields(field);
                }
                else
                {
                    Assert.True(answer.Status is 200 or 201, answer.Text);
                    Assert.Equal(kept, read(answer).ToString());
                }
            }
        }

        static System.Text.Json.Nodes.JsonNode OfCustomer(ApiAnswer answer) => answer.Body["e_invoice_address"]!;
    }

    [Fact]
    public async Task The_series_begins_where_it_is_wanted_and_never_goes_back()
    {
        var customer = await NewCustomerAsync();
        var (at, staff) = (customer.Operator, customer.Operator.Staff);
        Assert.Equal("1000", (await staff.PutAsync(Path(at), With(at, "first_number", 1000))).Is(200)["next_number"]);
        Assert.Equal("500", (await staff.PutAsync(Path(at), With(at, "first_number", 500))).Is(200)["next_number"]);
        var month = new ClosedMonth(at, ClosedMonth.Ago(2));
        await month.BuyAsync((await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id, 100);
        await month.CloseAsync();
        Assert.Equal(1, await month.MakeInvoicesAsync());

        Assert.Equal("501", (await staff.GetAsync(Path(at))).Is(200)["next_number"]);
        (await staff.PutAsync(Path(at), With(at, "first_number", 1000))).RefusesFields("first_number");
        (await staff.PutAsync(Path(at), With(at, "next_number", 500))).RefusesFields("next_number");
        Assert.Equal("501", (await staff.PutAsync(Path(at), Some.Invoicing("SE"))).Is(200)["next_number"]);
        Assert.Equal("700", (await staff.PutAsync(Path(at), With(at, "next_number", 700))).Is(200)["next_number"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_number_that_is_accepted_ends_the_series(bool hasInvoices)
    {
        var customer = await NewCustomerAsync();
        var (at, staff) = (customer.Operator, customer.Operator.Staff);
        (await staff.PutAsync(Path(at), Some.Invoicing("SE"))).Is(200);
        if (hasInvoices)
        {
            var month = new ClosedMonth(at, ClosedMonth.Ago(2));
            await month.BuyAsync((await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id, 100);
            Assert.Equal(1, await month.MonthEndAsync());
        }

        var most = hasInvoices ? 1_000_001 : 999_999_999;
        var refused = (await staff.PutAsync(Path(at), With(at, "next_number", 999_999_999_999))).RefusesFields("next_number");
        Assert.Contains($"{most}", refused.Body["errors"]![0]!["message"]!.ToString(), StringComparison.Ordinal);
        (await staff.PutAsync(Path(at), With(at, "next_number", most + 1))).RefusesFields("next_number");
        Assert.Equal($"{most}", (await staff.PutAsync(Path(at), With(at, "next_number", most))).Is(200)["next_number"]);
        // As long as no invoice has it, a mistake is taken back.
        Assert.Equal("2", (await staff.PutAsync(Path(at), With(at, "next_number", 2))).Is(200)["next_number"]);

        // As it could be set before it was bounded: whatever else is set goes on being possible, and so is going back.
        await Ledger.ExecuteAsync("update billing.invoicing set next_number = 1000000000000 where operator_id = @Id", new { at.Id });
        Assert.Equal("1000000000000", (await staff.PutAsync(Path(at), Some.Invoicing("SE"))).Is(200)["next_number"]);
        Assert.Equal("2", (await staff.PutAsync(Path(at), With(at, "next_number", 2))).Is(200)["next_number"]);
    }

    [Fact]
    public async Task The_rates_of_purchases_are_those_of_the_country_until_others_are_chosen()
    {
        var (swedish, norwegian) = (await NewOperatorAsync(), await NewOperatorAsync("akt"));
        Assert.Equal("S2500 S1200 S600 Z0 O0", Rates((await swedish.Staff.PutAsync(Path(swedish), Some.Invoicing("SE"))).Is(200)));
        await Ledger.ExecuteAsync("update operator set vat_basis_points = 1200 where id = @Id", new { norwegian.Id });
        Assert.Equal("S2500 S1500 S1200 Z0 O0", Rates((await norwegian.Staff.PutAsync(Path(norwegian), Some.Invoicing("NO"))).Is(200)));

        (await swedish.Staff.PutAsync(Path(swedish), With(swedish, "vat_rates", new object?[] { Rate("S", 800), Rate("E", 0), Rate("Z", 600), Rate("S", 600), null })))
            .RefusesFields("vat_rates[0].vat_basis_points", "vat_rates[1].vat_category", "vat_rates[2].vat_basis_points", "vat_rates[4].vat_category");
        (await swedish.Staff.PutAsync(Path(swedish), With(swedish, "vat_rates", new[] { Rate("S", 1200) }))).RefusesFields("vat_rates");
        Assert.Equal("S600 O0", Rates((await swedish.Staff.PutAsync(Path(swedish), With(swedish, "vat_rates", new[] { Rate("O", 0), Rate("S", 600) }))).Is(200)));
        Assert.Equal("{S600,O0}", await StoredAsync(swedish));
        Assert.Equal("S1200 S1111", Rates((await norwegian.Staff.PutAsync(Path(norwegian), With(norwegian, "vat_rates", new[] { Rate("S", 1111), Rate("S", 1200) }))).Is(200)));
        // Those of the country are no choice: they go along with the law.
        var shown = (await swedish.Staff.PutAsync(Path(swedish), Some.Invoicing("SE"))).Is(200);
        Assert.Null(await StoredAsync(swedish));
        (await swedish.Staff.PutAsync(Path(swedish), shown.Text)).Is(200);
        Assert.Null(await StoredAsync(swedish));

        var trail = (await swedish.Staff.GetAsync($"/v1/audit?subject=operator:{swedish.Code}")).Is(200).Items;
        Assert.Contains(trail, line => line["after"]!["vat_rates"]!.AsArray().Count == 2 && line["before"]!["vat_rates"]!.AsArray().Count == 5);

        static object Rate(string category, int basisPoints) => new { vat_category = category, vat_basis_points = basisPoints };

        static string Rates(ApiAnswer answer) =>
            string.Join(' ', answer.Body["vat_rates"]!.AsArray().Select(rate => $"{rate!["vat_category"]}{rate["vat_basis_points"]}"));
    }

    [Fact]
    public async Task Products_are_called_on_an_invoice_what_they_were_called_when_it_was_made()
    {
        var customer = await NewCustomerAsync();
        var (at, staff) = (customer.Operator, customer.Operator.Staff);
        (await staff.PutAsync(Path(at), With(at, "product_texts", new Dictionary<string, string?>(StringComparer.Ordinal) { ["single-adult"] = "", [new string('x', 65)] = "x" })))
            .RefusesFields("product_texts", "product_texts.single-adult");
        var set = (await staff.PutAsync(Path(at), With(at, "product_texts", new { single_adult = "Enkelbiljett" }))).Is(200);
        Assert.Equal("Enkelbiljett", set.Body["product_texts"]!["single_adult"]!.ToString());
        var month = new ClosedMonth(at, ClosedMonth.Ago(2));
        await month.BuyAsync((await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id, 100, product: "single_adult");
        await month.MonthEndAsync();
        (await staff.PutAsync(Path(at), With(at, "product_texts", new { single_adult = "Något annat" }))).Is(200);

        var id = (await staff.GetAsync("/v1/invoices")).Is(200).Items.Single()["id"];
        Assert.Equal("Enkelbiljett", (await staff.GetAsync($"/v1/invoices/{id}")).Is(200).Body["lines"]![0]!["name"]!.ToString());
        Assert.Contains("<cbc:Name>Enkelbiljett</cbc:Name>", (await staff.GetAsync($"/v1/invoices/{id}?format=ubl")).Is(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_operators_own_staff_sets_it()
    {
        var customer = await NewCustomerAsync();
        var path = Path(customer.Operator);
        (await customer.Administrator.GetAsync(path)).IsProblem(404, "not_found");
        (await customer.Administrator.PutAsync(path, "{}")).IsProblem(404, "not_found");
        (await (await NewOperatorAsync()).Staff.PutAsync(path, "{}")).IsProblem(404, "not_found");
        (await customer.Operator.Staff.GetAsync("/v1/operators/nowhere/invoicing")).IsProblem(404, "not_found");
    }

    private Task<string?> StoredAsync(AdminOperator at) =>
        Ledger.AskAsync<string?>("select vat_rates::text from operator where id = @Id", new { at.Id });

    private static string Path(AdminOperator at) => $"/v1/operators/{at.Code}/invoicing";

    private static Dictionary<string, object?> With(AdminOperator at, string field, object value)
    {
        var body = Some.Invoicing(at.Terms.Country);
        body[field] = value;
        return body;
    }
}
