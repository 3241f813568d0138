using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>Which calls look at If-Match, and that the description says it of those and of no others.</summary>
public sealed class IfMatchTests(SharedAdmin shared) : AdminTest(shared)
{
    private const string Stale = "\"999999\"";

    private sealed record Change(HttpMethod Method, string Path, object? Body = null);

    [Fact]
    public async Task Each_call_that_has_it_in_the_description_refuses_another_version()
    {
        var at = await NewOperatorAsync();
        var customer = await at.CustomerAsync();
        var department = await customer.AddDepartmentAsync("Verkstad");
        var traveller = await customer.TravellerAsync();
        var account = (await customer.GiveAppAsync(traveller.Id)).Id;
        var application = (await Host.Nobody.PostAsync("/v1/organisations", at.Application())).Is(201).Id;
        var administrator = (await customer.Administrator.PostAsync(
            $"/v1/organisations/{customer.Id}/administrators", new { email = Some.Email() })).Is(201).Id;
        (await at.Staff.PutAsync($"/v1/operators/{at.Code}/webhook", new { url = "https://tickets.example.com/" })).Is(200);
        var ticket = (await customer.TicketAsync(await at.AddProductAsync())).Id;
        await customer.SetSubscriptionsAsync();
        await at.AddSubscriptionProductAsync();
        await at.AddProductAsync("year", 100_000, "staff_offer");
        var applied = (await customer.Administrator.PostAsync(
            $"/v1/staff-offers/{await customer.OfferAsync("year")}/applications",
            new { traveller_id = traveller.Id, bearer = new { card = Some.CardNumber() } })).Is(201).Id;
        var link = await customer.OrderLinkAsync();
        var subscription = (await (await customer.EnterAsync(link, Some.SwedishMobile())).OrderSubscriptionAsync(link, "month-adult")).Id;
        var changes = new Dictionary<string, Change>(StringComparer.Ordinal)
        {
            ["change_traveller"] = new(HttpMethod.Patch, $"/v1/travellers/{traveller.Id}", new { }),
            ["remove_traveller"] = new(HttpMethod.Delete, $"/v1/travellers/{traveller.Id}"),
            ["change_department"] = new(HttpMethod.Patch, $"/v1/departments/{department}", new { }),
            ["close_department"] = new(HttpMethod.Delete, $"/v1/departments/{department}"),
            ["change_credit_account"] = new(HttpMethod.Patch, $"/v1/credit-accounts/{account}", new { }),
            ["revoke_credit"] = new(HttpMethod.Delete, $"/v1/credit-accounts/{account}"),
            ["change_organisation"] = new(HttpMethod.Patch, $"/v1/organisations/{customer.Id}", new { }),
            ["approve_organisation"] = new(HttpMethod.Post, $"/v1/organisations/{application}/approval"),
            ["refuse_organisation"] = new(HttpMethod.Post, $"/v1/organisations/{application}/refusal"),
            ["suspend_organisation"] = new(HttpMethod.Post, $"/v1/organisations/{customer.Id}/suspension"),
            ["reinstate_organisation"] = new(HttpMethod.Post, $"/v1/organisations/{customer.Id}/reinstatement"),
            ["change_administrator"] = new(HttpMethod.Patch, $"/v1/administrators/{administrator}", new { }),
            ["remove_administrator"] = new(HttpMethod.Delete, $"/v1/administrators/{administrator}"),
            ["set_subscription_settings"] = new(
                HttpMethod.Put, $"/v1/organisations/{customer.Id}/subscription-settings",
                new { department_id = customer.DepartmentId, approval = "automatic" }),
            ["approve_subscription"] = new(HttpMethod.Post, $"/v1/subscriptions/{subscription}/approval"),
            ["refuse_subscription"] = new(HttpMethod.Post, $"/v1/subscriptions/{subscription}/refusal", new { reason = "Nej" }),
            ["change_subscription_product"] = new(
                HttpMethod.Put, $"/v1/subscriptions/{subscription}/product", new { product = "month-adult" }),
            ["end_subscription"] = new(HttpMethod.Post, $"/v1/subscriptions/{subscription}/end"),
            ["approve_staff_application"] = new(HttpMethod.Post, $"/v1/staff-applications/{applied}/approval"),
            ["refuse_staff_application"] = new(
                HttpMethod.Post, $"/v1/staff-applications/{applied}/refusal", new { reason = "Nej" }),
            ["withdraw_staff_application"] = new(HttpMethod.Post, $"/v1/staff-applications/{applied}/withdrawal"),
            ["set_webhook"] = new(HttpMethod.Put, $"/v1/operators/{at.Code}/webhook", new { url = "https://tickets.example.org/" }),
            ["remove_webhook"] = new(HttpMethod.Delete, $"/v1/operators/{at.Code}/webhook"),
            ["set_product"] = new(HttpMethod.Put, $"/v1/operators/{at.Code}/products/single-adult", AdminOperator.Product()),
            ["change_ticket_bearer"] = new(HttpMethod.Put, $"/v1/tickets/{ticket}/bearer", new { card = Some.CardNumber() }),
            ["end_ticket"] = new(HttpMethod.Post, $"/v1/tickets/{ticket}/end"),
            ["cancel_ticket"] = new(HttpMethod.Post, $"/v1/tickets/{ticket}/cancellation", new { reason = "Fel resa" }),
            ["set_accounting"] = new(HttpMethod.Put, $"/v1/operators/{at.Code}/accounting", Some.Accounting()),
            ["set_invoicing"] = new(HttpMethod.Put, $"/v1/operators/{at.Code}/invoicing", Some.Invoicing(at.Terms.Country)),
        };
        AddRules(changes, customer.Id, department, account);

        Assert.Equal(
            changes.Keys.Order(StringComparer.Ordinal),
            (await CallsAsync()).Where(one => one.HasMatch).Select(one => one.Name).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        foreach (var (name, change) in changes)
        {
            var answer = await at.Staff.SendAsync(change.Method, change.Path, change.Body, Stale);
            Assert.True((answer.Status, answer.Code) == (412, "changed_by_another"), $"{name}: {answer.Status} {answer.Text}");
        }
    }

    [Fact]
    public async Task Each_other_change_is_made_whatever_it_says()
    {
        var at = await NewOperatorAsync();
        var email = Some.Email("staff");
        await Commands.CreateStaffCommand.CreateAsync(Ledger.Owner, at.Code, email, "Sten", Some.Password);
        var sten = await Host.SignInAsync(email, Some.Password);
        var staff = (await at.Staff.GetAsync($"/v1/staff?operator={at.Code}")).Is(200).Items.Single(one => one["email"]!.ToString() != email)["id"];
        var client = (await at.Staff.PostAsync("/v1/clients", new { @operator = at.Code, kind = "validator", name = "Buss 1" })).Is(201)["id"];
        var card = new { @operator = at.Code, card_number = Some.CardNumber() };
        (await at.Staff.PostAsync("/v1/prepaid-cards", card)).Is(200);
        await Host.SignInAsync(email, Some.Password);
        var session = (await sten.GetAsync("/v1/sessions")).Is(200).Items.First(one => one["current"]!.ToString() == "false")["id"];
        var another = await Host.SignInAsync(email, Some.Password);
        var terms = $"/v1/operators/{at.Code}/terms/privacy/1";
        var document = new { valid_from = "2099-01-01", texts = new[] { new { language = "sv", title = "Policy", text = "Allt." } } };
        var customer = await at.CustomerAsync();
        var traveller = await customer.TravellerAsync();
        var anna = await customer.SignInTravellerAsync(traveller);
        var own = $"/v1/travellers/{traveller.Id}";

        await at.AddProductAsync("year", 100_000, "staff_offer");
        await customer.SetSubscriptionsAsync();
        await customer.OrderLinkAsync();

        var made = new Dictionary<string, ApiAnswer>(StringComparer.Ordinal)
        {
            ["close_staff_offer"] = await customer.Administrator.DeleteAsync($"/v1/staff-offers/{await customer.OfferAsync("year")}", Stale),
            ["revoke_order_link"] = await customer.Administrator.DeleteAsync($"/v1/organisations/{customer.Id}/order-link", Stale),
            ["publish_terms"] = await at.Staff.PutAsync(terms, document, Stale),
            ["withdraw_terms"] = await at.Staff.DeleteAsync(terms, Stale),
            ["choose_notifications"] = await anna.PutAsync(own + "/notifications", new { email = true, sms = true }, Stale),
            ["give_trip_consent"] = await anna.PutAsync(own + "/trip-consent", new { }, Stale),
            ["take_trip_consent_back"] = await anna.DeleteAsync(own + "/trip-consent", Stale),
            ["end_client"] = await sten.DeleteAsync($"/v1/clients/{client}", Stale),
            ["unmark_prepaid_card"] = await sten.DeleteAsync("/v1/prepaid-cards", Stale, card),
            ["remove_staff"] = await sten.DeleteAsync($"/v1/staff/{staff}", Stale),
            ["end_one_session"] = await sten.DeleteAsync($"/v1/sessions/{session}", Stale),
            ["end_session"] = await another.DeleteAsync("/v1/sessions", Stale),
            ["change_password"] = await sten.PutAsync(
                "/v1/me/password", new { current_password = Some.Password, password = "another horse battery" }, Stale),
        };

        Assert.All(made, one => Assert.True(one.Value.Status is 200 or 204, $"{one.Key}: {one.Value.Status} {one.Value.Text}"));
        Assert.Equal(
            made.Keys.Order(StringComparer.Ordinal),
            (await CallsAsync()).Where(one => one is { Method: not ("get" or "post"), HasMatch: false })
                .Select(one => one.Name).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    private static void AddRules(Dictionary<string, Change> changes, Guid organisation, Guid department, Guid account)
    {
        var budget = new { ceiling_minor = 9_000_000, mode = "warn" };
        foreach (var (name, path) in new[] { ("credit_account", $"credit-accounts/{account}"), ("department", $"departments/{department}"), ("organisation", $"organisations/{organisation}") })
        {
            changes.Add($"set_{name}_rules", new(HttpMethod.Put, $"/v1/{path}/rules", new { max_purchase_minor = 9_000 }));
            changes.Add($"remove_{name}_rules", new(HttpMethod.Delete, $"/v1/{path}/rules"));
        }

        changes.Add("set_department_budget", new(HttpMethod.Put, $"/v1/departments/{department}/budget", budget));
        changes.Add("remove_department_budget", new(HttpMethod.Delete, $"/v1/departments/{department}/budget"));
        changes.Add(
            "set_reference_budget",
            new(HttpMethod.Put, $"/v1/organisations/{organisation}/budgets", new { billing_reference = "4711", budget.ceiling_minor, budget.mode }));
        changes.Add("remove_reference_budget", new(HttpMethod.Delete, $"/v1/organisations/{organisation}/budgets?billing_reference=4711"));
    }

    private async Task<List<(string Method, string Name, bool HasMatch)>> CallsAsync()
    {
        var document = (await Host.Nobody.GetAsync("/openapi/v1.json")).Is(200).Body;
        var calls =
            from path in document["paths"]!.AsObject()
            from method in path.Value!.AsObject()
            let parameters = method.Value!["parameters"]?.AsArray() ?? []
            select (
                method.Key,
                method.Value!["operationId"]!.ToString(),
                parameters.Any(one => (one!["in"]!.ToString(), one["name"]!.ToString()) == ("header", "If-Match")));
        return [.. calls];
    }
}
