using Authorisation.Core;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Rules;

/// <summary>
/// The rules of a credit, its department, those above it, the organisation and the operator, as they stand in the ledger: each
/// must allow a purchase, whichever way it is decided, and the ledger keeps whose rule it was.
/// </summary>
public sealed class RuleChainTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    public static TheoryData<string> Places => ["credit", "department", "above", "organisation"];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_rule_of_any_place_declines_by_copy_and_under_lock_and_is_told_again(string place)
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var above = await oper.AddParentAsync();
        var app = await oper.AddAppAsync();
        await oper.SetRuleAsync(
            "max_purchase_minor", new { max_purchase_minor = 999 },
            place switch { "department" => oper.DepartmentId, "above" => above, _ => null },
            place == "credit" ? oper.AccountOf(app) : null);
        var owner = place switch
        {
            "credit" => RuleOwner.Credit,
            "organisation" => RuleOwner.Organisation,
            _ => RuleOwner.Department,
        };
        var lane = NewSnapshotLane();
        await lane.CommitOneAsync(oper.Buy(app, 1), oper.Terms);
        var (copied, locked) = (oper.Buy(app, 1_000), oper.Buy(app, 1_000) with { Hold = true });

        var byCopy = await lane.CommitOneAsync(copied, oper.Terms);
        var underLock = await lane.CommitOneAsync(locked, oper.Terms);
        var again = await lane.CommitOneAsync(copied, oper.Terms);

        Assert.Equal((true, false, false), (byCopy.IsBySnapshot, underLock.IsBySnapshot, again.IsBySnapshot));
        Assert.All(
            new[] { byCopy.Answer.Entry!, underLock.Answer.Entry!, again.Answer.Entry! },
            entry => Assert.Equal((DeclineReason.AmountOverRule, owner), (entry.DeclineReason, entry.DeclinedBy)));
        Assert.Equal(byCopy.Answer.Entry!.DecidedAt, again.Answer.Entry!.DecidedAt);
        var kept = await Keep(new LedgerNode(Ledger.Connect(loggers: Loggers), Loggers)).HistoryOfAsync(copied.Id);
        Assert.Equal(owner, kept.Entry.DeclinedBy);
    }

    [Fact]
    public async Task The_rules_of_a_department_beside_it_and_of_another_credit_say_nothing()
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var beside = await Ledger.Provisioner.AddDepartmentAsync(oper.OrganisationId, "Bredvid", "KST 2");
        var (app, other) = (await oper.AddAppAsync(), await oper.AddAppAsync());
        await oper.SetRuleAsync("max_purchase_minor", new { max_purchase_minor = 1 }, beside);
        await oper.SetRuleAsync("max_purchase_minor", new { max_purchase_minor = 1 }, account: oper.AccountOf(other));

        Assert.Equal(DeclineReason.None, await ReasonAsync(oper, oper.Buy(app)));
    }

    [Fact]
    public async Task Kinds_are_those_of_the_catalogue_and_stand_beside_named_products()
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var app = await oper.AddAppAsync();
        await oper.SetProductAsync("single-adult");
        await oper.SetProductAsync("day-adult", kind: 2);
        await oper.SetRuleAsync("products, kinds", new { products = new[] { "ferry" }, kinds = new short[] { 1 } });

        Assert.Equal(DeclineReason.None, await ReasonAsync(oper, oper.Buy(app) with { Product = "single-adult" }));
        Assert.Equal(DeclineReason.None, await ReasonAsync(oper, oper.Buy(app) with { Product = "ferry" }));
        Assert.Equal(DeclineReason.ProductNotAllowed, await ReasonAsync(oper, oper.Buy(app) with { Product = "day-adult" }));
        Assert.Equal(DeclineReason.ProductNotAllowed, await ReasonAsync(oper, oper.Buy(app)));
    }

    [Fact]
    public async Task Without_a_zone_the_zones_of_the_product_count_and_all_of_them_must_be_allowed()
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var app = await oper.AddAppAsync();
        await oper.SetProductAsync("town", zones: ["1"]);
        await oper.SetProductAsync("wide", zones: ["1", "3"]);
        await oper.SetProductAsync("county");
        await oper.SetRuleAsync("zones", new { zones = new[] { "1", "2" } });

        Assert.Equal(DeclineReason.None, await ReasonAsync(oper, oper.Buy(app) with { Product = "town" }));
        Assert.Equal(DeclineReason.None, await ReasonAsync(oper, oper.Buy(app) with { Trip = new Trip(null, null, "2", null) }));
        foreach (var product in new[] { "wide", "county", null })
        {
            Assert.Equal(DeclineReason.ZoneNotAllowed, await ReasonAsync(oper, oper.Buy(app) with { Product = product }));
        }
    }

    [Fact]
    public async Task What_is_not_sold_on_credit_is_declined_with_and_without_rules_and_operators_without_a_catalogue_go_on()
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var app = await oper.AddAppAsync();
        Assert.Equal(DeclineReason.None, await ReasonAsync(oper, oper.Buy(app) with { Product = "year" }));
        await oper.SetProductAsync("single");
        Assert.Equal(DeclineReason.None, await ReasonAsync(oper, oper.Buy(app) with { Product = "year" }));
        await oper.SetProductAsync("year", kind: 5, soldBy: 6);

        Assert.Equal(DeclineReason.ProductNotAllowed, await ReasonAsync(oper, oper.Buy(app) with { Product = "year" }));
        Assert.Equal(DeclineReason.None, await ReasonAsync(oper, oper.Buy(app) with { Product = "single" }));
        await oper.SetRuleAsync("kinds", new { kinds = new short[] { 1, 5 } });
        Assert.Equal(DeclineReason.ProductNotAllowed, await ReasonAsync(oper, oper.Buy(app) with { Product = "year" }));
        await oper.SetProductAsync("year", kind: 5, soldBy: 7);
        Assert.Equal(DeclineReason.None, await ReasonAsync(oper, oper.Buy(app) with { Product = "year" }));
    }

    // By a lane that has seen nothing, and by one that has.
    private async Task<DeclineReason> ReasonAsync(TestOperator oper, Purchase purchase)
    {
        var lane = NewSnapshotLane();
        var cold = await lane.CommitOneAsync(purchase with { Id = Guid.NewGuid(), Hold = true }, oper.Terms);
        var warm = await lane.CommitOneAsync(purchase, oper.Terms);
        Assert.Equal(cold.Answer.Entry!.DeclineReason, warm.Answer.Entry!.DeclineReason);
        return warm.Answer.Entry!.DeclineReason;
    }
}
