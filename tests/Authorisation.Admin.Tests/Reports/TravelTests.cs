using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Authorisation.Core;
using Xunit;

namespace Authorisation.Admin.Tests.Reports;

/// <summary>Journeys and tickets of a month by department and product.</summary>
public sealed class TravelTests(SharedAdmin shared) : AdminTest(shared)
{
    private static readonly string[] Reports = ["reports"];

    [Fact]
    public async Task Purchases_tickets_and_months_of_subscriptions_are_counted_by_department_and_product_before_and_after_the_close()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync("single-adult");
        var (month, account, other) = await StageAsync(customer);
        await month.BuyAsync(account, 4_200, product: "single-adult");
        await month.BuyAsync(account, 4_200, product: "single-adult");
        var voided = await month.BuyAsync(account, 4_200, product: "single-adult");
        await month.GiveBackAsync(voided, 4_200, OperationKind.Void);
        await month.BuyAsync(account, 700);
        await month.BuyAsync(other, 4_200, product: "single-adult");
        await Charges.AddAsync(Ledger, account, 13_000, month.Month);
        var taken = await Charges.AddAsync(Ledger, account, 13_000, month.Month);
        await Charges.AddAsync(Ledger, account, -13_000, month.Month, reverses: taken);
        await SubscriptionMonthAsync(account, 79_500, month.Month);

        string[] expected =
        [
            "Vätterns Teknik AB - 1 0 0 700", "Vätterns Teknik AB period-30 0 1 0 13000", "Vätterns Teknik AB single-adult 2 0 0 8400",
            "Vätterns Teknik AB sub-month 0 0 1 79500", "Kontor single-adult 1 0 0 4200",
        ];
        Assert.Equal(Sorted(expected), await ReportedAsync(customer, month.Month));
        await month.CloseAsync();
        Assert.Equal(Sorted(expected), await ReportedAsync(customer, month.Month));
        var spent = (await customer.Administrator.GetAsync(
            $"/v1/reports/spending?organisation_id={customer.Id}&month={month.Month}")).Is(200).Items;
        Assert.Equal(
            spent.Sum(row => (long)row["spent_minor"]!),
            (await RowsAsync(customer.Administrator, $"organisation_id={customer.Id}&month={month.Month}")).Sum(row => (long)row["amount_minor"]!));
        var named = (await RowsAsync(customer.Administrator, $"organisation_id={customer.Id}&month={month.Month}"))
            .First(row => row["product"]?.ToString() == "single-adult");
        Assert.Equal("Enkelbiljett vuxen", named["name"]!.ToString());
    }

    [Fact]
    public async Task What_is_taken_back_on_a_later_invoice_is_an_amount_there_and_no_count()
    {
        var customer = await NewCustomerAsync();
        var (month, account, _) = await StageAsync(customer);
        var ticket = await Charges.AddAsync(Ledger, account, 13_000, month.Month);
        await month.CloseAsync();
        var later = month with { Month = ClosedMonth.Ago(1) };
        await Charges.AddAsync(Ledger, account, -13_000, later.Month, countsIn: month.Month, reverses: ticket);

        Assert.Equal(["Vätterns Teknik AB period-30 0 1 0 13000"], await ReportedAsync(customer, month.Month));
        Assert.Equal(["Vätterns Teknik AB period-30 0 0 0 -13000"], await ReportedAsync(customer, later.Month));
    }

    [Fact]
    public async Task Pages_come_to_the_whole_and_the_file_has_all_of_it()
    {
        var customer = await NewCustomerAsync();
        var (month, account, other) = await StageAsync(customer);
        foreach (var product in (string[])["a", "b x", "ä", "Z", "z"])
        {
            await month.BuyAsync(account, 100, product: product);
            await month.BuyAsync(other, 100, product: product);
        }

        await month.BuyAsync(other, 100);
        var query = $"organisation_id={customer.Id}&month={month.Month}";
        var whole = await RowsAsync(customer.Administrator, query);
        var paged = new List<JsonObject>();
        for (var path = $"/v1/reports/travel?{query}&page_size=2"; ;)
        {
            var page = (await customer.Administrator.GetAsync(path)).Is(200);
            Assert.True(page.Items.Count <= 2);
            paged.AddRange(page.Items);
            if (page["next_page_token"] is not { } token)
            {
                break;
            }

            path = $"/v1/reports/travel?{query}&page_size=2&page_token={token}";
        }

        Assert.Equal(11, whole.Count);
        Assert.Equal(whole.Select(row => row.ToJsonString()), paged.Select(row => row.ToJsonString()), StringComparer.Ordinal);
        var csv = (await customer.Administrator.GetAsync($"/v1/reports/travel?{query}&format=csv")).Is(200);
        Assert.StartsWith("text/csv", csv.ContentType, StringComparison.Ordinal);
        Assert.Equal(12, csv.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains($"\"{month.Month}\";\"Kontor\";\"b x\";;1;0;0;1,00;\"SEK\"", csv.Text, StringComparison.Ordinal);
        (await customer.Administrator.GetAsync($"/v1/reports/travel?{query}&page_token=x")).RefusesFields("page_token");
    }

    [Fact]
    public async Task An_administrator_of_departments_sees_theirs_alone_and_needs_the_right_to_reports()
    {
        var customer = await NewCustomerAsync();
        var (month, account, other) = await StageAsync(customer);
        await month.BuyAsync(account, 100);
        await month.BuyAsync(other, 100);
        var office = Guid.Parse((await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/departments")).Is(200).Items
            .Single(one => one["name"]!.ToString() == "Kontor")["id"]!.ToString());
        var query = $"organisation_id={customer.Id}&month={month.Month}";

        var chief = await customer.AddAdministratorAsync(Reports, [office]);
        Assert.Equal("Kontor", Assert.Single(await RowsAsync(chief, query))["department"]!.ToString());
        Assert.Equal("Kontor", Assert.Single(await RowsAsync(customer.Administrator, $"{query}&department_id={office}"))["department"]!.ToString());
        (await chief.GetAsync($"/v1/reports/travel?{query}&department_id={customer.DepartmentId}")).RefusesFields("department_id");
        (await (await customer.AddAdministratorAsync([], [office])).GetAsync($"/v1/reports/travel?{query}")).Is(403);
        (await customer.Administrator.GetAsync("/v1/reports/travel")).RefusesFields("organisation_id");
        (await customer.Administrator.GetAsync($"/v1/reports/travel?organisation_id={customer.Id}&month={ClosedMonth.Ago(-1)}")).RefusesFields("month");
    }

    [Fact]
    public async Task Where_purchases_are_not_shown_at_once_administrators_see_them_with_their_invoices()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.SetInvoicingAsync(showsPurchasesAtOnce: false);
        var account = (await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id;
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        await month.BuyAsync(account, 100);
        var path = $"/v1/reports/travel?organisation_id={customer.Id}&month={month.Month}";

        var hidden = (await customer.Administrator.GetAsync(path)).Is(200);
        Assert.Empty(hidden.Items);
        Assert.NotNull(hidden["hidden_until"]);
        Assert.Single((await customer.Administrator.GetAsync(path + "&format=csv")).Is(200).Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
        Assert.Single((await customer.Operator.Staff.GetAsync(path)).Is(200).Items);
        await month.CloseAsync();
        Assert.Single((await customer.Administrator.GetAsync(path)).Is(200).Items);
    }

    private static async Task<(ClosedMonth Month, Guid Account, Guid OfOffice)> StageAsync(AdminOrganisation customer)
    {
        var office = await customer.AddDepartmentAsync("Kontor");
        return (
            new ClosedMonth(customer.Operator, ClosedMonth.Ago(2)),
            (await customer.GiveAppAsync((await customer.TravellerAsync(department: customer.DepartmentId)).Id)).Id,
            (await customer.GiveAppAsync((await customer.TravellerAsync(department: office)).Id)).Id);
    }

    private static async Task<IReadOnlyList<JsonObject>> RowsAsync(ApiCaller caller, string query) =>
        (await caller.GetAsync("/v1/reports/travel?" + query)).Is(200).Items;

    private static async Task<List<string>> ReportedAsync(AdminOrganisation customer, CreditMonth month) => Sorted(
        (await RowsAsync(customer.Administrator, $"organisation_id={customer.Id}&month={month}")).Select(row =>
            $"{row["department"]} {row["product"]?.ToString() ?? "-"} {row["purchases"]} {row["tickets"]} {row["subscription_months"]} {row["amount_minor"]}"));

    private static List<string> Sorted(IEnumerable<string> rows) => [.. rows.Order(StringComparer.Ordinal)];

    private Task SubscriptionMonthAsync(Guid account, long amountMinor, CreditMonth month) => Ledger.ExecuteAsync(
        """
        insert into billing.charge (
          id, operator_id, billing_snapshot_id, source_kind, source_id, amount_minor, vat_basis_points, vat_category,
          credit_month, invoice_month, description, product)
        select gen_random_uuid(), a.operator_id, a.billing_snapshot_id, 'subscription_month', gen_random_uuid()::text, @amountMinor, 600,
               'S', @month, @month, 'Abonnemang', 'sub-month'
        from credit_account a where a.id = @account
        """,
        new { account, amountMinor, month = month.Number });
}
