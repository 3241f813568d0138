using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>
/// A traveller's open credit goes along to the department that the traveller moves to, and so to another payer: that takes the
/// right that moving the credit takes, over REST and by a file, and is told in the trail as a change of the credit.
/// </summary>
public sealed class MovedTravellerTests(SharedAdmin shared) : AdminTest(shared)
{
    [Theory]
    [InlineData("travellers", 403)]
    [InlineData("travellers,credits", 200)]
    public async Task Moving_a_traveller_with_credit_takes_the_right_to_credits(string rights, int expected)
    {
        var (customer, from, to) = await StageAsync();
        var traveller = await customer.TravellerAsync(department: from);
        var credit = await customer.GiveAppAsync(traveller.Id);
        var chief = await customer.AddAdministratorAsync(rights.Split(','), [from, to]);
        var isRefused = expected == 403;

        var answer = await chief.PatchAsync($"/v1/travellers/{traveller.Id}", new { department_id = to });

        Assert.Equal(expected, answer.Status);
        if (isRefused)
        {
            Assert.Contains("takes the right 'credits'", answer["detail"], StringComparison.Ordinal);
        }

        Assert.Equal((isRefused ? from : to).ToString(), (await customer.Administrator.GetAsync($"/v1/travellers/{traveller.Id}")).Is(200)["department_id"]);
        var after = (await customer.Administrator.GetAsync($"/v1/credit-accounts/{credit.Id}")).Is(200);
        Assert.Equal((isRefused ? from : to).ToString(), after["department_id"]);
        Assert.Equal(isRefused, credit.Tag == after.Tag);
    }

    [Theory]
    [InlineData("travellers", "department 2:2")]
    [InlineData("travellers,credits", null)]
    public async Task Moving_a_traveller_with_credit_by_a_file_takes_the_same(string rights, string? places)
    {
        var (customer, from, to) = await StageAsync();
        var traveller = await customer.TravellerAsync(department: from);
        var credit = await customer.GiveAppAsync(traveller.Id);
        var chief = await customer.AddAdministratorAsync(rights.Split(','), [from, to]);

        var staged = await chief.PostCsvAsync(
            $"/v1/organisations/{customer.Id}/traveller-imports", $"email,department\n{traveller["email"]},{to}");
        if (places is null)
        {
            Assert.Equal("1", (await customer.ImportedAsync(staged.Is(202).Id))["rows_applied"]);
        }
        else
        {
            Assert.Equal(places, staged.IsProblem(422, "rows_refused").Places);
        }

        var payer = (await customer.Administrator.GetAsync($"/v1/credit-accounts/{credit.Id}")).Is(200)["department_id"];
        Assert.Equal((places is null ? to : from).ToString(), payer);
        Assert.Equal(places is null ? 1 : 0, (await ChangesOfAsync(customer, credit.Id)).Count);
    }

    [Fact]
    public async Task Each_credit_that_goes_along_has_its_line_in_the_trail_and_one_that_another_department_pays_for_stays()
    {
        var (customer, from, to) = await StageAsync();
        var traveller = await customer.TravellerAsync(department: from);
        var app = await customer.GiveAppAsync(traveller.Id);
        var card = (await customer.TryGiveCardAsync(traveller.Id, Some.CardNumber(), 10_000)).Is(201);
        var anothers = (await customer.Administrator.PostAsync(
            $"/v1/travellers/{traveller.Id}/credit-accounts",
            new { kind = "card", card_number = Some.CardNumber(), limit_minor = 10_000, department_id = customer.DepartmentId })).Is(201);

        (await customer.Administrator.PatchAsync($"/v1/travellers/{traveller.Id}", new { department_id = to })).Is(200);

        foreach (var (credit, limit) in new[] { (app.Id, "50000"), (card.Id, "10000") })
        {
            var line = Assert.Single(await ChangesOfAsync(customer, credit));
            Assert.Equal(
                (from.ToString(), to.ToString(), limit, "active", customer.AdministratorEmail),
                (line["before"]!["department_id"]!.ToString(), line["after"]!["department_id"]!.ToString(),
                    line["after"]!["limit_minor"]!.ToString(), line["after"]!["status"]!.ToString(), line["who"]!.ToString()));
        }

        Assert.Empty(await ChangesOfAsync(customer, anothers.Id));
        Assert.Equal(anothers.Tag, (await customer.Administrator.GetAsync($"/v1/credit-accounts/{anothers.Id}")).Is(200).Tag);
    }

    [Fact]
    public async Task A_traveller_whose_credit_another_department_pays_for_moves_with_the_right_to_travellers_alone()
    {
        var (customer, from, to) = await StageAsync();
        var traveller = await customer.TravellerAsync(department: from);
        var credit = (await customer.Administrator.PostAsync(
            $"/v1/travellers/{traveller.Id}/credit-accounts",
            new { kind = "app", limit_minor = 50_000, department_id = customer.DepartmentId })).Is(201);
        var chief = await customer.AddAdministratorAsync(["travellers"], [from, to]);

        (await chief.PatchAsync($"/v1/travellers/{traveller.Id}", new { department_id = to })).Is(200);

        Assert.Equal(credit.Tag, (await customer.Administrator.GetAsync($"/v1/credit-accounts/{credit.Id}")).Is(200).Tag);
    }

    [Fact]
    public async Task A_new_number_of_a_traveller_is_told_as_what_it_does_to_the_app()
    {
        var (customer, from, _) = await StageAsync();
        var traveller = await customer.TravellerAsync(department: from);
        var credit = await customer.GiveAppAsync(traveller.Id);
        var mobile = Some.SwedishMobile();

        (await customer.Administrator.PatchAsync($"/v1/travellers/{traveller.Id}", new { mobile })).Is(200);

        var line = Assert.Single(await ChangesOfAsync(customer, credit.Id));
        Assert.Equal(
            (traveller["mobile"], mobile), (line["before"]!["mobile"]!.ToString(), line["after"]!["mobile"]!.ToString()));
        Assert.Single(await LinesAsync(customer, "activation_code.sent", $"credit_account:{credit.Id}"));
    }

    [Fact]
    public async Task A_reference_that_departments_inherit_is_told_for_each_of_them()
    {
        var (customer, from, to) = await StageAsync();
        (await customer.Administrator.PatchAsync($"/v1/departments/{to}", new { billing_reference = "OWN" })).Is(200);

        (await customer.Administrator.PatchAsync($"/v1/organisations/{customer.Id}", new { billing_reference = "NEW" })).Is(200);

        var line = Assert.Single(await LinesAsync(customer, "department.changed", $"department:{from}"));
        Assert.Equal(
            ("4711", "NEW"), (line["before"]!["billing_reference"]!.ToString(), line["after"]!["billing_reference"]!.ToString()));
        Assert.Single(await LinesAsync(customer, "department.changed", $"department:{to}"));
    }

    [Fact]
    public async Task A_person_who_is_invited_by_an_approval_gets_a_message()
    {
        var customer = await NewCustomerAsync("jamtland");

        Assert.Single(await LinesAsync(customer, "administrator.invited", subject: null));
    }

    private async Task<(AdminOrganisation Customer, Guid From, Guid To)> StageAsync()
    {
        var customer = await NewCustomerAsync("jamtland");
        return (customer, await customer.AddDepartmentAsync("Verkstad"), await customer.AddDepartmentAsync("Kontor"));
    }

    private static Task<List<System.Text.Json.Nodes.JsonNode>> ChangesOfAsync(AdminOrganisation customer, Guid credit) =>
        LinesAsync(customer, "credit_account.changed", $"credit_account:{credit}");

    private static async Task<List<System.Text.Json.Nodes.JsonNode>> LinesAsync(AdminOrganisation customer, string what, string? subject) =>
        [.. (await customer.Administrator.GetAsync("/v1/audit?page_size=200")).Is(200).Items
            .Where(line => line!["what"]!.ToString() == what && (subject is null || line["subject"]!.ToString() == subject))!];
}
