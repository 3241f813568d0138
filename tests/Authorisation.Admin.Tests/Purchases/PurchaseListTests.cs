using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Purchases;

/// <summary>What was bought, by organisation, department and traveller: who sees what of it, page by page.</summary>
[Trait("Tier", "Slow")]
public sealed class PurchaseListTests(SharedAdmin shared) : AdminTest(shared)
{
    private static readonly string[] Purchases = ["purchases"];

    private static string Month => ClosedMonth.Ago(1).ToString();

    [Fact]
    public async Task Each_list_has_its_own_newest_first_and_page_by_page()
    {
        var stage = await StageAsync();
        var by = stage.Customer.Administrator;

        Assert.Equal(stage.Listed(4, 3, 2, 1, 0), await IdsAsync(by, $"/v1/organisations/{stage.Customer.Id}/authorisations?month={Month}"));
        Assert.Equal(stage.Listed(3, 1), await IdsAsync(by, $"/v1/departments/{stage.Workshop}/authorisations?month={Month}"));
        Assert.Equal(
            stage.Listed(4, 2, 0),
            await IdsAsync(by, $"/v1/departments/{stage.Customer.DepartmentId}/authorisations?month={Month}"));
        Assert.Equal(
            stage.Listed(4, 3, 1), await IdsAsync(by, $"/v1/travellers/{stage.Bo}/authorisations?month={Month}"));
        Assert.Empty(await IdsAsync(by, $"/v1/organisations/{stage.Customer.Id}/authorisations?month=2020-01"));

        var paged = new List<string>();
        string? token = null;
        do
        {
            var page = (await by.GetAsync(
                $"/v1/organisations/{stage.Customer.Id}/authorisations?month={Month}&page_size=2{(token is null ? "" : "&page_token=" + token)}")).Is(200);
            paged.AddRange(page.Items.Select(Id));
            token = page["next_page_token"];
        }
        while (token is not null);

        Assert.Equal(stage.Listed(4, 3, 2, 1, 0), string.Join(' ', paged));
    }

    [Fact]
    public async Task Each_says_who_bought_and_who_pays_as_it_was_then()
    {
        var stage = await StageAsync();
        var list = (await stage.Customer.Administrator.GetAsync($"/v1/travellers/{stage.Bo}/authorisations?month={Month}")).Is(200).Items;

        // The traveller has moved since the older two.
        Assert.Equal(
            $"{stage.Customer.DepartmentId} {stage.Workshop} {stage.Workshop}",
            string.Join(' ', list.Select(one => one["department_id"]!.ToString())));
        Assert.Equal("Verkstad", list[1]["department"]!.ToString());
        Assert.All(list, one => Assert.Equal(
            ("Anna Berg", stage.Bo.ToString(), Month, Month),
            (one["traveller"]!.ToString(), one["traveller_id"]!.ToString(), one["month"]!.ToString(), one["invoice_month"]!.ToString())));
        Assert.All(list, one => Assert.Null(one["operations"]));
    }

    [Fact]
    public async Task An_administrator_of_a_department_sees_what_that_pays_and_nothing_else()
    {
        var stage = await StageAsync();
        var chief = await stage.Customer.AddAdministratorAsync(Purchases, [stage.Workshop]);
        var office = await stage.Customer.AddAdministratorAsync(Purchases, [stage.Customer.DepartmentId]);

        Assert.Equal(
            stage.Listed(3, 1), await IdsAsync(chief, $"/v1/organisations/{stage.Customer.Id}/authorisations?month={Month}"));
        Assert.Equal(stage.Listed(3, 1), await IdsAsync(chief, $"/v1/departments/{stage.Workshop}/authorisations?month={Month}"));
        (await chief.GetAsync($"/v1/departments/{stage.Customer.DepartmentId}/authorisations")).IsProblem(404, "not_found");
        // The traveller is not there any more, and another department pays now.
        (await chief.GetAsync($"/v1/travellers/{stage.Bo}/authorisations")).IsProblem(404, "not_found");
        (await chief.GetAsync($"/v1/authorisations/{stage.All[1]}")).Is(200);
        (await chief.GetAsync($"/v1/authorisations/{stage.All[0]}")).IsProblem(404, "not_found");
        (await chief.GetAsync($"/v1/authorisations/{stage.All[4]}")).IsProblem(404, "not_found");
        // Departments below are the caller's too.
        Assert.Equal(
            stage.Listed(4, 3, 2, 1, 0), await IdsAsync(office, $"/v1/organisations/{stage.Customer.Id}/authorisations?month={Month}"));
    }

    [Fact]
    public async Task What_was_bought_stays_readable_after_the_credit_and_the_traveller_are_removed()
    {
        var stage = await StageAsync();
        var by = stage.Customer.Administrator;
        (await by.DeleteAsync($"/v1/credit-accounts/{stage.BosAccount}")).Is(204);
        var bos = stage.Listed(4, 3, 1);
        Assert.Equal(bos, await IdsAsync(by, $"/v1/credit-accounts/{stage.BosAccount}/authorisations?month={Month}"));

        (await by.DeleteAsync($"/v1/travellers/{stage.Bo}")).Is(204);

        Assert.Equal(bos, await IdsAsync(by, $"/v1/credit-accounts/{stage.BosAccount}/authorisations?month={Month}"));
        Assert.Equal(bos, await IdsAsync(by, $"/v1/travellers/{stage.Bo}/authorisations?month={Month}"));
        Assert.Equal(stage.Listed(4, 3, 2, 1, 0), await IdsAsync(by, $"/v1/organisations/{stage.Customer.Id}/authorisations?month={Month}"));
        (await by.GetAsync($"/v1/authorisations/{stage.All[1]}")).Is(200);
        (await (await NewOperatorAsync()).Staff.GetAsync($"/v1/credit-accounts/{stage.BosAccount}/authorisations")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task What_a_clerk_put_on_an_account_afterwards_is_listed_where_it_is_paid()
    {
        var stage = await StageAsync();
        var id = Guid.NewGuid();
        await Ledger.ExecuteAsync(
            """
            insert into authorisation (
              id, operator_id, client_id, card_number, decision, decline_reason, amount_minor, hold, credit_month, invoice_month,
              decided_at, vat_basis_points, vat_category, vat_rate_given)
            select @id, a.operator_id, 1, '99999999', 1, 0, 300, false, @month, @month, now() - interval '1 minute', 600, 'S', false
            from credit_account a where a.id = @account;
            insert into operation (
              id, authorisation_id, ordinal, operator_id, kind, made_offline, state_after, amount_minor, spent_minor, held_minor,
              invoiced_minor, account_id, billing_snapshot_id, credit_month, invoice_month, made_at, over_limit)
            select gen_random_uuid(), @id, 1, a.operator_id, 6, false, 30, 0, 300, 0, 300, a.id, a.billing_snapshot_id, @month, @month, now(), false
            from credit_account a where a.id = @account
            """,
            new { id, account = stage.BosAccount, month = ClosedMonth.Ago(1).Number });

        foreach (var path in new[]
        {
            $"organisations/{stage.Customer.Id}", $"departments/{stage.Customer.DepartmentId}", $"travellers/{stage.Bo}",
            $"credit-accounts/{stage.BosAccount}",
        })
        {
            Assert.StartsWith(
                id.ToString(), await IdsAsync(stage.Customer.Administrator, $"/v1/{path}/authorisations?month={Month}"), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(
            id.ToString(),
            await IdsAsync(stage.Customer.Administrator, $"/v1/departments/{stage.Workshop}/authorisations?month={Month}"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_published_yet_is_hidden_in_every_list_and_by_itself()
    {
        var stage = await StageAsync();
        await stage.Customer.Operator.SetInvoicingAsync(showsPurchasesAtOnce: false);
        foreach (var path in new[] { $"organisations/{stage.Customer.Id}", $"departments/{stage.Workshop}", $"travellers/{stage.Bo}" })
        {
            var hidden = (await stage.Customer.Administrator.GetAsync($"/v1/{path}/authorisations?month={Month}")).Is(200);
            Assert.True(hidden.Items.Count == 0 && hidden["hidden_until"] is not null);
            Assert.NotEmpty(await IdsAsync(stage.Customer.Operator.Staff, $"/v1/{path}/authorisations?month={Month}"));
        }

        (await stage.Customer.Administrator.GetAsync($"/v1/authorisations/{stage.All[0]}")).IsProblem(404, "not_found");
        (await stage.Customer.Operator.Staff.GetAsync($"/v1/authorisations/{stage.All[0]}")).Is(200);
    }

    [Fact]
    public async Task Bad_input_is_told_by_field()
    {
        var customer = await NewCustomerAsync();
        var path = $"/v1/organisations/{customer.Id}/authorisations";

        (await customer.Administrator.GetAsync(path + "?month=2026-13")).RefusesFields("month");
        (await customer.Administrator.GetAsync(path + "?page_token=x")).RefusesFields("page_token");
        (await customer.Administrator.GetAsync(path + "?page_size=0")).RefusesFields("page_size");
    }

    [Fact]
    public async Task A_credit_says_whether_it_can_be_used_and_why_not()
    {
        var customer = await NewCustomerAsync();
        var account = (await customer.TryGiveCardAsync((await customer.TravellerAsync()).Id, Some.CardNumber(), 50_000)).Is(201);
        var path = $"/v1/credit-accounts/{account.Id}";
        Assert.Equal(("true", null), (account["usable"], account["decline_reason"]));

        var blocked = (await customer.Administrator.PatchAsync(path, new { status = "blocked" })).Is(200);
        Assert.Equal(("false", "blocked", "50000"), (blocked["usable"], blocked["decline_reason"], blocked["remaining_minor"]));
        (await customer.Administrator.PatchAsync(path, new { status = "active" })).Is(200);
        (await customer.Operator.Staff.PostAsync($"/v1/organisations/{customer.Id}/suspension")).Is(200);
        Assert.Equal("organisation_suspended", (await customer.Administrator.GetAsync(path)).Is(200)["decline_reason"]);

        var app = await customer.Operator.CustomerAsync();
        Assert.Equal("not_activated", (await app.GiveAppAsync((await app.TravellerAsync()).Id))["decline_reason"]);
    }

    /// <summary>
    /// Five purchases of last month: Anna of the first department, Bo of the workshop, Anna, Bo, and Bo once the first
    /// department pays for him.
    /// </summary>
    private async Task<Stage> StageAsync()
    {
        var customer = await NewCustomerAsync();
        var workshop = await customer.AddDepartmentAsync("Verkstad");
        var anna = (await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id;
        var bo = (await customer.TravellerAsync(department: workshop)).Id;
        var bosAccount = (await customer.GiveAppAsync(bo)).Id;
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(1));
        var all = new List<string>();
        foreach (var account in new[] { anna, bosAccount, anna, bosAccount })
        {
            all.Add((await month.BuyAsync(account, 100)).ToString());
        }

        (await customer.Administrator.PatchAsync($"/v1/credit-accounts/{bosAccount}", new { department_id = customer.DepartmentId })).Is(200);
        (await customer.Administrator.PatchAsync($"/v1/travellers/{bo}", new { department_id = customer.DepartmentId })).Is(200);
        all.Add((await month.BuyAsync(bosAccount, 100)).ToString());
        await Ledger.ExecuteAsync(
            "update authorisation set decided_at = now() - interval '1 hour' + place * interval '1 second' from unnest(@ids) with ordinality u(one, place) where id = one",
            new { ids = all.Select(Guid.Parse).ToArray() });
        return new Stage(customer, workshop, bo, bosAccount, [.. all]);
    }

    /// <summary>The ids of a list, in its order, with spaces between.</summary>
    private static async Task<string> IdsAsync(ApiCaller caller, string path) =>
        string.Join(' ', (await caller.GetAsync(path)).Is(200).Items.Select(Id));

    private static string Id(JsonObject item) => item["authorisation_id"]!.ToString();

    private sealed record Stage(AdminOrganisation Customer, Guid Workshop, Guid Bo, Guid BosAccount, IReadOnlyList<string> All)
    {
        /// <summary>Some of the purchases, by their places, as <see cref="IdsAsync"/> tells them.</summary>
        public string Listed(params int[] places) => string.Join(' ', places.Select(place => All[place]));
    }
}
