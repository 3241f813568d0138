using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

public sealed class DepartmentTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task Billing_details_are_inherited_until_a_department_has_its_own()
    {
        var customer = await NewCustomerAsync();
        var middle = await customer.AddDepartmentAsync("Mellan");
        var low = await customer.AddDepartmentAsync("Under", middle);
        Assert.Equal("4711", await ReferenceAsync(customer, low));

        (await customer.Administrator.PatchAsync($"/v1/departments/{middle}", new { billing_reference = "KST 9" })).Is(200);
        Assert.Equal(("KST 9", "KST 9"), (await ReferenceAsync(customer, middle), await ReferenceAsync(customer, low)));

        (await customer.Administrator.PatchAsync($"/v1/departments/{middle}", new { inherits_billing = true })).Is(200);
        (await customer.Administrator.PatchAsync($"/v1/organisations/{customer.Id}", new { billing_reference = "NY" })).Is(200);
        Assert.Equal(("NY", "NY"), (await ReferenceAsync(customer, middle), await ReferenceAsync(customer, low)));
    }

    [Fact]
    public async Task What_is_bought_after_an_edit_has_a_new_billing_snapshot_and_the_old_one_stays_as_they_were()
    {
        var customer = await NewCustomerAsync();
        var traveller = await customer.TravellerAsync();
        var account = await customer.GiveAppAsync(traveller.Id);
        var before = await BillingSnapshotAsync(account.Id);

        (await customer.Administrator.PatchAsync($"/v1/departments/{customer.DepartmentId}", new { name = "Ny", billing_reference = "REF 2" })).Is(200);
        var after = await BillingSnapshotAsync(account.Id);
        (await customer.Administrator.PatchAsync($"/v1/travellers/{traveller.Id}", new { name = "Anna Gift" })).Is(200);
        var renamed = await BillingSnapshotAsync(account.Id);

        Assert.Equal(("4711", "Ny", "REF 2", "Anna Gift"), (await TextAsync(before, "billing_reference"), await TextAsync(after, "department_name"), await TextAsync(after, "billing_reference"), await TextAsync(renamed, "traveller_name")));
        Assert.Equal(("Vätterns Teknik AB", "Anna Berg"), (await TextAsync(before, "department_name"), await TextAsync(before, "traveller_name")));
        Assert.Equal(3, new[] { before, after, renamed }.Distinct().Count());
    }

    [Fact]
    public async Task A_cost_centre_is_inherited_with_the_billing_details_and_kept_by_what_was_bought_before()
    {
        var customer = await NewCustomerAsync();
        var middle = await customer.AddDepartmentAsync("Mellan");
        var low = await customer.AddDepartmentAsync("Under", middle);
        var account = await customer.GiveAppAsync((await customer.TravellerAsync(department: low)).Id);
        var before = await BillingSnapshotAsync(account.Id);

        var changed = (await customer.Administrator.PatchAsync($"/v1/departments/{middle}", new { billing_reference = "KST 9", cost_centre = " 3120 " })).Is(200);
        var own = (await customer.Administrator.GetAsync($"/v1/departments/{low}")).Is(200);
        var after = await BillingSnapshotAsync(account.Id);
        Assert.Equal(("3120", "3120", "KST 9"), (changed["cost_centre"], own["cost_centre"], own["billing_reference"]));
        Assert.Equal((null, "3120"), (await TextAsync(before, "cost_centre"), await TextAsync(after, "cost_centre")));

        // Also a centre alone reaches those below; and taken away, it is taken away there.
        (await customer.Administrator.PatchAsync($"/v1/departments/{middle}", new { cost_centre = "3130" })).Is(200);
        Assert.Equal("3130", await TextAsync(await BillingSnapshotAsync(account.Id), "cost_centre"));
        (await customer.Administrator.PatchAsync($"/v1/departments/{middle}", new { inherits_billing = true })).Is(200);
        Assert.Null(await TextAsync(await BillingSnapshotAsync(account.Id), "cost_centre"));
        Assert.Null((await customer.Administrator.GetAsync($"/v1/departments/{low}")).Is(200)["cost_centre"]);
        (await customer.Administrator.PatchAsync($"/v1/departments/{low}", new { cost_centre = "1" })).RefusesFields("inherits_billing");
        (await customer.Administrator.PatchAsync($"/v1/departments/{low}", new { billing_reference = "X", cost_centre = new string('1', 61) })).RefusesFields("cost_centre");
    }

    [Fact]
    public async Task A_department_cannot_be_moved_below_itself_and_is_closed_only_when_it_is_empty()
    {
        var customer = await NewCustomerAsync();
        var upper = await customer.AddDepartmentAsync("Över");
        var lower = await customer.AddDepartmentAsync("Under", upper);
        var other = await customer.AddDepartmentAsync("Annan");

        (await customer.Administrator.PatchAsync($"/v1/departments/{upper}", new { parent_id = lower })).RefusesFields("parent_id");
        (await customer.Administrator.PatchAsync($"/v1/departments/{upper}", new { parent_id = upper })).RefusesFields("parent_id");
        (await customer.Administrator.PatchAsync($"/v1/departments/{upper}", new { parent_id = Guid.NewGuid() })).RefusesFields("parent_id");
        (await customer.Administrator.DeleteAsync($"/v1/departments/{upper}")).IsProblem(409, "not_empty");
        (await customer.Administrator.DeleteAsync($"/v1/departments/{customer.DepartmentId}")).IsProblem(409, "first_department");

        Assert.Equal(other.ToString(), (await customer.Administrator.PatchAsync($"/v1/departments/{lower}", new { parent_id = other })).Is(200)["parent_id"]);
        (await customer.Administrator.DeleteAsync($"/v1/departments/{upper}")).Is(204);
        (await customer.Administrator.PatchAsync($"/v1/departments/{lower}", new { parent_id = upper })).RefusesFields("parent_id");
        Assert.Equal(3, (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/departments")).Is(200).Items.Count);
    }

    [Fact]
    public async Task Two_moves_at_once_make_no_circle()
    {
        var customer = await NewCustomerAsync();
        var one = await customer.AddDepartmentAsync("En");
        var two = await customer.AddDepartmentAsync("Två");

        var answers = await Task.WhenAll(
            customer.Administrator.PatchAsync($"/v1/departments/{one}", new { parent_id = two }),
            customer.Administrator.PatchAsync($"/v1/departments/{two}", new { parent_id = one }));

        Assert.Equal([200, 400], answers.Select(answer => answer.Status).Order());
    }

    [Fact]
    public async Task Bad_input_is_told_by_field()
    {
        var customer = await NewCustomerAsync();
        (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/departments", new { parent_id = Guid.NewGuid() })).RefusesFields("name", "parent_id");
        (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/departments", new { name = "X", inherits_billing = false })).RefusesFields("billing_reference");
        (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/departments", new { name = "X", inherits_billing = true, billing_reference = "Y" })).RefusesFields("inherits_billing");
        (await customer.Administrator.GetAsync("/v1/departments/not-an-id")).IsProblem(404, "not_found");
    }

    private static async Task<string?> ReferenceAsync(AdminOrganisation customer, Guid id) =>
        (await customer.Administrator.GetAsync($"/v1/departments/{id}")).Is(200)["billing_reference"];

    private Task<long> BillingSnapshotAsync(Guid account) =>
        Ledger.AskAsync<long>("select billing_snapshot_in_force(billing_snapshot_id) from credit_account where id = @account", new { account });

    private Task<string?> TextAsync(long billingSnapshot, string column) =>
        Ledger.AskAsync<string?>($"select {column} from billing_snapshot where id = @billingSnapshot", new { billingSnapshot });
}
