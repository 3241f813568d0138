using Authorisation.Admin.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Dapper;
using Xunit;

namespace Authorisation.Admin.Tests.Subscriptions;

/// <summary>Whose a subscription is, who may touch that person, and what the payroll knows of the person, also afterwards.</summary>
[Trait("Tier", "Slow")]
public sealed class SubscriberTests(SharedLedger shared) : IClassFixture<SharedLedger>
{
    [Fact]
    public async Task A_telephone_number_tells_an_administrator_nothing_of_travellers_of_other_departments()
    {
        await using var scene = await BeginAsync();
        var mobile = Some.NorwegianMobile();
        var traveller = await scene.Customer.TravellerAsync(mobile);
        (await scene.Administrator.PatchAsync($"/v1/travellers/{traveller.Id}", new { employee_number = "1042" })).Is(200);
        var department = await scene.Customer.AddDepartmentAsync("Kontor");
        var elsewhere = await scene.Customer.AddAdministratorAsync(["purchases", "travellers"], [department]);

        var added = (await AddAsync(scene, elsewhere, department, "zone-1", mobile, number: null)).Is(201);
        Assert.NotEqual(traveller.Id, Guid.Parse(added["traveller_id"]!));
        Assert.Null(added["employee_number"]);

        var seen = (await scene.AddAsync("zone-2", mobile)).Is(201);
        Assert.Equal((traveller.Id.ToString(), "1042"), (seen["traveller_id"], seen["employee_number"]));
    }

    [Fact]
    public async Task A_missing_employee_number_is_given_to_a_traveller_by_those_alone_who_may_change_travellers()
    {
        await using var scene = await BeginAsync();
        var mobile = Some.NorwegianMobile();
        var traveller = await scene.Customer.TravellerAsync(mobile);
        var department = await scene.Customer.AddDepartmentAsync("Kontor");
        var elsewhere = await scene.Customer.AddAdministratorAsync(["purchases", "travellers"], [department]);
        var buyer = await scene.Customer.AddAdministratorAsync(["purchases"], [scene.Customer.DepartmentId]);

        (await AddAsync(scene, elsewhere, department, "zone-1", mobile, "9")).Is(201);
        (await AddAsync(scene, buyer, scene.Customer.DepartmentId, "zone-2", mobile, "9")).RefusesFields("employee_number");
        var before = (await scene.Administrator.GetAsync($"/v1/travellers/{traveller.Id}")).Is(200);
        Assert.Null(before["employee_number"]);
        Assert.Equal(["traveller.added"], await TrailAsync(scene, traveller.Id));

        (await scene.AddAsync("zone-2", mobile, "77")).Is(201);

        Assert.Equal("77", (await scene.Administrator.GetAsync($"/v1/travellers/{traveller.Id}")).Is(200)["employee_number"]);
        Assert.Equal(2, await scene.Ledger.AskAsync<long>("select revision from traveller where id = @Id", new { traveller.Id }));
        Assert.Equal(["traveller.changed", "traveller.added"], await TrailAsync(scene, traveller.Id));
    }

    [Fact]
    public async Task A_subscription_that_is_added_while_its_traveller_is_removed_is_not_that_travellers()
    {
        await using var scene = await BeginAsync();
        var mobile = Some.NorwegianMobile();
        var traveller = await scene.Customer.TravellerAsync(mobile);
        await using var removal = await scene.Ledger.OpenSessionAsync();
        await using var transaction = await removal.BeginTransactionAsync();
        await removal.ExecuteAsync("update traveller set removed_at = ledger_now() where id = @Id", new { traveller.Id }, transaction);

        var adding = scene.AddAsync("zone-1", mobile);
        await Eventually.TrueAsync(
            async () => adding.IsCompleted || await scene.Ledger.AskAsync<bool>(
                """
                select exists (
                  select from pg_locks l join pg_stat_activity a on a.pid = l.pid
                  where not l.granted and a.datname = current_database())
                """),
            Eventually.ProcessBound, "the order waits for the removal, or is done");
        await transaction.CommitAsync();

        Assert.NotEqual(traveller.Id, Guid.Parse((await adding).Is(201)["traveller_id"]!));
    }

    [Fact]
    public async Task The_employee_number_of_who_is_in_no_list_can_be_set_for_the_payroll_and_nothing_else()
    {
        await using var scene = await BeginAsync();
        var (payroll, path) = await ChargedWithoutNumberAsync(scene);
        (await scene.Administrator.GetAsync(payroll)).IsProblem(409, "employee_number_missing");
        var reader = await scene.Customer.AddAdministratorAsync(["purchases", "reports"], [scene.Customer.DepartmentId]);

        (await reader.PatchAsync(path, new { employee_number = "55" })).IsProblem(403, "forbidden");
        (await scene.Administrator.PatchAsync(path, new { name = "Ola", employee_number = "55" })).IsProblem(404, "not_found");
        (await scene.Administrator.PatchAsync(path, new { employee_number = (string?)null })).RefusesFields("employee_number");
        Assert.Equal("55", (await scene.Administrator.PatchAsync(path, new { employee_number = "55" })).Is(200)["employee_number"]);

        Assert.Contains("anstid=\"55\"", (await scene.Administrator.GetAsync(payroll)).Is(200).Text, StringComparison.Ordinal);
        Assert.Equal(["traveller.changed"], await TrailAsync(scene, Guid.Parse(path.Split('/')[^1])));
    }

    [Fact]
    public async Task The_payroll_keeps_name_and_number_of_an_erased_person_as_long_as_invoices_keep_the_name()
    {
        await using var scene = await BeginAsync();
        var (payroll, path) = await ChargedWithoutNumberAsync(scene);
        var id = Guid.Parse(path.Split('/')[^1]);
        (await scene.Administrator.PatchAsync(path, new { employee_number = "55" })).Is(200);

        await scene.Ledger.ExecuteAsync("select control.erase_tickets(@id); select control.erase_traveller(@id, 7)", new { id });

        Assert.Equal("|", await scene.Ledger.AskAsync<string>(
            "select name || '|' || coalesce(employee_number, '') from traveller where id = @id", new { id }));
        var row = await PayrollRowAsync(scene);
        Assert.Equal(("Kari Nordmann", "55"), (row["traveller"]!.ToString(), row["employee_number"]!.ToString()));
        Assert.Contains("anstid=\"55\"", (await scene.Administrator.GetAsync(payroll)).Is(200).Text, StringComparison.Ordinal);
        (await scene.Administrator.PatchAsync(path, new { employee_number = "56" })).IsProblem(404, "not_found");

        // As erase_name does once the accounts are not kept any more.
        await scene.Ledger.ExecuteAsync("update billing_snapshot set traveller_name = '–' where traveller_id = @id", new { id });

        row = await PayrollRowAsync(scene);
        Assert.Equal(("–", null), (row["traveller"]!.ToString(), row["employee_number"]?.ToString()));
        Assert.Equal(0, await scene.Ledger.AskAsync<long>("select count(employee_number) from billing.payroll_deduction"));
    }

    private static async Task<string[]> TrailAsync(SubscriptionScene scene, Guid traveller) =>
        [.. (await scene.Administrator.GetAsync($"/v1/audit?subject=traveller:{traveller}")).Is(200).Items.Select(line => line["what"]!.ToString())];

    private static async Task<System.Text.Json.Nodes.JsonObject> PayrollRowAsync(SubscriptionScene scene) =>
        Assert.Single((await scene.Administrator.GetAsync($"{scene.Path}/payroll-deductions?month=2026-09")).Is(200).Items);

    private static Task<ApiAnswer> AddAsync(
        SubscriptionScene scene, ApiCaller caller, Guid department, string product, string mobile, string? number) =>
        caller.PostAsync($"{scene.Path}/subscriptions", new
        {
            department_id = department,
            mobile,
            product,
            first_name = "Kari",
            last_name = "Nordmann",
            employee_number = number,
        });

    // A month that was charged for somebody without an employee's number: the payroll's file, and the person.
    private static async Task<(string Payroll, string Person)> ChargedWithoutNumberAsync(SubscriptionScene scene)
    {
        var traveller = (await scene.AddAsync("zone-1")).Is(201)["traveller_id"];
        await scene.SetClockAsync("2026-09-01T00:00:00+02:00");
        await scene.BeginMonthsAsync();
        return ($"{scene.Path}/payroll-deductions?month=2026-09&format=paxml&pay_type=7550", $"/v1/travellers/{traveller}");
    }

    private async Task<SubscriptionScene> BeginAsync()
    {
        var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.AddProductAsync("zone-1", 79_000);
        await scene.AddProductAsync("zone-2", 99_000);
        await scene.SetAsync(employerPercent: 50);
        return scene;
    }
}
