using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>Travellers sign in and see what is their own.</summary>
public sealed class TravellerAccessTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task A_traveller_is_invited_once_within_seven_days_and_signs_in_as_everybody_does()
    {
        var customer = await NewCustomerAsync();
        var traveller = await customer.TravellerAsync();
        Assert.Equal("none", traveller["sign_in"]);
        (await customer.Administrator.PostAsync($"/v1/travellers/{traveller.Id}/invitations")).Is(204);
        Assert.Equal("invited", (await customer.Administrator.GetAsync($"/v1/travellers/{traveller.Id}")).Is(200)["sign_in"]);
        var first = await Mailbox.InvitationAsync(traveller["email"]!);
        (await customer.Administrator.PostAsync($"/v1/travellers/{traveller.Id}/invitations")).Is(204);
        var second = await Mailbox.InvitationAsync(traveller["email"]!, 2);

        (await Host.Nobody.PostAsync($"/v1/invitations/{first}", new { password = Some.Password })).IsProblem(404, "not_found");
        (await Host.Nobody.PostAsync($"/v1/invitations/{second}", new { password = "Anna Berg 2026!" })).RefusesFields("password");
        (await Host.Nobody.PostAsync($"/v1/invitations/{second}", new { password = Some.Password })).Is(204);
        (await Host.Nobody.PostAsync($"/v1/invitations/{second}", new { password = Some.Password })).IsProblem(404, "not_found");
        (await customer.Administrator.PostAsync($"/v1/travellers/{traveller.Id}/invitations")).IsProblem(409, "accepted_already");
        Assert.Equal("active", (await customer.Administrator.GetAsync($"/v1/travellers/{traveller.Id}")).Is(200)["sign_in"]);

        var me = (await (await Host.SignInAsync(traveller["email"]!, Some.Password)).GetAsync("/v1/me")).Is(200);
        var at = Assert.Single(me.Body["traveller_at"]!.AsArray())!;
        Assert.Equal((traveller["id"], "Vätterns Teknik AB"), (at["traveller_id"]!.ToString(), at["organisation"]!.ToString()));
        Assert.Empty(me.Body["administrator_at"]!.AsArray());
        Assert.Equal("Anna Berg", me["name"]);
        var actions = (await customer.Administrator.GetAsync($"/v1/audit?subject=traveller:{traveller.Id}")).Is(200).Items
            .Select(line => line["what"]!.ToString());
        Assert.Equal(["traveller.accepted", "traveller.invited_again", "traveller.invited", "traveller.added"], actions, StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_page_of_the_link_says_what_a_traveller_is_invited_to()
    {
        var customer = await NewCustomerAsync();
        var traveller = await customer.TravellerAsync();
        (await customer.Administrator.PostAsync($"/v1/travellers/{traveller.Id}/invitations")).Is(204);
        var link = await Mailbox.LinkAsync(traveller["email"]!);

        var page = (await Host.Nobody.GetAsync(link.AbsolutePath)).Is(200).Text;

        Assert.Contains("din kredit och dina köp", page, StringComparison.Ordinal);
        Assert.DoesNotContain("administrera", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_traveller_sees_credit_and_purchases_of_their_own_and_nothing_of_anybody_else()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.SetInvoicingAsync();
        var (anna, bo) = (await customer.TravellerAsync(), await customer.TravellerAsync());
        var (annas, bos) = (await customer.GiveAppAsync(anna.Id), await customer.GiveAppAsync(bo.Id));
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(1));
        var (bought, other) = (await month.BuyAsync(annas.Id, 100), await month.BuyAsync(bos.Id, 200));
        var caller = await customer.SignInTravellerAsync(anna);
        var when = ClosedMonth.Ago(1);

        Assert.Equal(annas["id"], (await caller.GetAsync($"/v1/travellers/{anna.Id}/credit-accounts")).Is(200).Items.Single()["id"]!.ToString());
        foreach (var list in new[] { $"travellers/{anna.Id}", $"credit-accounts/{annas.Id}" })
        {
            var item = (await caller.GetAsync($"/v1/{list}/authorisations?month={when}")).Is(200).Items.Single();
            Assert.Equal(bought.ToString(), item["authorisation_id"]!.ToString());
        }

        Assert.Equal("100", (await caller.GetAsync($"/v1/authorisations/{bought}")).Is(200)["amount_minor"]);
        foreach (var path in new[]
        {
            $"travellers/{bo.Id}", $"travellers/{bo.Id}/credit-accounts", $"travellers/{bo.Id}/authorisations",
            $"credit-accounts/{bos.Id}", $"credit-accounts/{bos.Id}/authorisations", $"authorisations/{other}",
            $"departments/{customer.DepartmentId}", $"organisations/{customer.Id}", $"organisations/{customer.Id}/travellers",
        })
        {
            (await caller.GetAsync("/v1/" + path)).IsProblem(404, "not_found");
        }
    }

    [Fact]
    public async Task An_administrator_who_travels_changes_nothing_of_their_own_in_a_department_of_others()
    {
        var customer = await NewCustomerAsync();
        var workshop = await customer.AddDepartmentAsync("Verkstad");
        var email = Some.Email("chef");
        var chief = await customer.AddAdministratorAsync(["travellers", "credits", "purchases"], [workshop], email);
        var traveller = await customer.TravellerAsync(email: email);
        var account = await customer.GiveAppAsync(traveller.Id);
        (await chief.GetAsync($"/v1/credit-accounts/{account.Id}")).IsProblem(404, "not_found");
        (await customer.Administrator.PostAsync($"/v1/travellers/{traveller.Id}/invitations")).Is(204);
        var token = await Mailbox.InvitationAsync(email, 2);
        (await Host.Nobody.PostAsync($"/v1/invitations/{token}", new { password = Some.Password })).Is(204);

        (await chief.GetAsync($"/v1/credit-accounts/{account.Id}")).Is(200);
        (await chief.PatchAsync($"/v1/credit-accounts/{account.Id}", new { limit_minor = 400_000 })).IsProblem(403, "forbidden");
        (await chief.DeleteAsync($"/v1/credit-accounts/{account.Id}")).IsProblem(403, "forbidden");
        (await chief.PostAsync($"/v1/credit-accounts/{account.Id}/activation-codes")).IsProblem(403, "forbidden");
        (await chief.PatchAsync($"/v1/travellers/{traveller.Id}", new { name = "Chefen" })).IsProblem(403, "forbidden");
        (await chief.PostAsync($"/v1/travellers/{traveller.Id}/credit-accounts", new { kind = "app", limit_minor = 100 })).IsProblem(403, "forbidden");
        (await chief.DeleteAsync($"/v1/travellers/{traveller.Id}")).IsProblem(403, "forbidden");
        var me = (await chief.GetAsync("/v1/me")).Is(200);
        Assert.Single(me.Body["administrator_at"]!.AsArray());
        Assert.Single(me.Body["traveller_at"]!.AsArray());
    }

    [Fact]
    public async Task A_removed_traveller_and_one_with_another_address_see_nothing_at_once()
    {
        var customer = await NewCustomerAsync();
        var (removed, readdressed, shared) = (
            await customer.TravellerAsync(), await customer.TravellerAsync(), await customer.TravellerAsync());
        var callers = new Dictionary<Guid, ApiCaller>();
        foreach (var one in new[] { removed, readdressed, shared })
        {
            callers[one.Id] = await customer.SignInTravellerAsync(one);
            (await callers[one.Id].GetAsync($"/v1/travellers/{one.Id}")).Is(200);
        }

        (await customer.Administrator.DeleteAsync($"/v1/travellers/{removed.Id}")).Is(204);
        var changed = (await customer.Administrator.PatchAsync($"/v1/travellers/{readdressed.Id}", new { email = Some.Email() })).Is(200);
        (await customer.Administrator.PatchAsync($"/v1/travellers/{shared.Id}", new { shared = true })).Is(200);

        Assert.Equal("none", changed["sign_in"]);
        foreach (var (id, caller) in callers)
        {
            (await caller.GetAsync($"/v1/travellers/{id}")).IsProblem(404, "not_found");
            (await caller.GetAsync($"/v1/travellers/{id}/authorisations")).IsProblem(404, "not_found");
            Assert.Empty((await caller.GetAsync("/v1/me")).Is(200).Body["traveller_at"]!.AsArray());
        }

        (await customer.Administrator.PostAsync($"/v1/travellers/{shared.Id}/invitations")).IsProblem(409, "shared_traveller");
        (await customer.Administrator.PostAsync($"/v1/travellers/{readdressed.Id}/invitations")).Is(204);
    }

    [Fact]
    public async Task A_link_ends_with_the_traveller_that_it_is_for()
    {
        var customer = await NewCustomerAsync();
        var traveller = await customer.TravellerAsync();
        (await customer.Administrator.PostAsync($"/v1/travellers/{traveller.Id}/invitations")).Is(204);
        var token = await Mailbox.InvitationAsync(traveller["email"]!);

        (await customer.Administrator.DeleteAsync($"/v1/travellers/{traveller.Id}")).Is(204);

        (await Host.Nobody.PostAsync($"/v1/invitations/{token}", new { password = Some.Password })).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task A_traveller_chooses_how_to_be_told()
    {
        var customer = await NewCustomerAsync();
        var traveller = await customer.TravellerAsync();
        var caller = await customer.SignInTravellerAsync(traveller);
        var path = $"/v1/travellers/{traveller.Id}/notifications";
        Assert.Equal("""{"email":true,"sms":false}""", (await caller.GetAsync(path)).Is(200).Text);

        (await caller.PutAsync(path, new { })).RefusesFields("email", "sms");
        (await caller.PutAsync(path, new { email = false, sms = false })).RefusesFields("email");
        (await caller.PutAsync(path, new { email = false, sms = true })).Is(200);

        Assert.Equal("""{"email":false,"sms":true}""", (await customer.Administrator.GetAsync(path)).Is(200).Text);
        (await customer.Administrator.PutAsync(path, new { email = true, sms = true })).IsProblem(403, "forbidden");
        (await customer.Administrator.PatchAsync($"/v1/travellers/{traveller.Id}", new { mobile = (string?)null })).Is(200);
        (await caller.PutAsync(path, new { email = true, sms = true })).RefusesFields("sms");
        Assert.Equal(
            "traveller.notifications_chosen",
            (await customer.Administrator.GetAsync($"/v1/audit?subject=traveller:{traveller.Id}")).Is(200).Items[1]["what"]!.ToString());
    }

    [Fact]
    public async Task A_traveller_who_forgot_the_password_chooses_another_by_mail()
    {
        var customer = await NewCustomerAsync();
        var traveller = await customer.TravellerAsync();
        await customer.SignInTravellerAsync(traveller);

        (await Host.Nobody.PostAsync("/v1/password-resets", new { email = traveller["email"] })).Is(204);

        var link = await Mailbox.LinkAsync(traveller["email"]!, 2);
        (await Host.Nobody.PostAsync("/v1" + link.AbsolutePath, new { password = "another horse battery" })).Is(204);
        await Host.SignInAsync(traveller["email"]!, "another horse battery");
    }
}
