using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>Parameters that a call does not have, and what programs can tell of a field that is wrong.</summary>
public sealed class QueryTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task A_parameter_that_the_call_does_not_have_is_refused_and_those_that_it_has_are_named()
    {
        var customer = await NewCustomerAsync();
        await customer.TravellerAsync();
        var path = $"/v1/organisations/{customer.Id}/travellers";

        var refused = (await customer.Administrator.GetAsync(path + "?email=x&page_size=5&Q=a")).RefusesFields("email", "Q");

        var error = refused.Body["errors"]![0]!;
        Assert.Equal(("email", "unknown"), (error["field"]!.ToString(), error["code"]!.ToString()));
        Assert.Equal("is not a parameter of this call, which takes page_size, page_token, q, department_id", error["message"]!.ToString());
        Assert.Single((await customer.Administrator.GetAsync(path + "?page_size=5&q=")).Is(200).Items);
        (await customer.Administrator.GetAsync(path + "?page_size=5&page_size=6")).RefusesFields("page_size");
    }

    [Fact]
    public async Task It_is_told_beside_the_fields_that_are_wrong_and_after_what_the_caller_may_not_do()
    {
        var customer = await NewCustomerAsync();
        var other = await NewCustomerAsync();

        (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/travellers?page_size=0&email=x")).RefusesFields("page_size", "email");
        (await customer.Administrator.GetAsync($"/v1/organisations/{other.Id}/travellers?email=x")).IsProblem(404, "not_found");
        (await Host.Nobody.GetAsync($"/v1/organisations/{customer.Id}/travellers?email=x")).IsProblem(401, "no_session");
        (await Host.Nobody.PostAsync("/v1/sessions?remember=1", new { email = "a@example.com", password = "x" })).RefusesFields("remember");
    }

    [Fact]
    public async Task A_change_with_such_a_parameter_is_not_made()
    {
        var customer = await NewCustomerAsync();
        var traveller = await customer.TravellerAsync();

        (await customer.Administrator.PatchAsync($"/v1/travellers/{traveller.Id}?dry_run=true", new { name = "Bo" })).RefusesFields("dry_run");
        (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/travellers?dry_run=true", new { email = Some.Email() })).RefusesFields("dry_run");

        Assert.Equal("Anna Berg", (await customer.Administrator.GetAsync($"/v1/travellers/{traveller.Id}")).Is(200)["name"]);
        Assert.Single((await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/travellers")).Is(200).Items);
    }

    [Fact]
    public async Task A_field_that_is_wrong_has_a_code_and_its_bounds()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var traveller = await customer.TravellerAsync();
        var path = $"/v1/organisations/{customer.Id}/travellers";

        var wrong = (await customer.Administrator.PostAsync(path, new { name = new string('a', 201), mobile = "12" })).RefusesFields("email", "mobile", "name");
        Assert.Equal(
            ["email required", "mobile malformed", "name too_long 120"],
            wrong.Body["errors"]!.AsArray().Select(one => $"{one!["field"]} {one["code"]} {one["max"]}".TrimEnd()).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        var limit = (await customer.TryGiveAppAsync(traveller.Id, 1)).RefusesFields("limit_minor").Body["errors"]![0]!;
        Assert.Equal(("out_of_range", "100", "1500000"), (limit["code"]!.ToString(), limit["min"]!.ToString(), limit["max"]!.ToString()));
        var format = (await customer.Administrator.GetAsync($"/v1/reports/spending?organisation_id={customer.Id}&format=xls")).RefusesFields("format").Body["errors"]![0]!;
        Assert.Equal(("not_one_of", """["json","csv"]"""), (format["code"]!.ToString(), format["allowed"]!.ToJsonString()));
    }

    [Fact]
    public async Task An_email_address_is_enough_for_a_traveller()
    {
        var customer = await NewCustomerAsync();
        var department = await customer.AddDepartmentAsync("Verkstad");
        var chief = await customer.AddAdministratorAsync(["travellers"], [department]);
        var path = $"/v1/organisations/{customer.Id}/travellers";

        Assert.Equal(customer.DepartmentId.ToString(), (await customer.Administrator.PostAsync(path, new { email = Some.Email() })).Is(201)["department_id"]);
        Assert.Equal(department.ToString(), (await chief.PostAsync(path, new { email = Some.Email() })).Is(201)["department_id"]);
        (await chief.PostAsync(path, new { email = Some.Email(), department_id = (Guid?)null })).RefusesFields("department_id");
    }
}
