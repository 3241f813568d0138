using System.Globalization;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Rules;

/// <summary>Credits for some days, and more than the limit for one month.</summary>
public sealed class CreditDatesTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task A_credit_has_a_first_and_a_last_day_which_are_changed_and_taken_away()
    {
        var customer = await NewCustomerAsync();
        var traveller = await customer.TravellerAsync();
        var given = (await customer.Administrator.PostAsync(
            $"/v1/travellers/{traveller.Id}/credit-accounts",
            new { kind = "card", card_number = "4000123412341234", limit_minor = 5_000, first_day = Day(1), last_day = Day(9) })).Is(201);
        var path = $"/v1/credit-accounts/{given.Id}";
        Assert.Equal((Day(1), Day(9), "credit_not_valid_today"), (given["first_day"], given["last_day"], given["decline_reason"]));

        var begun = (await customer.Administrator.PatchAsync(path, new { first_day = Day(-2) })).Is(200);
        Assert.Equal((Day(-2), Day(9), null), (begun["first_day"], begun["last_day"], begun["decline_reason"]));
        (await customer.Administrator.PatchAsync(path, new { last_day = Day(-3) })).RefusesFields("last_day");
        var ended = (await customer.Administrator.PatchAsync(path, new { first_day = (string?)null, last_day = Day(-2) })).Is(200);
        Assert.Equal((null, Day(-2), "credit_not_valid_today"), (ended["first_day"], ended["last_day"], ended["decline_reason"]));
        Assert.Null((await customer.Administrator.PatchAsync(path, new { last_day = (string?)null })).Is(200)["decline_reason"]);
        (await customer.Administrator.PostAsync(
            $"/v1/travellers/{traveller.Id}/credit-accounts",
            new { kind = "card", card_number = "4000123412341235", limit_minor = 5_000, first_day = Day(2), last_day = Day(1) })).RefusesFields("last_day");
        (await customer.Administrator.PatchAsync(path, new { last_day = "tomorrow" })).RefusesFields("last_day");
    }

    [Fact]
    public async Task An_extra_sum_is_this_months_and_counts_in_the_cap_with_the_limits()
    {
        // The cap is 600,000.
        var customer = await NewCustomerAsync("jamtland");
        var traveller = await customer.TravellerAsync();
        var card = (await customer.TryGiveCardAsync(traveller.Id, "4000123412341236", 400_000)).Is(201);
        var path = $"/v1/credit-accounts/{card.Id}";

        (await customer.Administrator.PatchAsync(path, new { extra_minor = 200_001 })).RefusesFields("extra_minor");
        (await customer.Administrator.PatchAsync(path, new { extra_minor = 0 })).RefusesFields("extra_minor");
        var given = (await customer.Administrator.PatchAsync(path, new { extra_minor = 150_000 })).Is(200);
        Assert.Equal(("400000", "150000", "550000"), (given["limit_minor"], given["extra_minor"], given["remaining_minor"]));
        (await customer.TryGiveAppAsync(traveller.Id, 50_001)).RefusesFields("limit_minor");
        (await customer.TryGiveAppAsync(traveller.Id, 50_000)).Is(201);
        (await customer.Administrator.PatchAsync(path, new { limit_minor = 400_001 })).RefusesFields("extra_minor");
        (await customer.Administrator.PatchAsync(path, new { limit_minor = 300_000 })).Is(200);

        // In another month it is as if it had not been given.
        await Ledger.ExecuteAsync("update credit_account set extra_month = extra_month - 100 where id = @Id", new { card.Id });
        var later = (await customer.Administrator.GetAsync(path)).Is(200);
        Assert.Equal(("300000", null, "300000"), (later["limit_minor"], later["extra_minor"], later["remaining_minor"]));
        (await customer.Administrator.PatchAsync(path, new { limit_minor = 550_000 })).Is(200);
        Assert.Null((await customer.Administrator.PatchAsync(path, new { extra_minor = (long?)null })).Is(200)["extra_minor"]);
    }

    private static string Day(int fromToday) =>
        DateTime.UtcNow.Date.AddDays(fromToday).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
