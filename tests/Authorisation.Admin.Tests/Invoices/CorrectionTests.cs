using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>Putting right an invoice that was made with what was wrong: a credit note of all of it, and a new one.</summary>
[Trait("Tier", "Slow")]
public sealed class CorrectionTests(SharedAdmin shared) : AdminTest(shared)
{
    private static readonly object Body = new { reason = "Fel fakturaadress" };

    [Theory]
    [InlineData("jamtland", true)]
    [InlineData("jamtland", false)]
    [InlineData("akt", true)]
    public async Task A_credit_note_takes_the_invoice_back_and_a_new_one_has_what_is_right_now(string profile, bool itemisesCards)
    {
        var (customer, month) = await StageAsync(profile, itemisesCards);
        var (at, staff) = (customer.Operator, customer.Operator.Staff);
        // As they could be set before they were asked for.
        await Ledger.ExecuteAsync(
            """
            update billing.invoicing set seller = seller - 'vat_number' where operator_id = @Operator;
            update organisation set e_invoice_address = 'mail:faktura@x.se' where id = @Id
            """,
            new { Operator = at.Id, customer.Id });
        Assert.Equal(1, await month.MonthEndAsync());
        var wrong = await OnlyAsync(staff);
        (await staff.GetAsync($"/v1/invoices/{wrong}?format=ubl")).IsProblem(409, "e_invoice_incomplete");

        // Nothing is made, and no number used, while it would not be right either.
        var refused = (await CorrectAsync(staff, wrong)).IsProblem(409, "e_invoice_incomplete");
        Assert.Contains("The seller's VAT number is missing", refused["detail"], StringComparison.Ordinal);
        (await staff.PutAsync($"/v1/operators/{at.Code}/invoicing", Some.Invoicing(at.Terms.Country, itemisesCards))).Is(200);
        (await customer.Administrator.PatchAsync($"/v1/organisations/{customer.Id}", new { e_invoice_address = "0088:7300010000001", name = "Vätterns Nya AB" })).Is(200);
        var made = (await CorrectAsync(staff, wrong)).Is(201);

        var (note, instead) = (made.Body["cancellation"]!, made.Body["replacement"]!);
        Assert.Equal(("T-2", "credit_note", "T-1"), (Text(note, "number"), Text(note, "kind"), Text(note, "cancels")));
        Assert.Equal(("T-3", "invoice", "T-1"), (Text(instead, "number"), Text(instead, "kind"), Text(instead, "replaces")));
        Assert.Equal("Vätterns Nya AB", Text(instead, "organisation"));
        Assert.Equal($"/v1/invoices/{Text(instead, "id")}", made.Location);
        var before = (await staff.GetAsync($"/v1/invoices/{wrong}")).Is(200);
        Assert.Equal(("T-2", "T-3"), (before["cancelled_by"], before["replaced_by"]));
        await AssertMirrorsAsync(staff, before, Text(note, "id")!);
        Assert.Equal(Sums(before), Sums((await staff.GetAsync(made.Location!)).Is(200)));
        AssertDocument((await staff.GetAsync($"/v1/invoices/{Text(note, "id")}?format=ubl")).Is(200), "CreditNote", "T-1");
        AssertDocument((await staff.GetAsync($"{made.Location}?format=ubl")).Is(200), "Invoice", "7300010000001");
        var line = (await staff.GetAsync($"/v1/audit?subject=invoice:{wrong}")).Is(200).Items.Single();
        Assert.Equal(
            ("invoice.corrected", "T-1", "Fel fakturaadress", "T-2", "T-3"),
            (Text(line, "what"), Text(line["before"]!, "number"), Text(line["after"]!, "reason"), Text(line["after"]!, "cancellation"), Text(line["after"]!, "replacement")));
    }

    [Fact]
    public async Task Each_is_corrected_once_and_what_stands_instead_may_be_corrected_again()
    {
        var (customer, month) = await StageAsync();
        var staff = customer.Operator.Staff;
        await month.MonthEndAsync();
        var first = await OnlyAsync(staff);
        var made = await Task.WhenAll(CorrectAsync(staff, first), CorrectAsync(staff, first));
        Assert.Equal([201, 409], made.Select(answer => answer.Status).Order());
        made.Single(answer => answer.Status == 409).IsProblem(409, "invoice_corrected_already");
        var one = made.Single(answer => answer.Status == 201);
        (await CorrectAsync(staff, Text(one.Body["cancellation"]!, "id")!)).IsProblem(409, "invoice_is_cancellation");
        (await CorrectAsync(staff, Text(one.Body["replacement"]!, "id")!)).Is(201);

        Assert.Equal(0, await month.MakeInvoicesAsync());
        var all = (await staff.GetAsync($"/v1/invoices?month={month.Month}")).Is(200).Items;
        Assert.Equal(["T-5", "T-4", "T-3", "T-2", "T-1"], all.Select(item => Text(item, "number")!), StringComparer.Ordinal);
        Assert.Equal("T-5", Text(Assert.Single(all, item => item["cancelled_by"] is null && item["cancels"] is null), "number"));
        Assert.Equal("6", (await staff.GetAsync($"/v1/operators/{customer.Operator.Code}/invoicing")).Is(200)["next_number"]);
        Assert.Equal(Text(all[^1], "total_minor"), $"{all.Sum(item => (long)item["total_minor"]!)}");
    }

    [Fact]
    public async Task The_report_of_the_month_stays_and_a_later_credit_note_names_the_one_in_force()
    {
        var (customer, month) = await StageAsync();
        var staff = customer.Operator.Staff;
        var account = (await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id;
        var refunded = await month.BuyAsync(account, 500);
        await month.MonthEndAsync();
        var report = $"/v1/reports/spending?organisation_id={customer.Id}&month={month.Month}";
        var before = (await staff.GetAsync(report)).Is(200).Text;
        (await CorrectAsync(staff, await OnlyAsync(staff))).Is(201);
        Assert.Equal(before, (await staff.GetAsync(report)).Is(200).Text);

        var next = month with { Month = ClosedMonth.Ago(1) };
        await next.GiveBackAsync(refunded, 500);
        Assert.Equal(1, await next.MonthEndAsync(next.PublishedOn.AddDays(-40)));
        var note = (await staff.GetAsync($"/v1/invoices?month={next.Month}")).Is(200).Items.Single();
        Assert.Equal(("credit_note", "T-3"), (Text(note, "kind"), note["corrects"]!.AsArray().Single()!.ToString()));

        // A credit note is taken back by an invoice, and the one instead of it takes the same off.
        var made = (await CorrectAsync(staff, Text(note, "id")!)).Is(201);
        var (taken, instead) = (made.Body["cancellation"]!, made.Body["replacement"]!);
        Assert.Equal(("invoice", "500", "T-4"), (Text(taken, "kind"), Text(taken, "total_minor"), taken["corrects"]!.AsArray().Single()!.ToString()));
        Assert.Equal(("credit_note", "-500", "T-3"), (Text(instead, "kind"), Text(instead, "total_minor"), instead["corrects"]!.AsArray().Single()!.ToString()));
        AssertDocument((await staff.GetAsync($"/v1/invoices/{Text(taken, "id")}?format=ubl")).Is(200), "Invoice", "T-4");
        AssertDocument((await staff.GetAsync($"/v1/invoices/{Text(instead, "id")}?format=ubl")).Is(200), "CreditNote", "T-3");
    }

    [Fact]
    public async Task An_invoice_that_was_made_with_a_rate_that_no_e_invoice_has_is_put_right()
    {
        var (customer, month) = await StageAsync();
        var staff = customer.Operator.Staff;
        await month.BuyAsync((await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id, 1, 333);
        // Made before such rates stood at the operator's own: as if that one were none of Sweden's, either.
        await Ledger.ExecuteAsync("update operator set vat_basis_points = 700 where id = @Id", new { customer.Operator.Id });
        await month.MonthEndAsync();
        var wrong = await OnlyAsync(staff);
        (await staff.GetAsync($"/v1/invoices/{wrong}?format=ubl")).IsProblem(409, "e_invoice_incomplete");
        (await CorrectAsync(staff, wrong)).IsProblem(409, "e_invoice_incomplete");
        await Ledger.ExecuteAsync("update operator set vat_basis_points = 600 where id = @Id", new { customer.Operator.Id });

        var made = (await CorrectAsync(staff, wrong)).Is(201);

        var before = (await staff.GetAsync($"/v1/invoices/{wrong}")).Is(200);
        await AssertMirrorsAsync(staff, before, Text(made.Body["cancellation"]!, "id")!);
        var instead = (await staff.GetAsync(made.Location!)).Is(200);
        Assert.Equal(before["total_minor"], instead["total_minor"]);
        var (rates, now) = (Rates(before), Rates(instead));
        Assert.Contains("333 1", rates, StringComparer.Ordinal);
        Assert.Equal(rates.Count - 1, now.Count);
        Assert.Equal(Gross(rates, "600") + 1, Gross(now, "600"));
        AssertDocument((await staff.GetAsync(made.Location + "?format=ubl")).Is(200), "Invoice", "T-3");

        static List<string> Rates(ApiAnswer invoice) =>
            [.. invoice.Body["taxes"]!.AsArray().Select(tax => $"{tax!["vat_basis_points"]} {tax["gross_minor"]}")];

        static long Gross(List<string> rates, string rate) => rates.Where(one => one.StartsWith(rate + " ", StringComparison.Ordinal))
            .Sum(one => long.Parse(one[(rate.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_reason_is_asked_for_and_only_staff_of_the_operator_correct()
    {
        var (customer, month) = await StageAsync();
        await month.MonthEndAsync();
        var id = await OnlyAsync(customer.Operator.Staff);
        (await customer.Operator.Staff.PostAsync($"/v1/invoices/{id}/corrections", new { reason = " " })).RefusesFields("reason");
        (await customer.Operator.Staff.PostAsync($"/v1/invoices/{id}/corrections", new { reason = new string('x', 501) })).RefusesFields("reason");
        (await CorrectAsync(customer.Administrator, id)).IsProblem(403, "forbidden");
        (await CorrectAsync((await NewOperatorAsync()).Staff, id)).IsProblem(404, "not_found");
        Assert.Single((await customer.Operator.Staff.GetAsync("/v1/invoices")).Is(200).Items);
    }

    [Fact]
    public async Task What_an_e_invoice_needs_of_a_customer_is_put_right_over_the_API_and_cannot_be_taken_away()
    {
        var customer = await NewCustomerAsync("akt");
        var path = $"/v1/organisations/{customer.Id}";
        (await customer.Administrator.PatchAsync(path, new { billing_address = (object?)null })).RefusesFields("billing_address");
        (await customer.Administrator.PatchAsync(path, new { vat_number = $"NO{customer.Number}MVA" })).Is(200);
        var number = Some.OrganisationNumber("NO");
        (await customer.Administrator.PatchAsync(path, new { organisation_number = number })).IsProblem(403, "forbidden");
        var staff = customer.Operator.Staff;
        (await staff.PatchAsync(path, new { organisation_number = "974761075", vat_number = (string?)null })).RefusesFields("organisation_number");
        // The VAT number has the organisation number in it.
        (await staff.PatchAsync(path, new { organisation_number = number })).RefusesFields("vat_number");
        var changed = (await staff.PatchAsync(path, new { organisation_number = number, vat_number = number + "MVA" })).Is(200);
        Assert.Equal(number, changed["organisation_number"]);
        Assert.Contains(number, changed["vat_number"], StringComparison.Ordinal);
        var other = await customer.Operator.CustomerAsync();
        (await staff.PatchAsync($"/v1/organisations/{other.Id}", new { organisation_number = number })).IsProblem(409, "taken");
    }

    private static async Task AssertMirrorsAsync(ApiCaller staff, ApiAnswer of, string id)
    {
        var mirror = (await staff.GetAsync($"/v1/invoices/{id}")).Is(200);
        foreach (var sum in new[] { "net_minor", "vat_minor", "rounding_minor", "total_minor" })
        {
            Assert.Equal(-(long)of.Body[sum]!, (long)mirror.Body[sum]!);
        }

        Assert.Equal(Lines(of, 1), Lines(mirror, -1), StringComparer.Ordinal);

        static IEnumerable<string> Lines(ApiAnswer invoice, int sign) => invoice.Body["lines"]!.AsArray().Select(line =>
            $"{line!["name"]} {line["traveller"]} {line["instrument"]} {line["count"]} {sign * (long)line["net_minor"]!} {sign * (long)line["gross_minor"]!}");
    }

    private static void AssertDocument(ApiAnswer answer, string root, string has)
    {
        var file = System.Text.Encoding.UTF8.GetBytes(answer.Text);
        var document = UblDocument.Read(file);
        Assert.Equal(root, document.Root.Name.LocalName);
        // Not every Norwegian seller is in Foretaksregisteret.
        Assert.Empty(PeppolRules.Broken(document).Except(["NO-R-002"], StringComparer.Ordinal));
        Assert.Contains(document.Root.Descendants(), element => !element.HasElements && element.Value == has);
        EInvoiceFolder.Keep("corrected-" + Path.GetFileNameWithoutExtension(answer.FileName), file);
    }

    private static string Sums(ApiAnswer invoice) =>
        $"{invoice["net_minor"]} {invoice["vat_minor"]} {invoice["rounding_minor"]} {invoice["total_minor"]}";

    private static string? Text(System.Text.Json.Nodes.JsonNode node, string name) => node[name]?.ToString();

    private static Task<ApiAnswer> CorrectAsync(ApiCaller caller, string id) => caller.PostAsync($"/v1/invoices/{id}/corrections", Body);

    private static async Task<string> OnlyAsync(ApiCaller staff) =>
        Assert.Single((await staff.GetAsync("/v1/invoices")).Is(200).Items)["id"]!.ToString();

    private async Task<(AdminOrganisation Customer, ClosedMonth Month)> StageAsync(string profile = "jamtland", bool itemisesCards = true)
    {
        var customer = await NewCustomerAsync(profile);
        await customer.Operator.SetInvoicingAsync(itemisesCards);
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        var own = profile == "akt" ? 1200 : 600;
        var app = (await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id;
        foreach (var (amount, rate, category) in new[] { (4_500, own, 'S'), (4_500, own, 'S'), (1_202, own, 'S'), (2, 2500, 'S'), (700, 0, 'Z'), (300, 0, 'O') })
        {
            await month.BuyAsync(app, amount, rate, category, product: "single-adult");
        }

        await month.GiveBackAsync(await month.BuyAsync(app, 900, own), 450);
        if (profile == "jamtland")
        {
            var card = (await customer.TryGiveCardAsync((await customer.TravellerAsync()).Id, Some.CardNumber(), 100_000)).Is(201).Id;
            await month.BuyAsync(card, 4_200);
            await month.BuyAsync(card, 3_301);
        }

        return (customer, month);
    }
}
