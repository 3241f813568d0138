using Authorisation.Admin.Tests.Support;
using Authorisation.Core;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Admin.Tests.Subscriptions;

/// <summary>Subscriptions from the order link to the charge of a month that begins, over real HTTP.</summary>
[Trait("Tier", "Slow")]
public sealed class SubscriptionTests(SharedLedger shared) : IClassFixture<SharedLedger>
{
    [Fact]
    public async Task An_employee_orders_by_the_link_and_is_charged_for_each_month_that_begins()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.SetAsync("by_administrator", employerPercent: 25, asksEmployeeNumber: "required");
        var link = await scene.LinkAsync();
        var form = (await scene.Host.Nobody.GetAsync(link)).Is(200).Body;
        Assert.Equal("2026-09-01", form["first_day"]!.ToString());
        Assert.True((bool)form["needs_approval"]!);
        Assert.Equal((79_000L, 59_250L), ((long)form["products"]![0]!["price_minor"]!, (long)form["products"]![0]!["deduction_minor"]!));
        var mobile = Some.NorwegianMobile();
        var employee = await scene.EnterAsync(link, mobile);

        var ordered = (await employee.PostAsync($"{link}/subscriptions", Order("zone-1", employeeNumber: "1042"))).Is(201);
        Assert.Equal(("pending", "2026-09-01", "link"), (ordered["status"], ordered["first_day"], ordered["ordered_by"]));
        (await scene.Administrator.PostAsync($"/v1/subscriptions/{ordered.Id}/approval")).Is(200);
        Assert.Contains("2026-09-01", await scene.Mailbox.WaitAsync(mobile, 2), StringComparison.Ordinal);

        await scene.SetClockAsync("2026-08-31T11:59:00+02:00");
        await scene.BeginMonthsAsync();
        Assert.Empty(await scene.EventsAsync(ordered.Id));
        await scene.SetClockAsync("2026-08-31T12:00:00+02:00");
        await scene.BeginMonthsAsync();
        Assert.Equal("month_ordered 2026-09 zone-1", await scene.EventsAsync(ordered.Id));
        Assert.Equal(0, await scene.ChargedAsync(CreditMonth.FromNumber(2026_09)));
        await scene.SetClockAsync("2026-09-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();
        await scene.BeginMonthsAsync();
        Assert.Equal(79_000, await scene.ChargedAsync(CreditMonth.FromNumber(2026_09)));

        await scene.SetClockAsync("2026-09-20T12:00:00+02:00");
        await scene.Ledger.ExecuteAsync("update control.phone_session set expires_at = expires_at + interval '1 year'");
        var own = (await employee.GetAsync($"{link}/subscriptions")).Is(200).Items.Single();
        Assert.Equal("running", own["status"]!.ToString());
        var ended = (await employee.PostAsync($"/v1/subscriptions/{ordered.Id}/end")).Is(200);
        Assert.Equal(("ending", "2026-09-30"), (ended["status"], ended["last_day"]));
        await scene.SetClockAsync("2026-10-01T00:05:00+02:00");
        await scene.BeginMonthsAsync();
        Assert.Equal(0, await scene.ChargedAsync(CreditMonth.FromNumber(2026_10)));
        Assert.Equal("ended", (await scene.Administrator.GetAsync($"/v1/subscriptions/{ordered.Id}")).Is(200)["status"]);

        var payroll = (await scene.Administrator.GetAsync($"{scene.Path}/payroll-deductions?month=2026-09")).Is(200).Items.Single();
        Assert.Equal(("1042", 79_000L, 59_250L, "Kari Nordmann"), (
            payroll["employee_number"]!.ToString(), (long)payroll["price_minor"]!, (long)payroll["deduction_minor"]!,
            payroll["traveller"]!.ToString()));
    }

    [Fact]
    public async Task A_caller_with_the_link_sees_what_belongs_to_the_telephone_and_nothing_else()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.SetAsync();
        var link = await scene.LinkAsync();
        var (one, other) = (await scene.EnterAsync(link, Some.NorwegianMobile()), await scene.EnterAsync(link, Some.NorwegianMobile()));
        var mine = (await one.PostAsync($"{link}/subscriptions", Order("zone-1"))).Is(201).Id;

        Assert.Empty((await other.GetAsync($"{link}/subscriptions")).Is(200).Items);
        (await other.GetAsync($"/v1/subscriptions/{mine}")).IsProblem(404, "not_found");
        (await other.PostAsync($"/v1/subscriptions/{mine}/end")).IsProblem(404, "not_found");
        (await one.PostAsync($"/v1/subscriptions/{mine}/approval")).IsProblem(403, "forbidden");
        (await one.PutAsync($"/v1/subscriptions/{mine}/product", new { product = "zone-1" })).IsProblem(403, "forbidden");
        (await one.GetAsync(scene.Path)).IsProblem(403, "forbidden");
        (await scene.Host.Nobody.GetAsync($"{link}/subscriptions")).IsProblem(401, "no_session");
        (await scene.Administrator.GetAsync($"{link}/subscriptions")).IsProblem(401, "no_session");
        (await one.PostAsync($"{link}/subscriptions", Order("zone-1"))).RefusesFields("product");

        // A new link: whoever came in by the one before is out.
        var renewed = await scene.LinkAsync();
        (await one.GetAsync($"{link}/subscriptions")).IsProblem(401, "no_session");
        (await scene.Host.Nobody.GetAsync(link)).IsProblem(404, "not_found");
        (await scene.Host.Nobody.GetAsync(renewed)).Is(200);
        (await scene.Administrator.DeleteAsync($"{scene.Path}/order-link")).Is(204);
        (await scene.Host.Nobody.GetAsync(renewed)).IsProblem(404, "not_found");
        (await scene.Administrator.GetAsync($"{scene.Path}/order-link")).IsProblem(404, "not_found");
        Assert.Single((await scene.Administrator.GetAsync($"{scene.Path}/subscriptions")).Is(200).Items);
    }

    [Fact]
    public async Task A_code_works_once_and_wrong_used_and_lapsed_ones_look_alike()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.SetAsync();
        var link = await scene.LinkAsync();
        var mobile = Some.NorwegianMobile();
        (await scene.Host.Nobody.PostAsync($"{link}/codes", new { mobile })).Is(204);
        var code = SubscriptionScene.CodeOf(await scene.Mailbox.WaitAsync(mobile));
        var wrong = (await TryAsync("00000000")).IsProblem(401, "wrong_credentials").Text;
        (await TryAsync(code)).Is(201);
        Assert.Equal(wrong, (await TryAsync(code)).IsProblem(401, "wrong_credentials").Text);
        Assert.Equal(wrong, (await scene.Host.Nobody.PostAsync(
            $"{link}/sessions", new { mobile = Some.NorwegianMobile(), code })).IsProblem(401, "wrong_credentials").Text);

        (await scene.Host.Nobody.PostAsync($"{link}/codes", new { mobile })).Is(204);
        var second = SubscriptionScene.CodeOf(await scene.Mailbox.WaitAsync(mobile, 2));
        await scene.SetClockAsync("2026-08-10T12:10:01+02:00");
        Assert.Equal(wrong, (await TryAsync(second)).IsProblem(401, "wrong_credentials").Text);

        Task<ApiAnswer> TryAsync(string tried) => scene.Host.Nobody.PostAsync($"{link}/sessions", new { mobile, code = tried });
    }

    [Fact]
    public async Task A_code_stands_five_tries_and_a_number_ten_in_an_hour()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.SetAsync();
        var link = await scene.LinkAsync();
        var mobile = Some.NorwegianMobile();
        for (var sent = 1; sent <= 2; sent++)
        {
            (await scene.Host.Nobody.PostAsync($"{link}/codes", new { mobile })).Is(204);
            var code = SubscriptionScene.CodeOf(await scene.Mailbox.WaitAsync(mobile, sent));
            for (var i = 0; i < Limits.PhoneCodeTriesMax; i++)
            {
                (await TryAsync("99999999")).IsProblem(401, "wrong_credentials");
            }

            Assert.Contains((await TryAsync(code)).Status, new[] { 401, 429 });
        }

        (await TryAsync("99999999")).IsProblem(429, "too_many");
        await scene.SetClockAsync("2026-08-10T13:00:01+02:00");
        await scene.EnterAsync(link, mobile);

        Task<ApiAnswer> TryAsync(string tried) => scene.Host.Nobody.PostAsync($"{link}/sessions", new { mobile, code = tried });
    }

    [Fact]
    public async Task Every_field_that_is_wrong_is_named_at_once()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        (await scene.AddAsync("zone-1")).IsProblem(409, "subscriptions_not_set");
        (await scene.Administrator.PostAsync($"{scene.Path}/order-link")).IsProblem(409, "subscriptions_not_set");
        (await scene.Administrator.PutAsync($"{scene.Path}/subscription-settings", new
        {
            department_id = Guid.NewGuid(),
            approval = "automatic",
            employer_percent = 50,
            employer_minor = 100,
        })).RefusesFields("department_id", "employer_minor");
        await scene.SetAsync(asksEmployeeNumber: "required");
        (await scene.Administrator.PostAsync($"{scene.Path}/subscriptions", new
        {
            department_id = Guid.NewGuid(),
            mobile = "12",
            product = "none",
            first_name = "Kari\u0007",
            last_name = "Nordmann",
            email = "kari",
        })).RefusesFields("department_id", "mobile", "product", "first_name", "email");
        var link = await scene.LinkAsync();
        var employee = await scene.EnterAsync(link, Some.NorwegianMobile());
        (await employee.PostAsync($"{link}/subscriptions", new { product = "none", first_name = "Kari", last_name = " ", email = "kari@example.com" }))
            .RefusesFields("product", "last_name", "employee_number", "email");
        // A product that is for sale, but not as a subscription.
        var single = await scene.Operator.AddProductAsync();
        (await employee.PostAsync($"{link}/subscriptions", Order(single, "7"))).RefusesFields("product");
    }

    [Fact]
    public async Task A_subscription_that_is_approved_after_its_1st_begins_on_the_next()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.SetAsync("by_administrator");
        var link = await scene.LinkAsync();
        var employee = await scene.EnterAsync(link, Some.NorwegianMobile());
        var id = (await employee.PostAsync($"{link}/subscriptions", Order("zone-1"))).Is(201).Id;
        await scene.SetClockAsync("2026-09-01T00:00:00+02:00");

        var approved = (await scene.Administrator.PostAsync($"/v1/subscriptions/{id}/approval")).Is(200);

        Assert.Equal(("approved", "2026-10-01"), (approved["status"], approved["first_day"]));
        await scene.BeginMonthsAsync();
        Assert.Equal(0, await scene.ChargedAsync(CreditMonth.FromNumber(2026_09)));
        (await scene.Administrator.PostAsync($"/v1/subscriptions/{id}/approval")).IsProblem(409, "decided_already");
        (await scene.Administrator.PostAsync($"/v1/subscriptions/{id}/refusal", new { reason = "Nei" })).IsProblem(409, "decided_already");
    }

    [Fact]
    public async Task A_refused_order_is_told_with_the_reason_and_can_be_made_again()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.SetAsync("by_administrator");
        var link = await scene.LinkAsync();
        var mobile = Some.NorwegianMobile();
        var employee = await scene.EnterAsync(link, mobile);
        var id = (await employee.PostAsync($"{link}/subscriptions", Order("zone-1"))).Is(201).Id;

        (await scene.Administrator.PostAsync($"/v1/subscriptions/{id}/refusal", new { reason = " " })).RefusesFields("reason");
        (await scene.Administrator.PostAsync($"/v1/subscriptions/{id}/refusal", new { reason = "Ikke ansatt" })).Is(200);

        Assert.Contains("Ikke ansatt", await scene.Mailbox.WaitAsync(mobile, 2), StringComparison.Ordinal);
        (await employee.PostAsync($"/v1/subscriptions/{id}/end")).IsProblem(409, "ended");
        (await employee.PostAsync($"{link}/subscriptions", Order("zone-1"))).Is(201);
    }

    [Fact]
    public async Task Zones_change_from_the_next_1st_and_the_ticket_system_is_told_again()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.AddProductAsync("zone-2", 99_000);
        await scene.AddProductAsync("youth", 49_000, "youth");
        await scene.SetAsync();
        var id = (await scene.AddAsync("zone-1")).Is(201).Id;
        await scene.SetClockAsync("2026-09-30T13:00:00+02:00");
        await scene.BeginMonthsAsync();

        (await scene.Administrator.PutAsync($"/v1/subscriptions/{id}/product", new { product = "youth" })).RefusesFields("product");
        var changed = (await scene.Administrator.PutAsync($"/v1/subscriptions/{id}/product", new { product = "zone-2" })).Is(200);

        Assert.Equal(("zone-1", "zone-2", "2026-10-01"), (changed["product"], changed["next_product"], changed["next_product_from"]));
        await scene.SetClockAsync("2026-10-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();
        // September was begun late and is charged all the same, at its own price.
        Assert.Equal((79_000, 99_000), (await scene.ChargedAsync(CreditMonth.FromNumber(2026_09)), await scene.ChargedAsync(CreditMonth.FromNumber(2026_10))));
        Assert.Equal("month_ordered 2026-10 zone-1, month_ordered 2026-10 zone-2", await scene.EventsAsync(id));
    }

    [Fact]
    public async Task What_is_ended_after_the_ticket_system_was_asked_is_withdrawn_there()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.SetAsync();
        var (running, never) = ((await scene.AddAsync("zone-1")).Is(201).Id, Guid.Empty);
        await scene.SetClockAsync("2026-09-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();
        never = (await scene.AddAsync("zone-1")).Is(201).Id;
        await scene.SetClockAsync("2026-09-30T18:00:00+02:00");
        await scene.BeginMonthsAsync();

        (await scene.Administrator.PostAsync($"/v1/subscriptions/{running}/end")).Is(200);
        Assert.Equal("withdrawn", (await scene.Administrator.PostAsync($"/v1/subscriptions/{never}/end")).Is(200)["status"]);

        Assert.EndsWith("month_ordered 2026-10 zone-1, month_withdrawn 2026-10", await scene.EventsAsync(running), StringComparison.Ordinal);
        Assert.Equal("month_ordered 2026-10 zone-1, month_withdrawn 2026-10", await scene.EventsAsync(never));
        await scene.SetClockAsync("2026-10-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();
        Assert.Equal(0, await scene.ChargedAsync(CreditMonth.FromNumber(2026_10)));
    }

    [Fact]
    public async Task A_suspended_customer_begins_no_month_and_goes_on_afterwards()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.SetAsync();
        var id = (await scene.AddAsync("zone-1")).Is(201).Id;
        await scene.SetClockAsync("2026-08-31T18:00:00+02:00");
        await scene.BeginMonthsAsync();
        (await scene.Operator.Staff.PostAsync($"{scene.Path}/suspension")).Is(200);
        await scene.SetClockAsync("2026-09-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();
        Assert.Equal("month_ordered 2026-09 zone-1, month_withdrawn 2026-09", await scene.EventsAsync(id));
        (await scene.Operator.Staff.PostAsync($"{scene.Path}/reinstatement")).Is(200);
        await scene.SetClockAsync("2026-10-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();

        Assert.Equal((0, 79_000), (await scene.ChargedAsync(CreditMonth.FromNumber(2026_09)), await scene.ChargedAsync(CreditMonth.FromNumber(2026_10))));
    }

    [Fact]
    public async Task Of_two_administrators_who_decide_at_once_one_does()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.SetAsync("by_administrator");
        var link = await scene.LinkAsync();
        var other = await scene.Customer.AddAdministratorAsync(["purchases"]);
        for (var round = 0; round < 10; round++)
        {
            var employee = await scene.EnterAsync(link, Some.NorwegianMobile());
            var id = (await employee.PostAsync($"{link}/subscriptions", Order("zone-1"))).Is(201).Id;

            var answers = await Task.WhenAll(
                scene.Administrator.PostAsync($"/v1/subscriptions/{id}/approval"),
                other.PostAsync($"/v1/subscriptions/{id}/refusal", new { reason = "Nei" }),
                employee.PostAsync($"/v1/subscriptions/{id}/end"));

            var decided = (await scene.Administrator.GetAsync($"/v1/subscriptions/{id}")).Is(200)["status"]!;
            Assert.True(answers[0].Status == 200 ^ answers[1].Status == 200 || decided == "withdrawn", $"{decided}: {string.Join(' ', answers.Select(one => one.Status))}");
            Assert.Equal(decided == "refused", answers[1].Status == 200);
        }
    }

    [Fact]
    public async Task A_payroll_program_gets_its_file_when_it_can_know_everybody()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.SetAsync(employerPercent: 50);
        (await scene.AddAsync("zone-1", employeeNumber: "1042")).Is(201);
        await scene.SetClockAsync("2026-09-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();
        var path = $"{scene.Path}/payroll-deductions?month=2026-09";

        var csv = (await scene.Administrator.GetAsync(path + "&format=csv")).Is(200);
        Assert.Equal("text/csv", csv.ContentType);
        Assert.Contains("1042", csv.Text, StringComparison.Ordinal);
        Assert.Contains("395,00", csv.Text, StringComparison.Ordinal);
        (await scene.Administrator.GetAsync(path + "&format=paxml")).RefusesFields("pay_type");
        var file = (await scene.Administrator.GetAsync(path + "&format=paxml&pay_type=7550")).Is(200);
        var transaction = System.Xml.Linq.XDocument.Parse(file.Text.TrimStart('\uFEFF')).Root!.Element("lonetransaktioner")!.Elements().Single();
        Assert.Equal(
            ("1042", "7550", "2026-09-30", "-395.00"),
            (transaction.Attribute("anstid")!.Value, transaction.Element("lonart")!.Value, transaction.Element("datum")!.Value, transaction.Element("belopp")!.Value));

        (await scene.AddAsync("zone-1")).Is(201);
        await scene.SetClockAsync("2026-10-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();
        (await scene.Administrator.GetAsync($"{scene.Path}/payroll-deductions?month=2026-10&format=paxml&pay_type=7550"))
            .IsProblem(409, "employee_number_missing");
        (await scene.Administrator.GetAsync($"{scene.Path}/payroll-deductions?month=2026-11")).RefusesFields("month");
    }

    private static object Order(string product, string? employeeNumber = null) =>
        new { product, first_name = "Kari", last_name = "Nordmann", employee_number = employeeNumber };
}
