namespace Authorisation.Core.Tests;

/// <summary>Every rule with every purchase that it can tell apart, and whose rule is told.</summary>
public class RuleTests
{
    private static readonly int[] WorkingDays = [.. Enumerable.Range(0, 5).SelectMany(day => new[] { (day * 1440) + 360, (day * 1440) + 1140 })];
    private static readonly Purchase P = Some.Purchase;

    // Monday 16 November 2026, 09:15 in Stockholm.
    private static readonly Dictionary<string, (Rule Rule, Purchase Purchase, long Today, DeclineReason Expected)> Table = new(StringComparer.Ordinal)
    {
        ["a product that is named"] = (new() { Products = ["single-adult"] }, P, 0, DeclineReason.None),
        ["a product that is not named"] = (new() { Products = ["day"] }, P, 0, DeclineReason.ProductNotAllowed),
        ["no product"] = (new() { Products = ["day"] }, P with { Product = null }, 0, DeclineReason.ProductNotAllowed),
        ["no product where none is asked for"] = (new() { MaxPurchase = 250_00 }, P with { Product = null }, 0, DeclineReason.None),
        ["a zone that is named"] = (new() { Zones = ["1", "2"] }, In("2"), 0, DeclineReason.None),
        ["a zone that is not named"] = (new() { Zones = ["1", "2"] }, In("3"), 0, DeclineReason.ZoneNotAllowed),
        ["no zone and a product that is good in these alone"] = (
            new() { Zones = ["1"], ProductsWithin = ["single-adult"] }, P, 0, DeclineReason.None),
        ["no zone and a product that is good elsewhere"] = (new() { Zones = ["1"], ProductsWithin = ["day"] }, P, 0, DeclineReason.ZoneNotAllowed),
        ["no zone and no product"] = (new() { Zones = ["1"], ProductsWithin = ["day"] }, P with { Product = null }, 0, DeclineReason.ZoneNotAllowed),
        ["another zone whatever the product is good in"] = (
            new() { Zones = ["1"], ProductsWithin = ["single-adult"] }, In("3"), 0, DeclineReason.ZoneNotAllowed),
        ["a line and no zone"] = (new() { Zones = ["1"] }, P with { Trip = new Trip(null, "7", null, null) }, 0, DeclineReason.ZoneNotAllowed),
        ["an hour that is named"] = (new() { Times = WorkingDays }, P, 0, DeclineReason.None),
        ["an hour that is not named"] = (new() { Times = [0, 555] }, P, 0, DeclineReason.TimeNotAllowed),
        ["the first minute of an hour"] = (new() { Times = [555, 570] }, P, 0, DeclineReason.None),
        ["another day at that hour"] = (new() { Times = [1440 + 360, 1440 + 1140] }, P, 0, DeclineReason.TimeNotAllowed),
        ["no hour at all"] = (new() { Times = [] }, P, 0, DeclineReason.TimeNotAllowed),
        ["as much as one may cost"] = (new() { MaxPurchase = 250_00 }, P, 0, DeclineReason.None),
        ["more than one may cost"] = (new() { MaxPurchase = 249_99 }, P, 0, DeclineReason.AmountOverRule),
        ["as much as a day may cost"] = (new() { MaxDay = 300_00 }, P, 50_00, DeclineReason.None),
        ["more than a day may cost"] = (new() { MaxDay = 300_00 }, P, 50_01, DeclineReason.DayAmountOverRule),
        ["a day that cost more than it may by now"] = (new() { MaxDay = 300_00 }, P with { AmountMinor = 1 }, 400_00, DeclineReason.DayAmountOverRule),
    };

    public static TheoryData<string> Cases => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_purchase_keeps_a_rule_or_is_declined_and_told_whose_it_is(string situation)
    {
        var (rule, purchase, today, expected) = Table[situation];
        foreach (var owner in new[] { RuleOwner.Credit, RuleOwner.Department, RuleOwner.Organisation })
        {
            // Beside rules of others that allow it.
            var account = Some.Account.With(
                Rules.Of(new Rule { By = RuleOwner.Credit, MaxPurchase = 999_00 }, rule with { By = owner }, new Rule { By = RuleOwner.Organisation, MaxDay = 999_00 }),
                today);

            var entry = Some.Ask(purchase, account).Entry!;

            Assert.Equal((expected, expected == DeclineReason.None ? RuleOwner.None : owner), (entry.DeclineReason, entry.DeclinedBy));
        }
    }

    [Fact]
    public void Of_several_that_decline_for_the_same_reason_the_one_nearest_to_the_credit_is_told()
    {
        Rule[] rules = [new() { By = RuleOwner.Department, MaxPurchase = 1 }, new() { By = RuleOwner.Organisation, MaxPurchase = 1 }];

        Assert.Equal(RuleOwner.Department, Some.Ask(P, Some.Account.With(Rules.Of(rules))).Entry!.DeclinedBy);
    }

    [Fact]
    public void A_product_that_the_operator_does_not_sell_on_credit_is_declined_as_the_operators_and_others_are_not()
    {
        var account = Some.Account.With(Rules.Of([], ["period", "year"]));

        var year = Some.Ask(P with { Product = "year" }, account).Entry!;

        Assert.Equal((DeclineReason.ProductNotAllowed, RuleOwner.Operator), (year.DeclineReason, year.DeclinedBy));
        Assert.Equal(Decision.Approved, Some.Ask(P, account).Entry!.Decision);
        Assert.Equal(Decision.Approved, Some.Ask(P with { Product = null }, account).Entry!.Decision);
    }

    [Fact]
    public void What_may_be_bought_is_the_strictest_of_all()
    {
        var rules = Rules.Of(
            [
                new Rule { Products = ["a", "b", "c"], Times = [0, 600], MaxPurchase = 500, Zones = ["2", "1"] },
                new Rule { By = RuleOwner.Department, MaxDay = 900, MaxPurchase = 700 },
                new Rule { By = RuleOwner.Organisation, Products = ["b", "c", "d"], Times = [300, 2000], MaxDay = 800, Zones = ["3", "1"] },
            ],
            ["c"]);

        Assert.Equal(["b"], rules.AllowedProducts);
        Assert.Equal(["1"], rules.AllowedZones);
        Assert.Equal([300, 600], rules.AllowedTimes!.Bounds);
        Assert.Equal((500, 800), (rules.MaxPurchaseMinor, rules.MaxDayMinor));
        var none = Rules.Of([new Rule { MaxDay = 1 }]);
        Assert.True(none is { AllowedProducts: null, AllowedZones: null, AllowedTimes: null, MaxPurchaseMinor: null });
    }

    [Theory]
    // Summer time ends on Sunday 25 October 2026: the hour from 02:00 comes twice, and is the same hour both times.
    [InlineData("2026-10-25T00:00:00Z", "Sun 02:00", true)]
    [InlineData("2026-10-25T00:59:59Z", "Sun 02:59", true)]
    [InlineData("2026-10-25T01:00:00Z", "Sun 02:00", true)]
    [InlineData("2026-10-25T01:59:59Z", "Sun 02:59", true)]
    [InlineData("2026-10-25T02:00:00Z", "Sun 03:00", false)]
    [InlineData("2026-10-24T23:59:59Z", "Sun 01:59", false)]
    // It begins on Sunday 28 March 2027: there is no hour from 02:00.
    [InlineData("2027-03-28T00:59:59Z", "Sun 01:59", false)]
    [InlineData("2027-03-28T01:00:00Z", "Sun 03:00", false)]
    public void An_hour_is_one_by_the_operators_clocks_also_in_the_nights_when_they_change(string instant, string clock, bool isAllowed)
    {
        var account = Some.Account.With(Rules.Of(new Rule { Times = [(6 * 1440) + 120, (6 * 1440) + 180] }));
        var now = Some.At(instant);

        var reason = Decide.Authorise(P, seen: null, account with { Balance = default }, Some.Terms, now).Entry!.DeclineReason;

        Assert.Equal(clock, TimeZoneInfo.ConvertTime(now, Some.Stockholm).ToString("ddd HH:mm", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(isAllowed ? DeclineReason.None : DeclineReason.TimeNotAllowed, reason);
    }

    [Theory]
    [InlineData("2026-11-16T22:59:59Z", 100)]
    [InlineData("2026-11-16T23:00:00Z", 0)]
    [InlineData("2026-11-15T22:59:59Z", 40)]
    public void A_day_is_one_by_the_operators_clocks(string instant, long spent)
    {
        var today = new DaySpending(DaySpending.DayOf(Some.Now, Some.Stockholm), SpentMinor: 100, BeforeMinor: 40);

        Assert.Equal(spent, today.On(DaySpending.DayOf(Some.At(instant), Some.Stockholm) == today.Day - 1 ? today.Day - 1 : DaySpending.DayOf(Some.At(instant), Some.Stockholm)));
    }

    [Fact]
    public void What_is_bought_or_given_back_counts_on_its_day_and_the_days_go_on()
    {
        var monday = new DaySpending(Day: 10, SpentMinor: 100, BeforeMinor: 40);

        Assert.Equal(new DaySpending(10, 130, 40), monday.With(10, 30));
        Assert.Equal(new DaySpending(10, 100, 30), monday.With(9, -10));
        Assert.Equal(new DaySpending(11, 30, 100), monday.With(11, 30));
        Assert.Equal(new DaySpending(12, 30, 0), monday.With(12, 30));
        Assert.Equal(monday, monday.With(8, 30));
    }

    [Fact]
    public void Texts_that_are_no_rules_are_not_read()
    {
        string[] texts =
        [
            "", "[]", "1", "{", """{"rules":{}}""", """{"rules":[{}]}""", """{"rules":[{"by":9}]}""", """{"rules":[{"by":"1"}]}""",
            """{"rules":[{"by":1,"times":[5]}]}""", """{"rules":[{"by":1,"times":[5,4]}]}""", """{"rules":[{"by":1,"times":[0,99999]}]}""",
            """{"rules":[{"by":1,"products":"a"}]}""", """{"rules":[{"by":1,"max_day":99999999999999999999}]}""", """{"not_on_credit":[1]}""",
        ];

        Assert.All(texts, text => Assert.False(PurchaseRules.TryParse(text, out _), text));
    }

    private static Purchase In(string zone) => P with { Trip = new Trip(null, null, zone, null) };
}
