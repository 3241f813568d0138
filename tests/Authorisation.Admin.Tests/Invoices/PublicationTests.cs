using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>From when on invoices are seen, and by whom.</summary>
[Trait("Tier", "Slow")]
public sealed class PublicationTests(SharedAdmin shared) : AdminTest(shared)
{
    private static readonly string[] Reports = ["reports"];

    private static DateOnly Today => DateOnly.FromDateTime(DateTime.UtcNow);

    [Fact]
    public async Task Before_its_day_only_operator_staff_sees_an_invoice()
    {
        var (customer, month, account) = await StageAsync();
        await month.BuyAsync(account, 100);
        // Made late: it is published on the day it is made, and never before.
        await month.MonthEndAsync(Today.AddDays(10));

        var invoice = (await customer.Operator.Staff.GetAsync("/v1/invoices")).Is(200).Items.Single();
        Assert.Equal($"{Today.AddDays(10):yyyy-MM-dd}", invoice["published_on"]!.ToString());
        (await customer.Operator.Staff.GetAsync($"/v1/invoices/{invoice["id"]}")).Is(200);
        Assert.Empty((await customer.Administrator.GetAsync("/v1/invoices")).Is(200).Items);
        (await customer.Administrator.GetAsync($"/v1/invoices/{invoice["id"]}")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task On_its_day_it_is_seen()
    {
        var (customer, month, account) = await StageAsync();
        await month.BuyAsync(account, 100);
        await month.MonthEndAsync(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(
            DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm")).DateTime));

        var invoice = (await customer.Administrator.GetAsync("/v1/invoices")).Is(200).Items.Single();
        (await customer.Administrator.GetAsync($"/v1/invoices/{invoice["id"]}")).Is(200);
    }

    [Fact]
    public async Task Administrators_of_departments_see_invoices_on_which_every_department_is_theirs()
    {
        var (customer, month, account) = await StageAsync();
        var workshop = await customer.AddDepartmentAsync("Verkstad", reference: "KST 9");
        var below = await customer.AddDepartmentAsync("Lackering", workshop);
        await month.BuyAsync(account, 100);
        foreach (var department in new[] { workshop, below })
        {
            await month.BuyAsync((await customer.GiveAppAsync((await customer.TravellerAsync(department: department)).Id)).Id, 50);
        }

        await month.MonthEndAsync();
        var invoices = (await customer.Administrator.GetAsync("/v1/invoices")).Is(200).Items;
        var (whole, own) = (invoices.Single(one => one["billing_reference"]!.ToString() == "4711"), invoices.Single(one => one["billing_reference"]!.ToString() == "KST 9"));
        var chief = await customer.AddAdministratorAsync(Reports, [workshop]);
        var painter = await customer.AddAdministratorAsync(Reports, [below]);

        Assert.Equal(own["id"]!.ToString(), (await chief.GetAsync("/v1/invoices")).Is(200).Items.Single()["id"]!.ToString());
        Assert.Equal(own["id"]!.ToString(), (await chief.GetAsync($"/v1/invoices?organisation_id={customer.Id}")).Is(200).Items.Single()["id"]!.ToString());
        (await chief.GetAsync($"/v1/invoices/{own["id"]}")).Is(200);
        (await chief.GetAsync($"/v1/invoices/{whole["id"]}")).IsProblem(404, "not_found");
        // Another department, above, stands on it.
        Assert.Empty((await painter.GetAsync("/v1/invoices")).Is(200).Items);
        (await painter.GetAsync($"/v1/invoices/{own["id"]}")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task Without_the_right_to_reports_and_at_other_organisations_nothing_is_seen()
    {
        var (customer, month, account) = await StageAsync();
        await month.BuyAsync(account, 100);
        await month.MonthEndAsync();
        var id = (await customer.Administrator.GetAsync("/v1/invoices")).Is(200).Items.Single()["id"];
        var without = await customer.AddAdministratorAsync(["purchases"]);
        var other = await customer.Operator.CustomerAsync();

        (await without.GetAsync("/v1/invoices")).IsProblem(403, "forbidden");
        (await without.GetAsync($"/v1/invoices/{id}")).IsProblem(403, "forbidden");
        Assert.Empty((await other.Administrator.GetAsync("/v1/invoices")).Is(200).Items);
        (await other.Administrator.GetAsync($"/v1/invoices?organisation_id={customer.Id}")).IsProblem(404, "not_found");
        (await other.Administrator.GetAsync($"/v1/invoices/{id}")).IsProblem(404, "not_found");
        (await (await NewOperatorAsync()).Staff.GetAsync($"/v1/invoices/{id}")).IsProblem(404, "not_found");
        (await customer.Administrator.GetAsync("/v1/invoices?month=2026-13")).RefusesFields("month");
        (await customer.Administrator.GetAsync("/v1/invoices?operator=nowhere")).RefusesFields("operator");
        (await customer.Administrator.GetAsync("/v1/invoices?page_token=x")).RefusesFields("page_token");
    }

    [Fact]
    public async Task Lines_that_do_not_come_to_what_was_invoiced_are_not_shown()
    {
        // A host of its own, as this one logs an error; the nights of all tests' operators, and their messages, which it has
        // no way to send, are not its business.
        await using var host = await InProcessAdmin.StartAsync(Ledger, Shared.CodeKey, null, "--MonthEnd:Runs=false");
        host.Log.Expect(5401);
        host.Log.Expect(5001);
        var (customer, month, account) = await StageAsync();
        await month.BuyAsync(account, 100);
        await month.MonthEndAsync();
        var id = (await customer.Administrator.GetAsync("/v1/invoices")).Is(200).Items.Single()["id"];
        await month.BuyAsync(account, 1);

        (await host.As(customer.Administrator.Token!).GetAsync($"/v1/invoices/{id}")).IsProblem(500, "invoice_does_not_add_up");
        var logged = host.Log.Entries.Single(entry => entry.EventId.Id == 5401);
        Assert.Contains("S 600 was invoiced as 100, and its lines come to 101", logged.Message, StringComparison.Ordinal);
    }

    private async Task<(AdminOrganisation Customer, ClosedMonth Month, Guid Account)> StageAsync()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.SetInvoicingAsync();
        var account = (await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id;
        return (customer, new ClosedMonth(customer.Operator, ClosedMonth.Ago(2)), account);
    }
}
