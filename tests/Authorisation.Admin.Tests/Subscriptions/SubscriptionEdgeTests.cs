using Authorisation.Admin.Tests.Support;
using Authorisation.Core;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Admin.Tests.Subscriptions;

/// <summary>Subscriptions where something else happens at the same time: midnight, a suspension, somebody who leaves.</summary>
[Trait("Tier", "Slow")]
public sealed class SubscriptionEdgeTests(SharedLedger shared) : IClassFixture<SharedLedger>
{
    [Fact]
    public async Task A_change_that_waited_over_midnight_leaves_the_month_that_was_begun_alone()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.AddProductAsync("zone-2", 99_000);
        await scene.SetAsync();
        var (changed, ended) = ((await scene.AddAsync("zone-1")).Is(201).Id, (await scene.AddAsync("zone-1")).Is(201).Id);
        await scene.SetClockAsync("2026-12-31T12:00:00+01:00");
        await scene.BeginMonthsAsync();
        await scene.SetClockAsync("2027-01-01T00:00:00+01:00");
        await scene.BeginMonthsAsync();
        // What a statement of 2026 sees that waited for the row until the month was begun.
        await scene.SetClockAsync("2026-12-31T23:59:59+01:00");

        var after = (await scene.Administrator.PutAsync($"/v1/subscriptions/{changed}/product", new { product = "zone-2" })).Is(200);
        Assert.Equal(("zone-2", "2027-02-01"), (after["next_product"], after["next_product_from"]));
        Assert.Equal("2027-01-31", (await scene.Administrator.PostAsync($"/v1/subscriptions/{ended}/end")).Is(200)["last_day"]);
    }

    [Fact]
    public async Task A_customer_that_is_reinstated_within_a_month_gets_no_ticket_that_nobody_pays_for()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        var id = await AddAndSuspendOverSeptemberFirstAsync(scene);
        await scene.SetClockAsync("2026-09-15T12:00:00+02:00");
        await scene.BeginMonthsAsync();

        Assert.Equal((0, ""), (await scene.ChargedAsync(CreditMonth.FromNumber(2026_09)), await scene.EventsAsync(id)));
        await scene.SetClockAsync("2026-10-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();
        Assert.Equal(
            (79_000, "month_ordered 2026-10 zone-1"), (await scene.ChargedAsync(CreditMonth.FromNumber(2026_10)), await scene.EventsAsync(id)));
    }

    [Fact]
    public async Task No_change_of_zones_makes_two_of_the_same_for_one_telephone()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.AddProductAsync("zone-2", 99_000);
        await scene.SetAsync();
        var mobile = Some.NorwegianMobile();
        var first = (await scene.AddAsync("zone-1", mobile)).Is(201).Id;
        (await scene.AddAsync("zone-2", mobile)).Is(201);

        (await scene.Administrator.PutAsync($"/v1/subscriptions/{first}/product", new { product = "zone-2" })).RefusesFields("product");
        (await scene.Administrator.PutAsync($"/v1/subscriptions/{first}/product", new { product = "zone-1" })).Is(200);
    }

    [Fact]
    public async Task Subscriptions_of_a_traveller_who_leaves_end_with_the_month()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.AddProductAsync("zone-2", 99_000);
        await scene.SetAsync(employerPercent: 50);
        var mobile = Some.NorwegianMobile();
        var traveller = (await scene.Administrator.PostAsync(
            $"{scene.Path}/travellers", new { email = Some.Email("kari"), mobile, name = "Kari", employee_number = "1042" })).Is(201);
        Assert.Equal("1042", traveller["employee_number"]);
        (await scene.Administrator.PatchAsync($"/v1/travellers/{traveller.Id}", new { employee_number = new string('1', 41) })).RefusesFields("employee_number");
        (await scene.Administrator.PatchAsync($"/v1/travellers/{traveller.Id}", new { employee_number = "1043" })).Is(200);
        var running = (await scene.AddAsync("zone-1", mobile)).Is(201).Id;
        await scene.SetClockAsync("2026-09-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();
        var toCome = (await scene.AddAsync("zone-2", mobile)).Is(201).Id;

        (await scene.Administrator.DeleteAsync($"/v1/travellers/{traveller.Id}")).Is(204);

        var ending = (await scene.Administrator.GetAsync($"/v1/subscriptions/{running}")).Is(200);
        Assert.Equal(("ending", "2026-09-30"), (ending["status"], ending["last_day"]));
        Assert.Equal("withdrawn", (await scene.Administrator.GetAsync($"/v1/subscriptions/{toCome}")).Is(200)["status"]);
        await scene.SetClockAsync("2026-10-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();
        Assert.Equal(0, await scene.ChargedAsync(CreditMonth.FromNumber(2026_10)));
        var payroll = (await scene.Administrator.GetAsync($"{scene.Path}/payroll-deductions?month=2026-09")).Is(200).Items.Single();
        Assert.Equal("1043", payroll["employee_number"]!.ToString());
    }

    [Fact]
    public async Task An_order_that_waited_beyond_its_month_begins_with_the_zones_that_it_was_changed_to()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.AddProductAsync("zone-2", 99_000);
        await scene.SetAsync("by_administrator");
        var link = await scene.LinkAsync();
        var id = (await (await scene.EnterAsync(link, Some.NorwegianMobile())).OrderSubscriptionAsync(link, "zone-1")).Id;
        await scene.SetClockAsync("2026-09-10T12:00:00+02:00");

        var changed = (await scene.Administrator.PutAsync($"/v1/subscriptions/{id}/product", new { product = "zone-2" })).Is(200);
        Assert.Equal(("pending", "zone-2", null), (changed["status"], changed["product"], changed["next_product"]));
        var approved = (await scene.Administrator.PostAsync($"/v1/subscriptions/{id}/approval")).Is(200);

        Assert.Equal(("approved", "zone-2", "2026-10-01"), (approved["status"], approved["product"], approved["first_day"]));
        await scene.SetClockAsync("2026-10-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();
        Assert.Equal(99_000, await scene.ChargedAsync(CreditMonth.FromNumber(2026_10)));
    }

    [Fact]
    public async Task A_subscription_that_ended_after_a_suspension_is_looked_at_no_more()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        var id = await AddAndSuspendOverSeptemberFirstAsync(scene);
        (await scene.Administrator.PostAsync($"/v1/subscriptions/{id}/end")).Is(200);
        await scene.SetClockAsync("2026-10-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();

        // What the index of running subscriptions has.
        Assert.Equal(0, await scene.Ledger.AskAsync<long>(
            """
            select count(*) from control.subscription
            where state = 2 and (last_month is null or begun_month < last_month or announced_month < last_month)
            """));
    }

    [Fact]
    public async Task A_pay_type_that_no_file_could_have_is_refused()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        var path = $"{scene.Path}/payroll-deductions?month=2026-08&format=paxml&pay_type=";
        (await scene.Administrator.GetAsync(path + "%01")).RefusesFields("pay_type");
        (await scene.Administrator.GetAsync(path + new string('7', Limits.PayTypeCharactersMax + 1))).RefusesFields("pay_type");
        (await scene.Administrator.GetAsync(path + new string('7', Limits.PayTypeCharactersMax))).Is(200);
    }

    // A subscription whose first month began while its customer was suspended.
    private static async Task<Guid> AddAndSuspendOverSeptemberFirstAsync(SubscriptionScene scene)
    {
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.SetAsync();
        var id = (await scene.AddAsync("zone-1")).Is(201).Id;
        (await scene.Operator.Staff.PostAsync($"{scene.Path}/suspension")).Is(200);
        await scene.SetClockAsync("2026-09-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();
        (await scene.Operator.Staff.PostAsync($"{scene.Path}/reinstatement")).Is(200);
        return id;
    }
}
