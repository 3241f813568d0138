using Authorisation.Admin.Tests.Support;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>Travellers ask, administrators of the department decide, and what is granted is done by the operation that does it otherwise.</summary>
public sealed class RequestTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task More_credit_is_asked_for_granted_and_given_within_the_cap()
    {
        var stage = await StageAsync();
        var asked = (await stage.Caller.PostAsync(stage.Path, new { kind = "more_credit", limit_minor = 90_000, text = "Mässa i Malmö" })).Is(201);
        Assert.Equal(("open", stage.Account.ToString(), "Anna Berg"), (asked["status"], asked["credit_account_id"], asked["traveller"]));
        await Eventually.TrueAsync(
            () => Mailbox.To(stage.Customer.AdministratorEmail).Any(text => text.Contains("Anna Berg på Vätterns Teknik AB", StringComparison.Ordinal)),
            Eventually.Bound, "the administrator is told that a request waits");

        var granted = (await stage.Customer.Administrator.PostAsync($"/v1/requests/{asked.Id}/grant")).Is(200);

        Assert.Equal("granted", granted["status"]);
        Assert.Equal("90000", (await stage.Caller.GetAsync($"/v1/credit-accounts/{stage.Account}")).Is(200)["limit_minor"]);
        Assert.Contains("högre kredit har beviljats", await Mailbox.WaitAsync(stage.Email, 2), StringComparison.Ordinal);
        (await stage.Customer.Administrator.PostAsync($"/v1/requests/{asked.Id}/grant")).IsProblem(409, "decided_already");
        (await stage.Customer.Administrator.PostAsync($"/v1/requests/{asked.Id}/refusal", new { reason = "Nej" })).IsProblem(409, "decided_already");

        // What the operator's cap forbids to an administrator cannot be granted either, and stays open.
        var over = (await stage.Caller.PostAsync(stage.Path, new { kind = "more_credit", limit_minor = 600_001 })).Is(201);
        (await stage.Customer.Administrator.PostAsync($"/v1/requests/{over.Id}/grant")).RefusesFields("limit_minor");
        Assert.Equal("open", (await stage.Caller.GetAsync($"/v1/requests/{over.Id}")).Is(200)["status"]);
        Assert.Equal(
            ["request.made", "request.granted", "request.made"],
            (await stage.Customer.Administrator.GetAsync("/v1/audit")).Is(200).Items.Select(line => line["what"]!.ToString())
                .Where(what => what.StartsWith("request.", StringComparison.Ordinal)),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_new_code_and_another_number_are_sent_there()
    {
        var stage = await StageAsync();
        var code = (await stage.Caller.PostAsync(stage.Path, new { kind = "new_code" })).Is(201);
        (await stage.Customer.Administrator.PostAsync($"/v1/requests/{code.Id}/grant")).Is(200);
        await Mailbox.CodeAsync(stage.Mobile, 2);

        var mobile = Some.SwedishMobile();
        var number = (await stage.Caller.PostAsync(stage.Path, new { kind = "new_mobile", mobile })).Is(201);
        (await stage.Customer.Administrator.PostAsync($"/v1/requests/{number.Id}/grant")).Is(200);

        await Mailbox.CodeAsync(mobile);
        Assert.Equal(mobile, (await stage.Caller.GetAsync($"/v1/travellers/{stage.Traveller}")).Is(200)["mobile"]);
    }

    [Fact]
    public async Task A_refusal_has_a_reason_that_the_traveller_is_told_as_chosen()
    {
        var stage = await StageAsync();
        (await stage.Caller.PutAsync($"/v1/travellers/{stage.Traveller}/notifications", new { email = false, sms = true })).Is(200);
        var asked = (await stage.Caller.PostAsync(stage.Path, new { kind = "more_credit", limit_minor = 90_000 })).Is(201);

        (await stage.Customer.Administrator.PostAsync($"/v1/requests/{asked.Id}/refusal", new { reason = " " })).RefusesFields("reason");
        (await stage.Customer.Administrator.PostAsync($"/v1/requests/{asked.Id}/refusal", new { reason = "Ta tåget" })).Is(200);

        Assert.EndsWith("har avslagits. Ta tåget", (await Mailbox.WaitAsync(stage.Mobile, 2)).Trim(), StringComparison.Ordinal);
        Assert.Single(Mailbox.To(stage.Email));
        var seen = (await stage.Caller.GetAsync(stage.Path)).Is(200).Items.Single();
        Assert.Equal(("refused", "Ta tåget", "50000"), (
            seen["status"]!.ToString(), seen["reason"]!.ToString(),
            (await stage.Caller.GetAsync($"/v1/credit-accounts/{stage.Account}")).Is(200)["limit_minor"]));
    }

    [Fact]
    public async Task A_request_that_is_made_again_replaces_the_open_one_and_two_administrators_decide_once()
    {
        var stage = await StageAsync();
        var other = await stage.Customer.AddAdministratorAsync(["credits"]);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => stage.Caller.PostAsync(stage.Path, new { kind = "more_credit", limit_minor = 60_000 + i })));
        var list = $"/v1/organisations/{stage.Customer.Id}/requests";
        var open = (await stage.Customer.Administrator.GetAsync(list + "?status=open")).Is(200).Items.Single();
        Assert.Equal(3, (await stage.Customer.Administrator.GetAsync(list + "?status=replaced")).Is(200).Items.Count);

        var answers = await Task.WhenAll(
            stage.Customer.Administrator.PostAsync($"/v1/requests/{open["id"]}/grant"),
            other.PostAsync($"/v1/requests/{open["id"]}/refusal", new { reason = "Nej" }));

        Assert.Equal([200, 409], answers.Select(answer => answer.Status).Order());
        var isGranted = answers[0].Status == 200;
        var limit = (await stage.Caller.GetAsync($"/v1/credit-accounts/{stage.Account}")).Is(200)["limit_minor"];
        Assert.Equal(isGranted ? open["limit_minor"]!.ToString() : "50000", limit);
    }

    [Fact]
    public async Task Administrators_see_and_decide_on_requests_of_their_departments_only()
    {
        var stage = await StageAsync();
        var elsewhere = await stage.Customer.AddDepartmentAsync("Kontor");
        var stranger = await stage.Customer.AddAdministratorAsync(["travellers", "credits"], [elsewhere]);
        var asked = (await stage.Caller.PostAsync(stage.Path, new { kind = "new_code" })).Is(201);

        Assert.Empty((await stranger.GetAsync($"/v1/organisations/{stage.Customer.Id}/requests")).Is(200).Items);
        (await stranger.GetAsync($"/v1/requests/{asked.Id}")).IsProblem(404, "not_found");
        (await stranger.PostAsync($"/v1/requests/{asked.Id}/grant")).IsProblem(404, "not_found");
        (await stage.Caller.PostAsync($"/v1/requests/{asked.Id}/grant")).IsProblem(403, "forbidden");
        // A mobile number takes the right to travellers, and not that to credits alone.
        var clerk = await stage.Customer.AddAdministratorAsync(["credits"]);
        var number = (await stage.Caller.PostAsync(stage.Path, new { kind = "new_mobile", mobile = Some.SwedishMobile() })).Is(201);
        (await clerk.PostAsync($"/v1/requests/{number.Id}/grant")).IsProblem(403, "forbidden");
        (await clerk.PostAsync($"/v1/requests/{asked.Id}/grant")).Is(200);
    }

    [Fact]
    public async Task What_is_asked_for_has_to_be_possible()
    {
        var stage = await StageAsync();
        (await stage.Caller.PostAsync(stage.Path, new { kind = "gold", text = new string('x', 201) })).RefusesFields("kind");
        (await stage.Caller.PostAsync(stage.Path, new { kind = "more_credit", mobile = "070-123 45 67", text = new string('x', 201) }))
            .RefusesFields("limit_minor", "mobile", "text");
        (await stage.Caller.PostAsync(stage.Path, new { kind = "more_credit", limit_minor = 50_000 })).RefusesFields("limit_minor");
        (await stage.Caller.PostAsync(stage.Path, new { kind = "new_mobile", limit_minor = 60_000, credit_account_id = stage.Account, mobile = stage.Mobile }))
            .RefusesFields("limit_minor", "credit_account_id", "mobile");
        (await stage.Caller.PostAsync(stage.Path, new { kind = "new_mobile", mobile = "08-123 456" })).RefusesFields("mobile");
        (await stage.Caller.PostAsync(stage.Path, new { kind = "new_code", credit_account_id = Guid.NewGuid() })).RefusesFields("credit_account_id");

        var asked = (await stage.Caller.PostAsync(stage.Path, new { kind = "more_credit", limit_minor = 60_000 })).Is(201);
        (await stage.Customer.Administrator.DeleteAsync($"/v1/credit-accounts/{stage.Account}")).Is(204);
        (await stage.Customer.Administrator.PostAsync($"/v1/requests/{asked.Id}/grant")).IsProblem(409, "credit_revoked");
        (await stage.Caller.PostAsync(stage.Path, new { kind = "new_code" })).RefusesFields("kind");
        (await stage.Customer.Administrator.PostAsync(stage.Path, new { kind = "new_code" })).IsProblem(403, "forbidden");
    }

    private async Task<Stage> StageAsync()
    {
        var customer = await NewCustomerAsync();
        var traveller = await customer.TravellerAsync();
        var account = await customer.GiveAppAsync(traveller.Id);
        await Mailbox.CodeAsync(traveller["mobile"]!);
        var caller = await customer.SignInTravellerAsync(traveller);
        return new Stage(customer, traveller.Id, traveller["email"]!, traveller["mobile"]!, account.Id, caller);
    }

    private sealed record Stage(
        AdminOrganisation Customer, Guid Traveller, string Email, string Mobile, Guid Account, ApiCaller Caller)
    {
        public string Path => $"/v1/travellers/{Traveller}/requests";
    }
}
