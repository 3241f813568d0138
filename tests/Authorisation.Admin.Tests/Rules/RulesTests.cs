using Authorisation.Admin.Tests.Support;
using Authorisation.Core;
using Authorisation.Testing.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Authorisation.Admin.Tests.Rules;

/// <summary>Rules over the API, and the purchases that they decline at once.</summary>
public sealed class RulesTests(SharedAdmin shared) : AdminTest(shared)
{
    private static readonly object Whole = new
    {
        products = new[] { "ferry", "bike", "bike" },
        kinds = new[] { "single", "day" },
        zones = new[] { "2", "1" },
        times = new object[]
        {
            new { weekdays = new[] { "mon", "tue" }, from = "06:30", until = "09:00" },
            new { weekdays = new[] { "tue", "wed" }, from = "08:00", until = "24:00" },
        },
        max_purchase_minor = 5_000,
        max_day_minor = 9_000,
    };

    [Theory]
    [InlineData("credit-accounts")]
    [InlineData("departments")]
    [InlineData("organisations")]
    public async Task Rules_are_set_whole_read_back_replaced_and_removed(string place)
    {
        var (customer, path) = await PlaceAsync(place);
        Assert.Equal("{}", (await customer.Administrator.GetAsync(path)).Is(200).Text);

        (await customer.Administrator.PutAsync(path, Whole)).Is(200);
        var set = (await customer.Administrator.GetAsync(path)).Is(200);
        var replaced = (await customer.Administrator.PutAsync(path, new { max_purchase_minor = 100 }, set.Tag)).Is(200);
        (await customer.Administrator.PutAsync(path, new { max_purchase_minor = 1 }, set.Tag)).IsProblem(412, "changed_by_another");
        (await customer.Administrator.DeleteAsync(path, set.Tag)).IsProblem(412, "changed_by_another");

        Assert.Equal(
            """{"products":["bike","ferry"],"kinds":["single","day"],"zones":["1","2"],"times":["""
            + """{"weekdays":["mon"],"from":"06:30","until":"09:00"},{"weekdays":["tue"],"from":"06:30","until":"24:00"},"""
            + """{"weekdays":["wed"],"from":"08:00","until":"24:00"}],"max_purchase_minor":5000,"max_day_minor":9000}""",
            set.Text);
        Assert.Equal("""{"max_purchase_minor":100}""", replaced.Text);
        (await customer.Administrator.DeleteAsync(path, replaced.Tag)).Is(204);
        (await customer.Administrator.DeleteAsync(path)).Is(204);
        Assert.Equal("{}", (await customer.Administrator.GetAsync(path)).Is(200).Text);
        var trail = (await customer.Administrator.GetAsync("/v1/audit")).Is(200).Items.Select(line => line["what"]!.ToString()).ToList();
        Assert.Equal(
            "rules.removed rules.set rules.set", string.Join(' ', trail.Where(action => action.StartsWith("rules.", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Every_field_that_is_wrong_is_named_at_once()
    {
        var customer = await NewCustomerAsync();
        var answer = await customer.Administrator.PutAsync($"/v1/organisations/{customer.Id}/rules", new
        {
            products = new[] { "ok", "", new string('x', 65) },
            kinds = new[] { "single", "boat" },
            zones = Array.Empty<string>(),
            times = new object[]
            {
                new { weekdays = new[] { "mon" }, from = "06:10", until = "09:00" },
                new { weekdays = new[] { "mon", "noday" }, from = "22:00", until = "02:00" },
                new { weekdays = Array.Empty<string>(), from = "00:00", until = "24:15" },
            },
            max_purchase_minor = 0,
            max_day_minor = 1_000_000_001,
        });

        answer.RefusesFields(
            "products[1]", "products[2]", "kinds[1]", "zones", "times[0].from", "times[1].until", "times[1].weekdays[1]", "times[2].weekdays",
            "times[2].until", "max_purchase_minor", "max_day_minor");
        (await customer.Administrator.PutAsync($"/v1/organisations/{customer.Id}/rules", new { })).RefusesFields("products");
    }

    [Theory]
    [InlineData("credit-accounts", RuleOwner.Credit)]
    [InlineData("departments", RuleOwner.Department)]
    [InlineData("organisations", RuleOwner.Organisation)]
    public async Task The_next_purchase_on_another_server_is_decided_by_them(string place, RuleOwner owner)
    {
        var customer = await NewCustomerAsync();
        var account = await customer.GiveAppAsync((await customer.TravellerAsync()).Id);
        await Ledger.ExecuteAsync("update credit_account set activated_at = ledger_now() where id = @Id", new { account.Id });
        await using var node = new LedgerNode(Ledger.Connect(), NullLoggerFactory.Instance);
        var terms = (await node.Reader.ListOperatorsAsync(CancellationToken.None)).Single(one => one.Id == customer.Operator.Id);
        var path = place switch
        {
            "credit-accounts" => $"/v1/credit-accounts/{account.Id}/rules",
            "departments" => $"/v1/departments/{customer.DepartmentId}/rules",
            _ => $"/v1/organisations/{customer.Id}/rules",
        };
        Assert.Equal(DeclineReason.None, (await BuyAsync(100)).Entry!.DeclineReason);

        (await customer.Administrator.PutAsync(path, new { max_purchase_minor = 99 })).Is(200);
        var declined = (await BuyAsync(100)).Entry!;
        (await customer.Administrator.DeleteAsync(path)).Is(204);
        var shown = (await customer.Administrator.GetAsync($"/v1/authorisations/{declined.Purchase.Id}")).Is(200);

        Assert.Equal(("amount_over_rule", owner.ToString().ToLowerInvariant()), (shown["decline_reason"], shown["declined_by"]));
        Assert.Equal((DeclineReason.AmountOverRule, owner), (declined.DeclineReason, declined.DeclinedBy));
        Assert.Equal(DeclineReason.None, (await BuyAsync(100)).Entry!.DeclineReason);

        Task<Authorisation.Ledger.Commit.Queue.CommitResult> BuyAsync(long minor) => node.AuthoriseUntilSettledAsync(
            new Purchase
            {
                Id = Guid.NewGuid(),
                Originator = Originator.App(account.Id),
                Instrument = Instrument.App(customer.Operator.Id, account.Id),
                AmountMinor = minor,
                Purpose = "Utbildning",
            },
            terms);
    }

    [Fact]
    public async Task A_credit_that_is_removed_and_given_again_has_no_rules_of_its_own()
    {
        var customer = await NewCustomerAsync();
        var traveller = await customer.TravellerAsync();
        var card = TestOperator.NewCardNumber();
        var first = (await customer.TryGiveCardAsync(traveller.Id, card, 50_000)).Is(201);
        (await customer.Administrator.PutAsync($"/v1/credit-accounts/{first.Id}/rules", new { max_purchase_minor = 99 })).Is(200);
        await Ledger.ExecuteAsync(
            "update credit_account set month = to_char(ledger_now() at time zone 'Europe/Stockholm', 'YYYYMM')::integer where id = @Id", new { first.Id });
        (await customer.Administrator.DeleteAsync($"/v1/credit-accounts/{first.Id}")).Is(204);

        var again = (await customer.TryGiveCardAsync(traveller.Id, card, 50_000)).Is(201);

        Assert.Equal(first.Id, again.Id);
        Assert.Equal("{}", (await customer.Administrator.GetAsync($"/v1/credit-accounts/{again.Id}/rules")).Is(200).Text);
        Assert.False(await Ledger.AskAsync<bool>("select has_rule from credit_account where id = @Id", new { again.Id }));
    }

    private async Task<(AdminOrganisation Customer, string Path)> PlaceAsync(string place)
    {
        var customer = await NewCustomerAsync();
        return (customer, place switch
        {
            "credit-accounts" => $"/v1/credit-accounts/{(await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id}/rules",
            "departments" => $"/v1/departments/{customer.DepartmentId}/rules",
            _ => $"/v1/organisations/{customer.Id}/rules",
        });
    }
}
