using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

public sealed class AdministratorTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task The_last_administrator_of_the_whole_organisation_stays_also_when_two_remove_each_other()
    {
        var customer = await NewCustomerAsync();
        var other = await customer.AddAdministratorAsync(["administrators", "travellers", "credits", "purchases", "reports"]);
        var all = (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/administrators")).Is(200).Items
            .Select(one => one["id"]!.ToString()).ToList();

        var answers = await Task.WhenAll(
            customer.Administrator.DeleteAsync($"/v1/administrators/{all[1]}"), other.DeleteAsync($"/v1/administrators/{all[0]}"));

        // Who came second was the last one, or was not there any more.
        Assert.Equal(1, answers.Count(answer => answer.Status == 204));
        var left = answers[0].Status == 204 ? customer.Administrator : other;
        var last = answers[0].Status == 204 ? all[0] : all[1];
        (await left.DeleteAsync($"/v1/administrators/{last}")).IsProblem(409, "last_administrator");
        (await left.PatchAsync($"/v1/administrators/{last}", new { organisation_wide = false, departments = new[] { customer.DepartmentId } })).IsProblem(409, "last_administrator");
    }

    [Fact]
    public async Task An_invitation_is_accepted_once_within_seven_days()
    {
        var customer = await NewCustomerAsync();
        var email = Some.Email();
        (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/administrators", new { email, rights = new[] { "travellers" } })).Is(201);
        var token = await Mailbox.InvitationAsync(email);

        (await Host.Nobody.PostAsync($"/v1/invitations/{token}", new { password = "short" })).RefusesFields("password");
        (await Host.Nobody.PostAsync($"/v1/invitations/{token}", new { password = Some.Password })).Is(204);
        (await Host.Nobody.PostAsync($"/v1/invitations/{token}", new { password = "another password" })).IsProblem(404, "not_found");
        (await Host.Nobody.PostAsync("/v1/invitations/x", new { password = Some.Password })).IsProblem(404, "not_found");

        var late = Some.Email();
        var invited = (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/administrators", new { email = late })).Is(201);
        var lapsed = await Mailbox.InvitationAsync(late);
        await Ledger.ExecuteAsync("update control.invitation set expires_at = clock_timestamp() where administrator_id = @Id", new { invited.Id });
        (await Host.Nobody.PostAsync($"/v1/invitations/{lapsed}", new { password = Some.Password })).IsProblem(404, "not_found");
        (await customer.Administrator.PostAsync($"/v1/administrators/{invited.Id}/invitations")).Is(204);
        await customer.Operator.AcceptAsync(late, 2);
        (await customer.Administrator.PostAsync($"/v1/administrators/{invited.Id}/invitations")).IsProblem(409, "accepted_already");
    }

    [Fact]
    public async Task One_person_administers_several_organisations_with_the_password_that_the_person_has()
    {
        var one = await NewCustomerAsync();
        var two = await one.Operator.CustomerAsync();
        (await two.Administrator.PostAsync($"/v1/organisations/{two.Id}/administrators", new { email = one.AdministratorEmail, rights = Array.Empty<string>() })).Is(201);
        (await one.Administrator.GetAsync($"/v1/organisations/{two.Id}")).IsProblem(404, "not_found");
        var token = await Mailbox.InvitationAsync(one.AdministratorEmail, 2);

        // Who has the link only cannot choose a new password for a person who has one.
        (await Host.Nobody.PostAsync($"/v1/invitations/{token}", new { password = "somebody else's" })).RefusesFields("password");
        (await Host.Nobody.PostAsync($"/v1/invitations/{token}", new { password = Some.Password })).Is(204);

        (await one.Administrator.GetAsync($"/v1/organisations/{two.Id}")).Is(200);
        (await one.Administrator.GetAsync($"/v1/organisations/{one.Id}")).Is(200);
        (await two.Administrator.PostAsync($"/v1/organisations/{two.Id}/administrators", new { email = one.AdministratorEmail })).IsProblem(409, "taken");
    }

    [Fact]
    public async Task The_inviter_sees_the_name_of_the_invitation_until_it_is_accepted()
    {
        var one = await NewCustomerAsync();
        var other = await NewCustomerAsync("akt");
        var path = $"/v1/organisations/{other.Id}/administrators";

        var invited = (await other.Administrator.PostAsync(path, new { email = one.AdministratorEmail, name = "X" })).Is(201);

        var at = $"/v1/administrators/{invited.Id}";
        Assert.Equal("X", invited["name"]);
        Assert.Equal("X", (await other.Administrator.GetAsync(at)).Is(200)["name"]);
        Assert.Equal("X", (await other.Administrator.GetAsync(path)).Is(200).Items.Single(item => item["id"]!.ToString() == invited["id"])["name"]!.ToString());
        var line = (await other.Administrator.GetAsync("/v1/audit?page_size=1")).Is(200).Items.Single();
        Assert.Equal("X", line["after"]!["name"]!.ToString());

        await other.Operator.AcceptAsync(one.AdministratorEmail, 2);
        Assert.Equal("Karin Öst", (await other.Administrator.GetAsync(at)).Is(200)["name"]);
    }

    [Fact]
    public async Task A_person_has_the_name_of_the_first_invitation_that_was_accepted()
    {
        var one = await NewCustomerAsync();
        var other = await NewCustomerAsync();
        var email = Some.Email();
        (await one.Administrator.PostAsync($"/v1/organisations/{one.Id}/administrators", new { email, name = "Anna" })).Is(201);
        // Or the other one may come first.
        await Mailbox.InvitationAsync(email);
        var invited = (await other.Administrator.PostAsync($"/v1/organisations/{other.Id}/administrators", new { email })).Is(201);
        Assert.Null(invited["name"]);

        await one.Operator.AcceptAsync(email);
        Assert.Null((await other.Administrator.GetAsync($"/v1/administrators/{invited.Id}")).Is(200)["name"]);
        await other.Operator.AcceptAsync(email, 2);
        Assert.Equal("Anna", (await other.Administrator.GetAsync($"/v1/administrators/{invited.Id}")).Is(200)["name"]);
    }

    [Fact]
    public async Task Nobody_gives_rights_or_departments_that_he_does_not_have()
    {
        var customer = await NewCustomerAsync();
        var department = await customer.AddDepartmentAsync("Verkstad");
        var chief = await customer.AddAdministratorAsync(["administrators", "travellers"], [department]);
        var path = $"/v1/organisations/{customer.Id}/administrators";

        (await chief.PostAsync(path, new { email = Some.Email(), rights = new[] { "credits" }, departments = new[] { department } })).IsProblem(403, "forbidden");
        (await chief.PostAsync(path, new { email = Some.Email(), rights = new[] { "travellers" } })).IsProblem(403, "forbidden");
        (await chief.PostAsync(path, new { email = Some.Email(), rights = new[] { "travellers" }, departments = new[] { customer.DepartmentId } })).RefusesFields("departments");
        (await chief.PostAsync(path, new { email = Some.Email(), rights = new[] { "travellers" }, departments = new[] { department } })).Is(201);
        Assert.All((await chief.GetAsync(path)).Is(200).Items, one => Assert.False((bool)one["organisation_wide"]!));
        (await customer.Administrator.PostAsync(path, new { email = "x", rights = new[] { "gold" }, organisation_wide = false })).RefusesFields("email", "rights", "departments");
    }

    [Fact]
    public async Task A_right_that_was_taken_is_gone_at_once()
    {
        var customer = await NewCustomerAsync();
        var other = await customer.AddAdministratorAsync(["travellers"]);
        var id = (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/administrators")).Is(200).Items[1]["id"]!.ToString();
        (await other.PostAsync($"/v1/organisations/{customer.Id}/travellers", new { email = Some.Email(), department_id = customer.DepartmentId })).Is(201);

        (await customer.Administrator.PatchAsync($"/v1/administrators/{id}", new { rights = Array.Empty<string>() })).Is(200);
        (await other.PostAsync($"/v1/organisations/{customer.Id}/travellers", new { email = Some.Email(), department_id = customer.DepartmentId })).IsProblem(403, "forbidden");
        (await customer.Administrator.DeleteAsync($"/v1/administrators/{id}")).Is(204);
        (await other.GetAsync($"/v1/organisations/{customer.Id}")).IsProblem(404, "not_found");
    }
}
