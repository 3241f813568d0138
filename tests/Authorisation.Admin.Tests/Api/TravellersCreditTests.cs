using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>The right to travellers does not reach their open credit.</summary>
public sealed class TravellersCreditTests(SharedAdmin shared) : AdminTest(shared)
{
    [Theory]
    [InlineData(true, "travellers", "'credits'")]
    [InlineData(false, "travellers", "'credits'")]
    [InlineData(false, "travellers,credits", "a department pays for which you do not administer")]
    public async Task A_caller_that_may_not_send_a_code_neither_moves_an_app_nor_removes_credit_with_its_traveller(
        bool isOwnCredit, string rights, string missing)
    {
        var customer = await NewCustomerAsync("jamtland");
        var department = await customer.AddDepartmentAsync("Verkstad");
        var traveller = await customer.TravellerAsync(department: department);
        var credit = (await customer.Administrator.PostAsync(
            $"/v1/travellers/{traveller.Id}/credit-accounts",
            new { kind = "app", limit_minor = 50_000, department_id = isOwnCredit ? department : customer.DepartmentId })).Is(201);
        var chief = await customer.AddAdministratorAsync(rights.Split(','), [department]);
        var (path, imports) = ($"/v1/travellers/{traveller.Id}", $"/v1/organisations/{customer.Id}/traveller-imports");
        var mobile = Some.SwedishMobile();

        var refused = (await chief.PatchAsync(path, new { mobile })).IsProblem(403, "forbidden");

        Assert.Contains(missing, refused["detail"], StringComparison.Ordinal);
        // The login here is the e-mail address, and a code is out.
        (await chief.PatchAsync(path, new { email = Some.Email() })).IsProblem(403, "forbidden");
        (await chief.DeleteAsync(path)).IsProblem(403, "forbidden");
        Assert.Equal("mobile 2:2", (await chief.PostCsvAsync(imports, $"email,mobile\n{traveller["email"]},{mobile}")).IsProblem(422, "rows_refused").Places);
        Assert.Equal("limit 2:2", (await chief.PostCsvAsync(imports, $"email,limit\n{traveller["email"]},600")).IsProblem(422, "rows_refused").Places);
        Assert.Equal(credit.Tag, (await customer.Administrator.GetAsync($"/v1/credit-accounts/{credit.Id}")).Is(200).Tag);
        (await chief.PatchAsync(path, new { name = "Anna Ek" })).Is(200);
        Assert.Empty(Mailbox.To(mobile));
    }

    [Fact]
    public async Task With_the_right_to_the_credit_both_are_done()
    {
        var customer = await NewCustomerAsync("jamtland");
        var department = await customer.AddDepartmentAsync("Verkstad");
        var traveller = await customer.TravellerAsync(department: department);
        var credit = await customer.GiveAppAsync(traveller.Id);
        var chief = await customer.AddAdministratorAsync(["travellers", "credits"], [department]);
        var mobile = Some.SwedishMobile();

        (await chief.PatchAsync($"/v1/travellers/{traveller.Id}", new { mobile })).Is(200);
        await Mailbox.CodeAsync(mobile);
        (await chief.DeleteAsync($"/v1/travellers/{traveller.Id}")).Is(204);

        (await customer.Administrator.GetAsync($"/v1/credit-accounts/{credit.Id}")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task Without_open_credit_the_right_to_travellers_is_enough()
    {
        var customer = await NewCustomerAsync("jamtland");
        var traveller = await customer.TravellerAsync();
        var chief = await customer.AddAdministratorAsync(["travellers"]);

        (await chief.PatchAsync($"/v1/travellers/{traveller.Id}", new { mobile = Some.SwedishMobile(), email = Some.Email() })).Is(200);
        (await chief.DeleteAsync($"/v1/travellers/{traveller.Id}")).Is(204);
    }
}
