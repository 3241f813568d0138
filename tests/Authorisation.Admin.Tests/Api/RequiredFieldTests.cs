using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>
/// The fields that the API's description calls required, and no others, are those without which a call is refused: each
/// call is made with those alone, and without each of them. Bounds are tried as well.
/// </summary>
public sealed class RequiredFieldTests(SharedAdmin shared) : AdminTest(shared)
{
    private const string Reason = "Bussen kom inte";

    private const string Invoicing =
        """
        {"seller":{"name":"Ett provs länstrafik","organisation_number":"5566778899","vat_number":"SE556677889901",
                   "address":{"street":"Torget 1","postal_code":"831 30","city":"Östersund"}},
         "payment":{"bankgiro":"5050-1055"}}
        """;

    [Fact]
    public async Task Every_call_is_refused_without_a_field_that_is_required_and_made_without_those_that_are_not()
    {
        var document = await ApiDocument.ReadAsync(Host);
        var calls = await CallsAsync();

        foreach (var operation in document.Operations.Where(one => one.Body is not null))
        {
            var call = calls[operation.Id];
            var least = JsonNode.Parse(call.Body)!.AsObject();
            var required = document.FieldsOf(operation.Body!)
                .Where(field => field.IsRequired && !field.Path.Contains("[]", StringComparison.Ordinal) && IsWithin(field.Path, least))
                .Select(field => field.Path);
            // Of a bearer there is either app or card, of an erasure address or id: none of them is required by itself.
            var needed = PathsOf(least)
                .Where(path => path != "bearer.app" && (operation.Id, path) != ("erase_traveller", "email")).ToList();
            Assert.Equal((operation.Id, Joined(needed)), (operation.Id, Joined(required)));

            foreach (var path in needed)
            {
                var refused = (await SendAsync(operation, call, Without(least, path))).IsProblem(400, "invalid_fields");
                Assert.True(
                    refused.Body["errors"]!.AsArray().Any(error => IsOf(path, error!) && error!["code"]!.ToString() == "required"),
                    $"{operation.Id} without {path}: {refused.Text}");
            }

            var made = await SendAsync(operation, call, least);
            Assert.True(made.Status == call.Status, $"{operation.Id}: {made.Text}");
        }

        Assert.Equal(
            Joined(document.Operations.Where(one => one.Body is not null).Select(one => one.Id)), Joined(calls.Keys));
    }

    [Fact]
    public async Task What_is_beyond_its_bounds_is_refused_by_its_name()
    {
        var document = await ApiDocument.ReadAsync(Host);
        var calls = await CallsAsync();
        var tried = 0;

        foreach (var operation in document.Operations.Where(one => one.Body is not null))
        {
            var call = calls[operation.Id];
            foreach (var field in document.FieldsOf(operation.Body!).Where(one => !one.Path.Contains("[]", StringComparison.Ordinal)))
            {
                foreach (var beyond in Beyond(field.Schema))
                {
                    var body = With(JsonNode.Parse(call.Body)!.AsObject(), field.Path, beyond.DeepClone());
                    var refused = await SendAsync(operation, call, body);
                    Assert.True(
                        refused.Status == 400 && refused.Fields.Split(',').Contains(field.Path, StringComparer.Ordinal),
                        $"{operation.Id} {field.Path} {beyond.ToJsonString()}: {refused.Text}");
                    tried++;
                }
            }
        }

        Assert.True(tried > 100, $"{tried} were tried");
    }

    private static IEnumerable<JsonNode> Beyond(JsonObject schema)
    {
        if (schema["enum"] is not null)
        {
            yield return JsonValue.Create("nonsense")!;
        }
        else if (schema["maxLength"] is { } longest)
        {
            yield return JsonValue.Create(new string('a', (int)longest + 1))!;
        }

        if (schema["minimum"] is { } least && schema["maximum"] is { } most)
        {
            yield return JsonValue.Create((long)least - 1);
            yield return JsonValue.Create((long)most + 1);
        }
    }

    private async Task<Dictionary<string, Call>> CallsAsync()
    {
        var at = await NewOperatorAsync();
        await at.SetInvoicingAsync();
        var customer = await at.CustomerAsync();
        var (staff, administrator, nobody) = (at.Staff, customer.Administrator, Host.Nobody);
        var traveller = (await customer.TravellerAsync()).Id;
        var account = (await customer.GiveAppAsync(traveller)).Id;
        var month = new ClosedMonth(at, ClosedMonth.Ago(1));
        var (first, second) = (await month.BuyAsync(account, 5_000), await month.BuyAsync(account, 5_000));
        await month.MonthEndAsync();
        var invoice = (await staff.GetAsync("/v1/invoices")).Is(200).Items.Single()["id"]!.ToString();
        var turn = (await staff.GetAsync("/v1/month-ends")).Is(200).Items.Single()["id"]!.ToString();
        var applied = (await nobody.PostAsync("/v1/organisations", at.Application())).Is(201).Id;
        var organisation = $"/v1/organisations/{customer.Id}";
        var invited = Some.Email("chef");
        var administrators = (await administrator.PostAsync($"{organisation}/administrators", new { email = invited })).Is(201).Id;
        var forgetful = Some.Email("glom");
        await customer.AddAdministratorAsync([], email: forgetful);
        (await nobody.PostAsync("/v1/password-resets", new { email = forgetful })).Is(204);
        var reset = (await Mailbox.LinkAsync(forgetful, 2)).Segments[^1];
        var other = await customer.AddAdministratorAsync(["travellers"]);

        var calls = new Dictionary<string, Call>(await TicketCallsAsync(customer, traveller), StringComparer.Ordinal)
        {
            ["begin_session"] = new(nobody, "/v1/sessions", $$"""{"email":"{{customer.AdministratorEmail}}","password":"{{Some.Password}}"}""", 201),
            ["change_password"] = new(other, "/v1/me/password", $$"""{"current_password":"{{Some.Password}}","password":"a third one of mine"}""", 200),
            ["ask_for_password_reset"] = new(nobody, "/v1/password-resets", $$"""{"email":"{{Some.Email()}}"}""", 204),
            ["reset_password"] = new(nobody, $"/v1/password-resets/{reset}", """{"password":"a fourth one of mine"}""", 204),
            ["accept_invitation"] = new(
                nobody, $"/v1/invitations/{await Mailbox.InvitationAsync(invited)}", """{"password":"a fifth one of mine"}""", 204),
            ["apply_for_organisation"] = new(
                nobody, "/v1/organisations",
                $$$"""
                {"operator":"{{{at.Code}}}","name":"Vätterns Teknik AB","organisation_number":"{{{Some.OrganisationNumber("SE")}}}",
                 "contact":{"name":"Karin Öst","email":"{{{Some.Email()}}}"},
                 "billing_address":{"street":"Storgatan 1","postal_code":"553 20","city":"Jönköping"}}
                """,
                201),
            ["change_organisation"] = new(staff, organisation, "{}", 200),
            ["refuse_organisation"] = new(staff, $"/v1/organisations/{applied}/refusal", "{}", 200),
            ["add_department"] = new(administrator, $"{organisation}/departments", """{"name":"Verkstaden"}""", 201),
            ["change_department"] = new(administrator, $"/v1/departments/{customer.DepartmentId}", "{}", 200),
            ["invite_administrator"] = new(administrator, $"{organisation}/administrators", $$"""{"email":"{{Some.Email()}}"}""", 201),
            ["change_administrator"] = new(administrator, $"/v1/administrators/{administrators}", "{}", 200),
            ["add_traveller"] = new(administrator, $"{organisation}/travellers", $$"""{"email":"{{Some.Email()}}"}""", 201),
            ["change_traveller"] = new(administrator, $"/v1/travellers/{traveller}", "{}", 200),
            ["grant_credit"] = new(
                administrator, $"/v1/travellers/{(await customer.TravellerAsync()).Id}/credit-accounts", """{"kind":"app","limit_minor":50000}""", 201),
            ["change_credit_account"] = new(administrator, $"/v1/credit-accounts/{account}", "{}", 200),
            ["refund_authorisation"] = new(staff, $"/v1/authorisations/{first}/refunds", $$"""{"reason":"{{Reason}}"}""", 200),
            // The month is closed, which is found out of a body that is right.
            ["void_authorisation"] = new(staff, $"/v1/authorisations/{second}/voids", $$"""{"reason":"{{Reason}}"}""", 409),
            ["request_month_end"] = new(staff, "/v1/month-ends", $$"""{"month":"{{month.Month}}"}""", 202),
            // So is that it has invoices.
            ["reopen_month"] = new(staff, $"/v1/month-ends/{turn}/reopening", $$"""{"reason":"{{Reason}}"}""", 409),
            ["correct_invoice"] = new(staff, $"/v1/invoices/{invoice}/corrections", $$"""{"reason":"{{Reason}}"}""", 201),
        };
        foreach (var (name, call) in RuleCalls(customer, account))
        {
            calls[name] = call;
        }

        AddOfStaff(calls, at);
        await AddEventsAsync(calls, at);
        await AddPeopleAsync(calls, customer);
        await AddOfSubscriptionsAsync(calls, customer);
        return calls;
    }

    private static void AddOfStaff(Dictionary<string, Call> calls, AdminOperator at)
    {
        calls["add_staff"] = new(at.Staff, "/v1/staff", $$"""{"email":"{{Some.Email()}}"}""", 201);
        calls["add_client"] = new(at.Staff, "/v1/clients", """{"kind":"validator","name":"Buss 17"}""", 201);
        calls["mark_prepaid_card"] = new(at.Staff, "/v1/prepaid-cards", """{"card_number":"99 1234 5678"}""", 200);
        calls["unmark_prepaid_card"] = new(at.Staff, "/v1/prepaid-cards", """{"card_number":"99 1234 5678"}""", 204);
        calls["set_accounting"] = new(
            at.Staff,
            $"/v1/operators/{at.Code}/accounting",
            """
            {"receivables_account":"1510","rounding_account":"3740",
             "rates":[{"vat_category":"S","vat_basis_points":600,"revenue_account":"3003","vat_account":"2631"}]}
            """,
            200);
        calls["set_invoicing"] = new(at.Staff, $"/v1/operators/{at.Code}/invoicing", Invoicing, 200);
    }

    private static async Task AddEventsAsync(Dictionary<string, Call> calls, AdminOperator at)
    {
        var webhook = $"/v1/operators/{at.Code}/webhook";
        (await at.Staff.PutAsync(webhook, new { url = "https://tickets.example.com/" })).Is(200);
        (await at.Staff.PostAsync($"{webhook}/test")).Is(204);
        var happened = (await at.Staff.GetAsync($"/v1/events?operator={at.Code}")).Is(200).Items.Single(one => one["type"]!.ToString() == "webhook.test")["id"];
        calls["set_webhook"] = new(at.Staff, webhook, """{"url":"https://tickets.example.org/"}""", 200);
        calls["dismiss_event"] = new(at.Staff, $"/v1/events/{happened}/dismissal", $$"""{"reason":"{{Reason}}"}""", 200);
    }

    // What travellers do, and what is about them.
    private static async Task AddPeopleAsync(Dictionary<string, Call> calls, AdminOrganisation customer)
    {
        var (at, administrator) = (customer.Operator, customer.Administrator);
        var (staff, organisation) = (at.Staff, $"/v1/organisations/{customer.Id}");
        var signedIn = await customer.TravellerAsync();
        var caller = await customer.SignInTravellerAsync(signedIn);
        await customer.GiveAppAsync(signedIn.Id);
        var request = (await caller.PostAsync(
            $"/v1/travellers/{signedIn.Id}/requests", new { kind = "more_credit", limit_minor = 60_000 })).Is(201).Id;
        await at.PublishTermsAsync("privacy", "2", new DateOnly(2099, 1, 1));

        var list = (await administrator.PostCsvAsync($"{organisation}/traveller-imports?mode=whole_list", $"email\n{Some.Email()}\n")).Is(202);
        var removal = $$"""{"confirmation":"{{list.Body["removal"]!["confirmation"]}}"}""";
        // More than half would go, which is found out of a body that is otherwise right.
        calls["remove_missing_travellers"] = new(
            administrator, $"{organisation}/traveller-imports/{list.Id}/removal", removal, 400);
        // The traveller is there, which is found out of a body that is right.
        calls["erase_traveller"] = new(
            administrator, $"/v1/travellers/{signedIn.Id}/erasure", $$"""{"email":"{{signedIn["email"]}}"}""", 409);
        calls["choose_notifications"] = new(
            caller, $"/v1/travellers/{signedIn.Id}/notifications", """{"email":true,"sms":false}""", 200);
        calls["make_request"] = new(caller, $"/v1/travellers/{signedIn.Id}/requests", """{"kind":"new_code"}""", 201);
        calls["refuse_request"] = new(administrator, $"/v1/requests/{request}/refusal", $$"""{"reason":"{{Reason}}"}""", 200);
        calls["publish_terms"] = new(
            staff, $"/v1/operators/{at.Code}/terms/travel/1",
            """{"valid_from":"2099-01-01","texts":[{"language":"sv","title":"Resevillkor","text":"Alla reser."}]}""", 200);
        calls["accept_terms"] = new(administrator, $"{organisation}/terms-acceptances", """{"kind":"privacy","version":"2"}""", 204);
        calls["accept_terms_as_traveller"] = new(
            caller, $"/v1/travellers/{signedIn.Id}/terms-acceptances", """{"kind":"privacy","version":"2"}""", 204);
    }

    private async Task AddOfSubscriptionsAsync(Dictionary<string, Call> calls, AdminOrganisation customer)
    {
        var (at, administrator, nobody) = (customer.Operator, customer.Administrator, Host.Nobody);
        var organisation = $"/v1/organisations/{customer.Id}";
        await customer.SetSubscriptionsAsync();
        var month1 = await at.AddSubscriptionProductAsync();
        await at.AddSubscriptionProductAsync("month-2");
        var link = await customer.OrderLinkAsync();
        var employee = await customer.EnterAsync(link, Some.SwedishMobile());
        var (toApprove, toChange) = (
            (await employee.OrderSubscriptionAsync(link, month1)).Id, (await employee.OrderSubscriptionAsync(link, "month-2")).Id);
        var next = Some.SwedishMobile();
        (await nobody.PostAsync($"{link}/codes", new { mobile = next })).Is(204);
        var phoneCode = AdminSubscriptions.CodeOf(await Mailbox.WaitAsync(next));
        var another = await customer.EnterAsync(link, Some.SwedishMobile());
        await at.AddProductAsync("year", 100_000, "staff_offer");
        await at.AddProductAsync("term", 50_000, "staff_offer");
        var offer = await customer.OfferAsync("year");
        var (anna, beda) = ((await customer.TravellerAsync()).Id, (await customer.TravellerAsync()).Id);
        var application = (await administrator.PostAsync(
            $"/v1/staff-offers/{offer}/applications", new { traveller_id = beda, bearer = new { app = Some.SwedishMobile() } })).Is(201).Id;
        calls["make_staff_offer"] = new(
            administrator, "/v1/staff-offers", $$"""{"organisation_id":"{{customer.Id}}","product":"term"}""", 201);
        calls["apply_for_staff_offer"] = new(
            administrator, $"/v1/staff-offers/{offer}/applications",
            $$$"""{"traveller_id":"{{{anna}}}","bearer":{"app":"{{{Some.SwedishMobile()}}}"}}""", 201);
        calls["refuse_staff_application"] = new(
            administrator, $"/v1/staff-applications/{application}/refusal", $$"""{"reason":"{{Reason}}"}""", 200);
        calls["set_subscription_settings"] = new(
                administrator, $"{organisation}/subscription-settings",
                $$"""{"department_id":"{{customer.DepartmentId}}","approval":"by_administrator"}""", 200);
        calls["add_subscription"] = new(
                administrator, $"{organisation}/subscriptions",
                $$"""
                {"department_id":"{{customer.DepartmentId}}","mobile":"{{Some.SwedishMobile()}}","product":"{{month1}}",
                 "first_name":"Eva","last_name":"Ek"}
                """, 201);
        calls["order_subscription"] = new(
                another, $"{link}/subscriptions", $$"""{"product":"{{month1}}","first_name":"Eva","last_name":"Ek"}""", 201);
        calls["send_phone_code"] = new(nobody, $"{link}/codes", $$"""{"mobile":"{{Some.SwedishMobile()}}"}""", 204);
        calls["begin_phone_session"] = new(nobody, $"{link}/sessions", $$"""{"mobile":"{{next}}","code":"{{phoneCode}}"}""", 201);
        calls["refuse_subscription"] = new(administrator, $"/v1/subscriptions/{toApprove}/refusal", $$"""{"reason":"{{Reason}}"}""", 200);
        calls["change_subscription_product"] = new(
                administrator, $"/v1/subscriptions/{toChange}/product", """{"product":"month-2"}""", 200);
    }

    private static async Task<Dictionary<string, Call>> TicketCallsAsync(AdminOrganisation customer, Guid traveller)
    {
        var (at, staff, administrator) = (customer.Operator, customer.Operator.Staff, customer.Administrator);
        await at.AddProductAsync();
        var (ticket, doomed) = ((await customer.TicketAsync("single-adult")).Id, (await customer.TicketAsync("single-adult")).Id);
        var report = $"\"event\":\"delivered\",\"occurred_at\":\"{DateTimeOffset.UtcNow:O}\",\"event_id\":\"{Guid.NewGuid()}\"";

        return new(StringComparer.Ordinal)
        {
            ["set_product"] = new(
                staff, $"/v1/operators/{at.Code}/products/day-adult",
                """
                {"names":{"sv":"Dygn","nb":"Døgn","en":"Day"},"kind":"day","traveller_category":"adult","vat_category":"S",
                 "vat_basis_points":600,"sold_by":["order"]}
                """,
                200),
            ["add_price"] = new(
                staff, $"/v1/operators/{at.Code}/products/single-adult/prices",
                $$"""{"price_minor":3600,"valid_from":"{{await at.TodayAsync(7)}}"}""", 201),
            ["order_tickets"] = new(
                administrator, $"/v1/organisations/{customer.Id}/ticket-orders",
                $$$"""
                {"department_id":"{{{customer.DepartmentId}}}","reason":"Mässan",
                 "items":[{"product":"single-adult","traveller_id":"{{{traveller}}}","bearer":{"card":"99 8877 6655"}}]}
                """,
                201),
            ["change_ticket_bearer"] = new(
                administrator, $"/v1/tickets/{ticket}/bearer", $$"""{"app":"{{Some.SwedishMobile()}}"}""", 200),
            ["cancel_ticket"] = new(staff, $"/v1/tickets/{doomed}/cancellation", $$"""{"reason":"{{Reason}}"}""", 200),
            ["report_ticket_event"] = new(staff, $"/v1/tickets/{ticket}/events", "{" + report + "}", 200),
            ["report_ticket_events"] = new(staff, "/v1/ticket-events", "{\"events\":[{\"ticket_id\":\"" + ticket + "\"," + report + "}]}", 200),
        };
    }

    private static Dictionary<string, Call> RuleCalls(AdminOrganisation customer, Guid account)
    {
        var (administrator, organisation) = (customer.Administrator, $"/v1/organisations/{customer.Id}");
        return new(StringComparer.Ordinal)
        {
            // Each field can be left out, and not all of them.
            ["set_credit_account_rules"] = new(administrator, $"/v1/credit-accounts/{account}/rules", "{}", 400),
            ["set_department_rules"] = new(administrator, $"/v1/departments/{customer.DepartmentId}/rules", "{}", 400),
            ["set_organisation_rules"] = new(administrator, $"{organisation}/rules", "{}", 400),
            ["set_department_budget"] = new(
                administrator, $"/v1/departments/{customer.DepartmentId}/budget", """{"ceiling_minor":5000000,"mode":"warn"}""", 200),
            ["set_reference_budget"] = new(
                administrator, $"{organisation}/budgets", """{"billing_reference":"4711","ceiling_minor":5000000,"mode":"warn"}""", 200),
        };
    }

    // Each request has a key of its own, which is the operation's id where that is not in the body.
    private static Task<ApiAnswer> SendAsync(ApiDocument.Operation operation, Call call, JsonObject body) => call.Caller.SendAsync(
        new HttpMethod(operation.Method), call.Path, body.ToJsonString(), key: operation.Method == "POST" ? Guid.NewGuid().ToString() : null);

    // Of a way to pay, and of a bearer, one is required, whichever.
    private static IEnumerable<string> PathsOf(JsonObject body, string prefix = "") => body.SelectMany(field =>
        field.Value is JsonObject deeper
            ? PathsOf(deeper, prefix + field.Key + ".").Prepend(prefix + field.Key)
            : [prefix + field.Key]).Where(path => !path.StartsWith("payment.", StringComparison.Ordinal) && path is not ("app" or "bearer.app"));

    // What lies in something that can be left out is required only with that.
    private static bool IsWithin(string path, JsonObject body) => path.Split('.')[..^1]
        .Aggregate((JsonNode?)body, (node, name) => (node as JsonObject)?[name]) is not null;

    private static JsonObject Without(JsonObject body, string path)
    {
        var copy = body.DeepClone().AsObject();
        var names = path.Split('.');
        Assert.True(names[..^1].Aggregate(copy, (node, name) => node[name]!.AsObject()).Remove(names[^1]), path);
        return copy;
    }

    private static JsonObject With(JsonObject body, string path, JsonNode value)
    {
        var names = path.Split('.');
        var at = body;
        foreach (var name in names[..^1])
        {
            at[name] ??= new JsonObject();
            at = at[name]!.AsObject();
        }

        at[names[^1]] = value;
        return body;
    }

    // What is missing as a whole can be told by its parts.
    private static bool IsOf(string path, JsonNode error) =>
        error["field"]!.ToString() == path || error["field"]!.ToString().StartsWith(path + ".", StringComparison.Ordinal);

    private static string Joined(IEnumerable<string> names) => string.Join('\n', names.Order(StringComparer.Ordinal));

    /// <summary>A call with the fewest fields, and what it is answered with then.</summary>
    private sealed record Call(ApiCaller Caller, string Path, string Body, int Status);
}
