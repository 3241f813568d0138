using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Authorisation.Core;
using Xunit;

namespace Authorisation.Admin.Tests.Reports;

/// <summary>What was spent, by department and traveller.</summary>
public sealed class SpendingTests(SharedAdmin shared) : AdminTest(shared)
{
    private static readonly string[] Reports = ["reports"];

    [Fact]
    public async Task An_open_month_is_as_the_accounts_are_now()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var customer = await NewCustomerAsync();
        var token = (await customer.Operator.Staff.PostAsync("/v1/clients", new { kind = "validator", name = "Buss" })).Is(201)["token"]!;
        var (card, other) = (Some.CardNumber(), Some.CardNumber());
        var traveller = await customer.TravellerAsync();
        (await customer.TryGiveCardAsync(traveller.Id, card, 100_000)).Is(201);
        var removed = (await customer.TryGiveCardAsync(traveller.Id, other, 20_000)).Is(201);
        await customer.GiveAppAsync((await customer.TravellerAsync()).Id, 5_000);
        foreach (var (number, amount) in new[] { (card, 4_200), (card, 1_300), (other, 500), (card, 200_000) })
        {
            await server.BuyOnCardAsync(token, number, amount);
        }

        (await customer.Administrator.DeleteAsync($"/v1/credit-accounts/{removed.Id}")).Is(204);

        var rows = await RowsAsync(customer.Administrator, $"organisation_id={customer.Id}");
        Assert.Equal(["0 5000 0 0", "6000 100000 0.06 3"], rows.Select(Figures).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        var used = rows.Single(row => row["purchases"]!.ToString() == "3");
        Assert.Equal(("Anna Berg", "Vätterns Teknik AB", "SEK"), (Text(used, "traveller"), Text(used, "department"), Text(used, "currency")));
        var department = Assert.Single(await RowsAsync(customer.Administrator, $"organisation_id={customer.Id}&group_by=department"));
        Assert.Equal(("6000 105000 0.0571 3", null, null), (Figures(department), Text(department, "traveller"), Text(department, "traveller_id")));
    }

    [Fact]
    public async Task A_closed_month_is_as_it_was_closed_and_by_payer()
    {
        var customer = await NewCustomerAsync();
        var office = await customer.AddDepartmentAsync("Kontor");
        var traveller = await customer.TravellerAsync();
        var account = (await customer.GiveAppAsync(traveller.Id, 10_000)).Id;
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        await month.BuyAsync(account, 1_000);
        (await customer.Administrator.PatchAsync($"/v1/travellers/{traveller.Id}", new { department_id = office })).Is(200);
        await month.BuyAsync(account, 2_000);
        await month.BuyAsync(account, 500, vat: 1200);
        // Credit that nobody used is there, too.
        var unused = await customer.TravellerAsync();
        (await customer.Administrator.PatchAsync($"/v1/travellers/{unused.Id}", new { name = "Bo Ek" })).Is(200);
        await customer.GiveAppAsync(unused.Id, 7_000);
        await month.CloseAsync();
        // What happens afterwards changes nothing.
        (await customer.Administrator.PatchAsync($"/v1/travellers/{traveller.Id}", new { name = "Anna Gift" })).Is(200);
        (await customer.Administrator.PatchAsync($"/v1/credit-accounts/{account}", new { limit_minor = 20_000 })).Is(200);

        var query = $"organisation_id={customer.Id}&month={month.Month}";
        var rows = await RowsAsync(customer.Administrator, query);
        Assert.Equal(
            ["Kontor Anna Berg 2500 10000 0.25 2", "Vätterns Teknik AB Anna Berg 1000 0 - 1", "Vätterns Teknik AB Bo Ek 0 7000 0 0"],
            rows.Select(row => $"{row["department"]} {row["traveller"]} {Figures(row)}").Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal("2500 10000 0.25 2", Figures(Assert.Single(await RowsAsync(customer.Administrator, query + $"&department_id={office}"))));
        Assert.Equal(2, (await RowsAsync(customer.Administrator, query + "&group_by=department")).Count);
    }

    [Fact]
    public async Task It_comes_in_pages_and_whole_as_a_file_that_runs_nothing()
    {
        var customer = await NewCustomerAsync();
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        for (var i = 0; i < 5; i++)
        {
            var traveller = await customer.TravellerAsync();
            (await customer.Administrator.PatchAsync($"/v1/travellers/{traveller.Id}", new { name = $"=Anna{i};\"x\"" })).Is(200);
            await month.BuyAsync((await customer.GiveAppAsync(traveller.Id, 50_000)).Id, 12_450);
        }

        await month.CloseAsync();
        var path = $"/v1/reports/spending?organisation_id={customer.Id}&month={month.Month}";
        foreach (var start in new[] { path, $"/v1/reports/spending?organisation_id={customer.Id}" })
        {
            var names = new List<string>();
            for (var next = start + "&page_size=2"; next.Length > 0;)
            {
                var page = (await customer.Administrator.GetAsync(next)).Is(200);
                Assert.True(page.Items.Count <= 2);
                names.AddRange(page.Items.Select(row => Text(row, "traveller")!));
                next = page["next_page_token"] is { } token ? $"{start}&page_size=2&page_token={token}" : "";
            }

            Assert.Equal(5, names.Distinct(StringComparer.Ordinal).Count());
        }

        foreach (var file in new[] { await customer.Administrator.GetAsync(path + "&format=csv"), await customer.Administrator.GetAsync(path, "text/csv") })
        {
            Assert.Equal(("text/csv", $"{customer.Operator.Code}-spending-{month.Month}.csv"), (file.Is(200).ContentType, file.FileName));
            Assert.Contains("\"Vätterns Teknik AB\";\"'=Anna0;\"\"x\"\"\";124,50;0,00;0,00;500,00;24,9;1;\"SEK\"\r\n", file.Text, StringComparison.Ordinal);
            Assert.Equal(6, file.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        }
    }

    [Fact]
    public async Task A_month_that_has_not_begun_or_is_not_kept_is_said_to_be()
    {
        var customer = await NewCustomerAsync();
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        await month.BuyAsync((await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id, 100);
        await month.CloseAsync();
        var path = $"/v1/reports/spending?organisation_id={customer.Id}";

        var future = (await customer.Administrator.GetAsync($"{path}&month={ClosedMonth.Ago(-1)}")).RefusesFields("month");
        Assert.Contains($"has not begun: it is {ClosedMonth.Ago(0)}", future.Text, StringComparison.Ordinal);
        var past = (await customer.Administrator.GetAsync($"{path}&month=2001-01")).IsProblem(404, "month_not_kept");
        Assert.Contains($"the first month is {month.Month}", past["detail"], StringComparison.Ordinal);
        (await customer.Administrator.GetAsync($"{path}&month=november")).RefusesFields("month");
        (await customer.Administrator.GetAsync($"{path}&group_by=x")).RefusesFields("group_by");
        (await customer.Administrator.GetAsync($"{path}&format=pdf")).RefusesFields("format");
        (await customer.Administrator.GetAsync($"{path}&department_id={Guid.NewGuid()}")).RefusesFields("department_id");
        (await customer.Administrator.GetAsync("/v1/reports/spending")).RefusesFields("organisation_id");
    }

    [Fact]
    public async Task A_month_that_is_over_and_not_closed_yet_is_summed_from_its_rows()
    {
        var customer = await NewCustomerAsync();
        var account = (await customer.GiveAppAsync((await customer.TravellerAsync()).Id, 50_000)).Id;
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(1));
        await month.GiveBackAsync(await month.BuyAsync(account, 3_000), 1_000);
        // What was voided is no purchase, in an open month as in a closed one.
        await month.GiveBackAsync(await month.BuyAsync(account, 700), 700, OperationKind.Void);
        await (month with { Month = ClosedMonth.Ago(0) }).BuyAsync(account, 70);

        var path = $"organisation_id={customer.Id}";
        Assert.Equal("2000 50000 0.04 1", Figures(Assert.Single(await RowsAsync(customer.Administrator, $"{path}&month={month.Month}"))));
        Assert.StartsWith("70 50000", Figures(Assert.Single(await RowsAsync(customer.Administrator, path))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_statements_of_a_month_are_written_it_is_summed_from_its_rows()
    {
        var customer = await NewCustomerAsync();
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(1));
        for (var i = 0; i < 5; i++)
        {
            await month.BuyAsync((await customer.GiveAppAsync((await customer.TravellerAsync()).Id, 50_000)).Id, 3_000);
        }

        await Ledger.ExecuteAsync(
            "update credit_account set month = @now where operator_id = @Id", new { now = ClosedMonth.Ago(0).Number, customer.Operator.Id });
        foreach (var pieces in (int[])[0, 1, 1, int.MaxValue])
        {
            // Closed with the first piece; then the statements of three accounts, then those of the others.
            await month.CloseAsync(pieces);
            var rows = await RowsAsync(customer.Administrator, $"organisation_id={customer.Id}&month={month.Month}");
            Assert.Equal(Enumerable.Repeat("3000 50000 0.06 1", 5), rows.Select(Figures), StringComparer.Ordinal);
        }
    }

    [Fact]
    public async Task A_hold_is_held_while_it_is_open_and_nothing_is_left_of_it_once_it_has_lapsed()
    {
        var customer = await NewCustomerAsync();
        var account = (await customer.GiveAppAsync((await customer.TravellerAsync()).Id, 50_000)).Id;
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        var hold = await month.BuyAsync(account, 9_000, hold: true);
        await Ledger.ExecuteAsync("update open_hold set expires_at = ledger_now() + interval '1 day' where authorisation_id = @hold", new { hold });
        var query = $"organisation_id={customer.Id}&month={month.Month}";
        foreach (var isClosed in (bool[])[false, true])
        {
            if (isClosed)
            {
                await month.CloseAsync();
            }

            var row = Assert.Single(await RowsAsync(customer.Administrator, query));
            Assert.Equal(("0 50000 0.18 0", "9000"), (Figures(row), Text(row, "held_minor")));
        }

        // Lapsed, whether or not a server has written that down.
        await Ledger.ExecuteAsync("update open_hold set expires_at = ledger_now() - interval '1 second' where authorisation_id = @hold", new { hold });
        var lapsed = Assert.Single(await RowsAsync(customer.Administrator, query));
        Assert.Equal(("0 50000 0 0", "0"), (Figures(lapsed), Text(lapsed, "held_minor")));
    }

    [Fact]
    public async Task What_comes_after_the_closing_is_in_the_report_of_the_month_on_whose_invoice_it_stands()
    {
        var customer = await NewCustomerAsync();
        var account = (await customer.GiveAppAsync((await customer.TravellerAsync()).Id, 50_000)).Id;
        var (may, june) = (new ClosedMonth(customer.Operator, ClosedMonth.Ago(2)), new ClosedMonth(customer.Operator, ClosedMonth.Ago(1)));
        var bought = await may.BuyAsync(account, 4_000);
        var holds = new List<Guid>();
        for (var i = 0; i < 8; i++)
        {
            holds.Add(await may.BuyAsync(account, 100, hold: true));
        }

        await may.CloseAsync();
        await june.BuyAsync(account, 2_000);
        await june.BuyAsync(account, 700, countsIn: may.Month);
        await june.GiveBackAsync(bought, 1_500);
        foreach (var hold in holds)
        {
            await june.ExpireAsync(hold);
        }

        foreach (var isClosed in (bool[])[false, true])
        {
            if (isClosed)
            {
                await june.CloseAsync();
            }

            var row = Assert.Single(await RowsAsync(customer.Administrator, $"organisation_id={customer.Id}&month={may.Month}"));
            Assert.Equal(("4000 50000 0.08 1", "0"), (Figures(row), Text(row, "late_minor")));
            // What is late takes nothing of June's limit.
            row = Assert.Single(await RowsAsync(customer.Administrator, $"organisation_id={customer.Id}&month={june.Month}&group_by=department"));
            Assert.Equal(("1200 50000 0.04 2", "-800"), (Figures(row), Text(row, "late_minor")));
        }

        await customer.Operator.SetInvoicingAsync();
        await june.MakeInvoicesAsync();
        Assert.Equal(1_200, await Ledger.AskAsync<long>("select total_minor from billing.invoice where organisation_id = @Id", new { customer.Id }));
    }

    [Fact]
    public async Task Administrators_of_departments_see_their_own_departments()
    {
        var customer = await NewCustomerAsync();
        var office = await customer.AddDepartmentAsync("Kontor");
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        foreach (var department in new[] { customer.DepartmentId, office })
        {
            await month.BuyAsync((await customer.GiveAppAsync((await customer.TravellerAsync(department: department)).Id)).Id, 100);
        }

        await month.CloseAsync();
        var chief = await customer.AddAdministratorAsync(Reports, [office]);
        foreach (var of in new[] { month.Month, ClosedMonth.Ago(0) })
        {
            var query = $"organisation_id={customer.Id}&month={of}";
            Assert.Equal("Kontor", Text(Assert.Single(await RowsAsync(chief, query)), "department"));
            Assert.Equal(2, (await RowsAsync(customer.Administrator, query)).Count);
        }

        (await chief.GetAsync($"/v1/reports/spending?organisation_id={customer.Id}&department_id={customer.DepartmentId}")).RefusesFields("department_id");
    }

    [Fact]
    public async Task Where_purchases_are_not_shown_at_once_administrators_see_them_once_their_month_is_published()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.SetInvoicingAsync(showsPurchasesAtOnce: false);
        var account = (await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id;
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        await month.BuyAsync(account, 100);
        var until = Authorisation.Billing.Invoices.BusinessDays.FirstOf(ClosedMonth.Ago(0).Next, "SE");

        async Task SeesAsync(ApiCaller caller, CreditMonth of, int count, DateOnly? hiddenUntil)
        {
            foreach (var path in new[] { $"/v1/credit-accounts/{account}/authorisations?month={of}", $"/v1/reports/spending?organisation_id={customer.Id}&month={of}" })
            {
                var answer = (await caller.GetAsync(path)).Is(200);
                Assert.Equal(hiddenUntil is { } day ? $"{day:yyyy-MM-dd}" : null, answer["hidden_until"]);
                if (count >= 0)
                {
                    Assert.Equal(count, answer.Items.Count);
                }
            }
        }

        // Its month is over, and late to be closed: looked at again tomorrow.
        var tomorrow = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(
            DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm")).DateTime).AddDays(1);
        await SeesAsync(customer.Administrator, month.Month, 0, tomorrow);
        await month.CloseAsync();
        await SeesAsync(customer.Administrator, month.Month, 1, null);
        // What is reported of it from now on stands on this month's invoice, and is seen with that.
        await (month with { Month = ClosedMonth.Ago(0) }).BuyAsync(account, 70, countsIn: month.Month);
        await SeesAsync(customer.Administrator, month.Month, 1, null);
        Assert.Equal(2, (await customer.Operator.Staff.GetAsync($"/v1/credit-accounts/{account}/authorisations?month={month.Month}")).Is(200).Items.Count);
        await SeesAsync(customer.Administrator, ClosedMonth.Ago(0), 0, until);
        await SeesAsync(customer.Operator.Staff, ClosedMonth.Ago(0), -1, null);
        var csv = (await customer.Administrator.GetAsync($"/v1/reports/spending?organisation_id={customer.Id}&format=csv")).Is(200);
        Assert.Single(csv.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task<IReadOnlyList<JsonObject>> RowsAsync(ApiCaller caller, string query) =>
        (await caller.GetAsync("/v1/reports/spending?" + query)).Is(200).Items;

    private static string Figures(JsonObject row) =>
        $"{row["spent_minor"]} {row["limit_minor"]} {row["used_share"]?.ToString() ?? "-"} {row["purchases"]}";

    private static string? Text(JsonObject row, string name) => row[name]?.ToString();
}
