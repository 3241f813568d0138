using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>What each of the four operators allows: instruments, caps, and cards with tickets on them.</summary>
public sealed class ProfileTests(SharedAdmin shared) : AdminTest(shared)
{
    [Theory]
    [InlineData("jamtland", 600_000)]
    [InlineData("jonkoping", 1_500_000)]
    [InlineData("kalmar", 1_500_000)]
    [InlineData("akt", 100_000_000)]
    public async Task A_limit_is_one_krona_up_to_the_cap(string profile, long cap)
    {
        var customer = await NewCustomerAsync(profile);
        var traveller = (await customer.TravellerAsync()).Id;

        (await customer.TryGiveAppAsync(traveller, 99)).RefusesFields("limit_minor");
        (await customer.TryGiveAppAsync(traveller, cap + 1)).RefusesFields("limit_minor");
        var account = (await customer.TryGiveAppAsync(traveller, 100)).Is(201);
        (await customer.Administrator.PatchAsync($"/v1/credit-accounts/{account.Id}", new { limit_minor = cap })).Is(200);
        (await customer.Administrator.PatchAsync($"/v1/credit-accounts/{account.Id}", new { limit_minor = cap + 1 })).RefusesFields("limit_minor");
        (await customer.Administrator.PatchAsync($"/v1/credit-accounts/{account.Id}", new { limit_minor = 1 })).RefusesFields("limit_minor");
    }

    [Theory]
    [InlineData("jonkoping")]
    [InlineData("kalmar")]
    [InlineData("akt")]
    public async Task Credit_on_a_card_is_given_only_where_the_operator_offers_it(string profile)
    {
        var customer = await NewCustomerAsync(profile);
        (await customer.TryGiveCardAsync((await customer.TravellerAsync()).Id, Some.CardNumber(), 50_000)).RefusesFields("kind");
    }

    [Fact]
    public async Task Card_and_app_share_the_cap_and_a_card_has_credit_or_tickets()
    {
        var customer = await NewCustomerAsync("jamtland");
        var staff = customer.Operator.Staff;
        var traveller = (await customer.TravellerAsync()).Id;
        var card = Some.CardNumber();
        await customer.GiveAppAsync(traveller, 400_000);
        (await customer.TryGiveCardAsync(traveller, card, 200_001)).RefusesFields("limit_minor");

        (await staff.PostAsync("/v1/prepaid-cards", new { card_number = card })).Is(200);
        (await customer.TryGiveCardAsync(traveller, card, 200_000)).RefusesFields("card_number");
        (await staff.DeleteAsync("/v1/prepaid-cards", body: new { card_number = card })).Is(204);
        (await staff.DeleteAsync("/v1/prepaid-cards", body: new { card_number = card })).IsProblem(404, "not_found");
        (await customer.TryGiveCardAsync(traveller, card, 200_000)).Is(201);
        (await staff.PostAsync("/v1/prepaid-cards", new { card_number = card })).IsProblem(409, "has_credit");
        (await customer.TryGiveCardAsync((await customer.TravellerAsync()).Id, card, 10_000)).RefusesFields("card_number");
    }

    [Fact]
    public async Task Credit_and_mark_at_once_do_not_miss_each_other()
    {
        var customer = await NewCustomerAsync("jamtland");
        for (var i = 0; i < 5; i++)
        {
            var traveller = (await customer.TravellerAsync()).Id;
            var card = Some.CardNumber();

            var answers = await Task.WhenAll(
                customer.TryGiveCardAsync(traveller, card, 50_000),
                customer.Operator.Staff.PostAsync("/v1/prepaid-cards", new { card_number = card }));

            Assert.Single(answers, answer => answer.Status is 200 or 201);
        }
    }

    [Fact]
    public async Task Two_administrators_at_once_do_not_pass_the_cap_together()
    {
        var customer = await NewCustomerAsync("jamtland");
        var other = await customer.AddAdministratorAsync(["credits"]);
        for (var i = 0; i < 5; i++)
        {
            var traveller = (await customer.TravellerAsync()).Id;
            var path = $"/v1/travellers/{traveller}/credit-accounts";

            var answers = await Task.WhenAll(
                customer.Administrator.PostAsync(path, new { kind = "card", card_number = Some.CardNumber(), limit_minor = 400_000 }),
                other.PostAsync(path, new { kind = "card", card_number = Some.CardNumber(), limit_minor = 400_000 }));

            Assert.Equal([201, 400], answers.Select(answer => answer.Status).Order());
        }
    }

    [Fact]
    public async Task An_organisation_sets_a_lower_cap_and_what_was_given_before_stays()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var before = await customer.GiveAppAsync((await customer.TravellerAsync()).Id, 500_000);
        (await customer.Administrator.PatchAsync($"/v1/organisations/{customer.Id}", new { cap_minor = 100_000 })).Is(200);

        (await customer.TryGiveAppAsync((await customer.TravellerAsync()).Id, 100_001)).RefusesFields("limit_minor");
        (await customer.TryGiveAppAsync((await customer.TravellerAsync()).Id, 100_000)).Is(201);
        (await customer.Administrator.PatchAsync($"/v1/credit-accounts/{before.Id}", new { limit_minor = 400_000 })).Is(200);
        (await customer.Administrator.PatchAsync($"/v1/credit-accounts/{before.Id}", new { limit_minor = 450_000 })).RefusesFields("limit_minor");
        (await customer.Administrator.PatchAsync($"/v1/organisations/{customer.Id}", new { cap_minor = 1_500_001 })).RefusesFields("cap_minor");
    }

    [Fact]
    public async Task A_mobile_number_has_one_open_app_credit_at_an_operator()
    {
        var customer = await NewCustomerAsync("akt");
        var mobile = Some.NorwegianMobile();
        var one = await customer.TravellerAsync(mobile);
        var other = await customer.TravellerAsync($"{mobile[3..6]} {mobile[6..8]} {mobile[8..]}");
        Assert.Equal(mobile, other["mobile"]);

        var answers = await Task.WhenAll(customer.TryGiveAppAsync(one.Id, 50_000), customer.TryGiveAppAsync(other.Id, 50_000));

        Assert.Equal(1, answers.Count(answer => answer.Status == 201));
        var loser = answers[0].Status == 201 ? other : one;
        Assert.True(answers.Single(answer => answer.Status != 201).Status is 400 or 409);
        (await customer.TryGiveAppAsync(loser.Id, 50_000)).RefusesFields("kind");
    }

    [Fact]
    public async Task A_card_removed_and_given_to_the_same_traveller_is_the_same_account_and_to_another_a_new_one()
    {
        var customer = await NewCustomerAsync("jamtland");
        var traveller = (await customer.TravellerAsync()).Id;
        var card = Some.CardNumber();
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var validator = (await customer.Operator.Staff.PostAsync("/v1/clients", new { kind = "validator", name = "Buss 1" })).Is(201)["token"]!;
        var account = (await customer.TryGiveCardAsync(traveller, card, 50_000)).Is(201);
        await server.BuyOnCardAsync(validator, card, 20_000);
        (await customer.Administrator.DeleteAsync($"/v1/credit-accounts/{account.Id}")).Is(204);

        var again = (await customer.TryGiveCardAsync(traveller, card, 50_000)).Is(201);
        Assert.Equal((account.Id, "20000"), (again.Id, again["spent_minor"]));
        (await customer.Administrator.DeleteAsync($"/v1/credit-accounts/{again.Id}")).Is(204);
        var others = (await customer.TryGiveCardAsync((await customer.TravellerAsync()).Id, card, 50_000)).Is(201);

        Assert.NotEqual(account.Id, others.Id);
        Assert.Equal("0", others["spent_minor"]);
        Assert.Empty((await customer.Administrator.GetAsync($"/v1/credit-accounts/{others.Id}/authorisations")).Is(200).Items);
    }

    [Fact]
    public async Task Bad_input_is_told_by_field()
    {
        var customer = await NewCustomerAsync("jamtland");
        var traveller = (await customer.TravellerAsync()).Id;
        var path = $"/v1/travellers/{traveller}/credit-accounts";
        (await customer.Administrator.PostAsync(path, new { })).RefusesFields("kind", "limit_minor");
        (await customer.Administrator.PostAsync(path, new { kind = "card", limit_minor = 100, card_number = "12 34" })).RefusesFields("card_number");
        (await customer.Administrator.PostAsync(path, new { kind = "app", card_number = "123456", department_id = Guid.NewGuid() })).RefusesFields("card_number", "department_id", "limit_minor");
        (await customer.Administrator.PostAsync(path, new { kind = "app" })).RefusesFields("limit_minor");
        (await customer.Administrator.PostAsync(path, new { kind = "app", limit_minor = "500" })).RefusesFields("limit_minor");
        (await customer.Administrator.PostAsync(path, new { kind = "app", limit_minor = 500.5 })).RefusesFields("limit_minor");
        var account = await customer.GiveAppAsync(traveller);
        (await customer.Administrator.PatchAsync($"/v1/credit-accounts/{account.Id}", new { status = "gone", limit_minor = (long?)null, department_id = Guid.NewGuid() })).RefusesFields("status", "limit_minor", "department_id");
        (await customer.Administrator.GetAsync($"/v1/credit-accounts/{account.Id}/authorisations?month=2026-13")).RefusesFields("month");
        (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/travellers", new { email = "x", mobile = "123", department_id = Guid.NewGuid() })).RefusesFields("email", "mobile", "department_id");
        (await customer.Operator.Staff.PostAsync("/v1/clients", new { kind = "phone", certificate_sha256 = "ab" })).RefusesFields("kind", "name", "certificate_sha256");
    }
}
