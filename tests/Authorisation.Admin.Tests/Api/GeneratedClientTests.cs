using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>
/// A client that is generated from the API's description does what it is told, and sends nothing that it is not told.
/// </summary>
public sealed class GeneratedClientTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task A_generated_client_makes_changes_and_reads_and_clears_nothing_that_it_was_not_told_to()
    {
        var customer = await NewCustomerAsync();
        using var client = await GeneratedClient.CreateAsync(Host, customer.Administrator.Token!);
        var mobile = Some.SwedishMobile();

        // With a name alone the organisation keeps its reference and all else.
        var before = (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}")).Is(200);
        dynamic renamed = await client.CallAsync(
            "Change_organisationAsync", ("id", customer.Id), ("body", client.New("OrganisationChange", ("Name", "Vätterns Nya AB"))));
        Assert.Equal(("Vätterns Nya AB", "4711"), ((string)renamed.Name, (string)renamed.Billing_reference));
        var after = (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}")).Is(200);
        Assert.Equal(
            before.Text.Replace("Vätterns Teknik AB", "Vätterns Nya AB", StringComparison.Ordinal), after.Text);

        dynamic department = await client.CallAsync(
            "Add_departmentAsync", ("id", customer.Id),
            ("body", client.New("NewDepartment", ("Name", "Verkstaden"), ("Billing_reference", "V-12"), ("Cost_centre", "310"))));
        await client.CallAsync(
            "Change_departmentAsync", ("id", (Guid)department.Id), ("body", client.New("DepartmentChange", ("Name", "Smedjan"))));
        dynamic forge = await client.CallAsync("Get_departmentAsync", ("id", (Guid)department.Id));
        Assert.Equal(
            ("Smedjan", "V-12", "310", false),
            ((string)forge.Name, (string)forge.Billing_reference, (string)forge.Cost_centre, (bool)forge.Inherits_billing));

        dynamic traveller = await client.CallAsync(
            "Add_travellerAsync", ("id", customer.Id),
            ("body", client.New(
                "NewTraveller", ("Email", Some.Email("anna")), ("Mobile", mobile), ("Department_id", (Guid)department.Id), ("Shared", true))));
        Guid id = traveller.Id;
        await client.CallAsync("Change_travellerAsync", ("id", id), ("body", client.New("TravellerChange", ("Name", "Anna Berg"))));
        dynamic read = await client.CallAsync("Get_travellerAsync", ("id", id));
        Assert.Equal(
            ("Anna Berg", mobile, (Guid)department.Id, true, (string)traveller.Email),
            ((string)read.Name, (string)read.Mobile, (Guid)read.Department_id, (bool)read.Shared, (string)read.Email));

        dynamic credit = await client.CallAsync(
            "Grant_creditAsync", ("id", (await customer.TravellerAsync()).Id), ("body", client.New("AccountBody", ("Kind", "App"), ("Limit_minor", 50_000L))));
        dynamic blocked = await client.CallAsync(
            "Change_credit_accountAsync", ("id", (Guid)credit.Id), ("body", client.New("AccountChange", ("Status", "Blocked"))));
        Assert.Equal((50_000L, "Blocked"), ((long)blocked.Limit_minor, (string)blocked.Status.ToString()));
        dynamic travellers = await client.CallAsync("List_travellersAsync", ("id", customer.Id), ("page_size", 2));
        Assert.Equal((2, null), ((int)travellers.Items.Count, (string?)travellers.Next_page_token));
    }
}
