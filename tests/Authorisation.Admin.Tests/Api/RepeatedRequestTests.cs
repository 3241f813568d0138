using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>The answer to a repeated request is shown to those only who may do now what they did then.</summary>
public sealed class RepeatedRequestTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task The_key_of_a_removed_administrator_answers_no_more()
    {
        var customer = await NewCustomerAsync();
        var other = await customer.AddAdministratorAsync(["travellers"]);
        var (path, body, key) = Request(customer);
        (await other.PostAsync(path, body, key)).Is(201);
        (await other.PostAsync(path, body, key)).Is(201);

        (await customer.Administrator.DeleteAsync($"/v1/administrators/{await IdAsync(customer)}")).Is(204);

        (await other.PostAsync(path, body, key)).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task Nor_does_one_whose_right_or_department_was_taken()
    {
        var customer = await NewCustomerAsync();
        var department = await customer.AddDepartmentAsync("Verkstad");
        var other = await customer.AddAdministratorAsync(["travellers"], [customer.DepartmentId]);
        var (path, body, key) = Request(customer);
        (await other.PostAsync(path, body, key)).Is(201);
        var id = await IdAsync(customer);

        (await customer.Administrator.PatchAsync($"/v1/administrators/{id}", new { departments = new[] { department } })).Is(200);
        (await other.PostAsync(path, body, key)).IsProblem(409, "rights_changed");
        (await customer.Administrator.PatchAsync($"/v1/administrators/{id}", new { rights = Array.Empty<string>() })).Is(200);
        (await other.PostAsync(path, body, key)).IsProblem(403, "forbidden");

        // Once more what it was, and nothing was done twice meanwhile.
        (await customer.Administrator.PatchAsync(
            $"/v1/administrators/{id}", new { rights = new[] { "travellers" }, departments = new[] { customer.DepartmentId } })).Is(200);
        (await other.PostAsync(path, body, key)).Is(201);
        Assert.Single((await customer.Administrator.GetAsync(path)).Is(200).Items);
    }

    [Fact]
    public async Task Nor_does_one_of_removed_staff_also_where_the_answer_held_a_secret()
    {
        var on = await NewOperatorAsync();
        var email = Some.Email();
        var id = (await on.Staff.PostAsync("/v1/staff", new { email })).Is(201).Id;
        (await Host.Nobody.PostAsync("/v1" + (await Mailbox.LinkAsync(email)).AbsolutePath, new { password = Some.Password })).Is(204);
        var colleague = await Host.SignInAsync(email, Some.Password);
        var (body, key) = (new { kind = "validator", name = "Buss 17" }, Guid.NewGuid().ToString());
        (await colleague.PostAsync("/v1/clients", body, key)).Is(201);
        (await colleague.PostAsync("/v1/clients", body, key)).IsProblem(409, "shown_before");

        (await on.Staff.DeleteAsync($"/v1/staff/{id}")).Is(204);

        (await colleague.PostAsync("/v1/clients", body, key)).IsProblem(403, "forbidden");
    }

    private static (string Path, object Body, string Key) Request(AdminOrganisation customer) => (
        $"/v1/organisations/{customer.Id}/travellers",
        new { email = Some.Email("anna"), department_id = customer.DepartmentId },
        Guid.NewGuid().ToString());

    private static async Task<string> IdAsync(AdminOrganisation customer) =>
        (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/administrators")).Is(200).Items[^1]["id"]!.ToString();
}
