using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Xunit;

namespace Authorisation.Server.Tests.Credits;

/// <summary>Callers learn whose rule declined, when they ask and whenever they ask again, and what may be bought.</summary>
public sealed class RuleTests(SharedWire wire) : WireTest(wire)
{
    private const string SetRules = """
        insert into purchase_rule (id, organisation_id, department_id, account_id, products, zones, times, max_purchase_minor, max_day_minor)
        select gen_random_uuid(), p.organisation_id, null, null, '{day,single}', '{1,2}', null, 40000, 60000
        from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id where a.id = @account;
        insert into purchase_rule (id, organisation_id, department_id, account_id, products, zones, times, max_purchase_minor, max_day_minor)
        select gen_random_uuid(), p.organisation_id, p.department_id, null, null, null, '{0,10080}', 30000, null
        from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id where a.id = @account;
        insert into purchase_rule (id, organisation_id, department_id, account_id, products, zones, times, max_purchase_minor, max_day_minor)
        select gen_random_uuid(), p.organisation_id, null, a.id, '{single,year}', null, null, null, null
        from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id where a.id = @account
        """;

    [Fact]
    public async Task A_decline_by_a_rule_says_whose_it_is_also_when_it_is_replayed_read_and_listed()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(100_000);
        await Ledger.ExecuteAsync(SetRules, new { account = on.AccountOf(card) });
        var expected = new (string Product, string Zone, long Minor, DeclineReason Reason, RuleOwner By)[]
        {
            ("single", "1", 30_000, DeclineReason.Unspecified, RuleOwner.Unspecified),
            ("day", "1", 100, DeclineReason.ProductNotAllowed, RuleOwner.Credit),
            ("year", "1", 100, DeclineReason.ProductNotAllowed, RuleOwner.Organisation),
            ("single", "3", 100, DeclineReason.ZoneNotAllowed, RuleOwner.Organisation),
            ("single", "2", 30_001, DeclineReason.AmountOverRule, RuleOwner.Department),
            ("single", "2", 30_000, DeclineReason.Unspecified, RuleOwner.Unspecified),
            ("single", "2", 1, DeclineReason.DayAmountOverRule, RuleOwner.Organisation),
        };

        foreach (var (product, zone, minor, reason, by) in expected)
        {
            var request = on.Buy(card, minor);
            (request.Product, request.Trip) = (product, new Trip { Zone = zone });
            var answer = await on.Validator.AuthoriseAsync(request);
            var again = await on.Validator.AuthoriseAsync(request);
            var record = await on.Validator.GetAuthorisationAsync(request.AuthorisationId);

            Assert.Equal((reason, by, false), (answer.DeclineReason, answer.DeclinedBy, answer.Replayed));
            Assert.Equal((reason, by, true), (again.DeclineReason, again.DeclinedBy, again.Replayed));
            Assert.Equal((reason, by), (record.DeclineReason, record.DeclinedBy));
        }
    }

    [Fact]
    public async Task Credit_says_what_may_be_bought_from_the_ledger_and_from_the_copy()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(100_000);
        await Ledger.ExecuteAsync(SetRules, new { account = on.AccountOf(card) });
        await Ledger.ExecuteAsync(
            "update credit_account set first_day = '2026-01-01', last_day = '2199-12-31' where id = @account", new { account = on.AccountOf(card) });

        var fromLedger = await on.Validator.GetCreditAsync(card);
        var request = on.Buy(card, 25_000);
        (request.Product, request.Trip) = ("single", new Trip { Zone = "1" });
        Assert.Equal(Decision.Approved, (await on.Validator.AuthoriseAsync(request)).Decision);
        Credit fromCopy = fromLedger;
        await Eventually.TrueAsync(
            async () => (fromCopy = await on.Validator.GetCreditAsync(card)).SpentMinor == 25_000, Eventually.Bound, "the purchase is seen");

        Assert.Equal(("2026-01-01", "2199-12-31"), (fromLedger.Rules.FirstDay, fromLedger.Rules.LastDay));
        Assert.Equal((60_000, 35_000), (fromLedger.Rules.RemainingTodayMinor, fromCopy.Rules.RemainingTodayMinor));
        foreach (var rules in new[] { fromLedger.Rules, fromCopy.Rules })
        {
            Assert.Equal("single", Assert.Single(rules.Products.Codes_));
            Assert.Equal(2, rules.Zones.Codes_.Count);
            Assert.Equal((30_000, 60_000), (rules.MaxPurchaseMinor, rules.MaxDayMinor));
            Assert.Equal(7, rules.Times.Windows.Count);
            Assert.Equal((1, "00:00", "24:00"), (rules.Times.Windows[0].Weekday, rules.Times.Windows[0].From, rules.Times.Windows[0].Until));
        }
    }

    [Fact]
    public async Task A_limit_has_what_this_month_has_beyond_it_and_credit_without_rules_says_nothing_of_any()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(1_000);
        await Ledger.ExecuteAsync(
            """
            update credit_account set extra_minor = 500, extra_month = to_char(ledger_now() at time zone 'Europe/Stockholm', 'YYYYMM')::integer
            where id = @account
            """,
            new { account = on.AccountOf(card) });

        var answer = await on.Validator.AuthoriseAsync(on.Buy(card, 1_500));
        var credit = await on.Validator.GetCreditAsync(card);

        Assert.Equal((Decision.Approved, 1_500, 0), (answer.Decision, answer.Credit.LimitMinor, answer.Credit.RemainingMinor));
        Assert.Equal((1_500, null), (credit.LimitMinor, credit.Rules));
    }
}
