using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Authorisation.Ledger.Tests.Rules;
using Dapper;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Budgets;

/// <summary>What a budget counts, what it declines, and when it does.</summary>
public sealed class BudgetTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    private readonly record struct Told(DeclineReason Reason, RuleOwner By);

    [Theory]
    [InlineData("department", RuleOwner.Department)]
    [InlineData("above", RuleOwner.Department)]
    [InlineData("reference", RuleOwner.Organisation)]
    public async Task What_does_not_fit_is_declined_alone_and_told_again_and_what_fits_is_bought(string place, RuleOwner owner)
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var above = await oper.AddParentAsync();
        var (card, other) = (await oper.AddCardAsync(90_000), await oper.AddCardAsync(90_000));
        var budget = await oper.AddBudgetAsync(
            10_000, place switch { "department" => oper.DepartmentId, "above" => above, _ => null }, place == "reference" ? "KST 4711" : null);
        var lane = NewSnapshotLane();
        await lane.CommitAsync(oper.Terms, oper.Buy(card, 3_000), oper.Buy(other, 3_000));
        var tooMuch = oper.Buy(card, 4_001);

        var batch = await lane.CommitAsync(oper.Terms, tooMuch, oper.Buy(other, 1_000), oper.Buy(card, 3_000));
        var again = await lane.CommitOneAsync(tooMuch, oper.Terms);
        var last = await lane.CommitOneAsync(oper.Buy(other, 1), oper.Terms);

        Assert.Equal(
            [new(DeclineReason.BudgetSpent, owner), default, default], batch.Select(answer => new Told(answer.Entry!.DeclineReason, answer.Entry.DeclinedBy)));
        Assert.Equal(new Told(DeclineReason.BudgetSpent, owner), new Told(again.Answer.Entry!.DeclineReason, again.Answer.Entry.DeclinedBy));
        Assert.Equal(CommitStatus.Replayed, again.Answer.Status);
        Assert.Equal(DeclineReason.BudgetSpent, last.Answer.Entry!.DeclineReason);
        Assert.Equal(6_000, batch[0].Credit!.Value.SpentMinor + batch[1].Credit!.Value.SpentMinor - 1_000);
        Assert.Equal(10_000, await oper.SpentAsync(budget));
    }

    [Fact]
    public async Task A_purchase_within_a_budget_is_decided_by_copy()
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var card = await oper.AddCardAsync(90_000);
        var budget = await oper.AddBudgetAsync(90_000, oper.DepartmentId);
        var lane = NewSnapshotLane();
        await lane.CommitOneAsync(oper.Buy(card, 1), oper.Terms);

        var (answer, isBySnapshot) = await lane.CommitOneAsync(oper.Buy(card, 999), oper.Terms);

        Assert.Equal((Decision.Approved, true), (answer.Entry!.Decision, isBySnapshot));
        Assert.Equal(1_000, await oper.SpentAsync(budget));
    }

    [Fact]
    public async Task What_is_given_back_in_its_month_can_be_bought_for_again_and_what_is_held_is_spent()
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var card = await oper.AddCardAsync(90_000);
        var budget = await oper.AddBudgetAsync(1_000, oper.DepartmentId);
        var node = NewNode();
        var held = oper.Buy(card, 600) with { Hold = true };
        var taken = oper.Buy(card, 400);
        await node.AuthoriseAsync(held, oper.Terms);
        await node.AuthoriseAsync(taken, oper.Terms);
        Assert.Equal(DeclineReason.BudgetSpent, (await node.AuthoriseAsync(oper.Buy(card, 1), oper.Terms)).Entry!.DeclineReason);

        await node.OperateAsync(oper.Ask(OperationKind.Capture, held.Id, 500), oper.Terms);
        await node.OperateAsync(oper.Ask(OperationKind.Void, taken.Id), oper.Terms);

        Assert.Equal(500, await oper.SpentAsync(budget));
        Assert.Equal(Decision.Approved, (await node.AuthoriseAsync(oper.Buy(card, 500), oper.Terms)).Entry!.Decision);
        Assert.Equal(DeclineReason.BudgetSpent, (await node.AuthoriseAsync(oper.Buy(card, 1), oper.Terms)).Entry!.DeclineReason);
    }

    [Fact]
    public async Task An_advice_is_recorded_over_the_budget_and_nothing_is_bought_until_there_is_room_again()
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var card = await oper.AddCardAsync(90_000);
        var budget = await oper.AddBudgetAsync(1_000, oper.DepartmentId);
        var node = NewNode();
        var sold = oper.Buy(card, 1_500);
        var declined = oper.Buy(card, 1_400);
        Assert.Equal(DeclineReason.BudgetSpent, (await node.AuthoriseAsync(declined, oper.Terms)).Entry!.DeclineReason);

        Assert.Equal(CommitStatus.Decided, (await node.AdviseAsync(oper.Advise(sold, DateTimeOffset.UtcNow), oper.Terms)).Status);
        Assert.Equal(CommitStatus.Decided, (await node.AdviseAsync(oper.Advise(declined, DateTimeOffset.UtcNow), oper.Terms)).Status);
        Assert.Equal(2_900, await oper.SpentAsync(budget));
        await node.OperateAsync(oper.Ask(OperationKind.Refund, declined.Id, 1_000), oper.Terms);
        Assert.Equal(DeclineReason.BudgetSpent, (await node.AuthoriseAsync(oper.Buy(card, 1), oper.Terms)).Entry!.DeclineReason);
        await node.OperateAsync(oper.Ask(OperationKind.Refund, sold.Id, 1_000), oper.Terms);

        Assert.Equal(900, await oper.SpentAsync(budget));
        Assert.Equal(Decision.Approved, (await node.AuthoriseAsync(oper.Buy(card, 100), oper.Terms)).Entry!.Decision);
    }

    [Fact]
    public async Task One_that_only_warns_counts_and_declines_nothing()
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var card = await oper.AddCardAsync(90_000);
        var budget = await oper.AddBudgetAsync(1_000, oper.DepartmentId, declines: false);
        var lane = NewSnapshotLane();

        foreach (var amount in new[] { 900, 900, 900 })
        {
            Assert.Equal(Decision.Approved, (await lane.CommitOneAsync(oper.Buy(card, amount), oper.Terms)).Answer.Entry!.Decision);
        }

        Assert.Equal(2_700, await oper.SpentAsync(budget));
        await Ledger.ExecuteAsync("update budget set mode = 2 where id = @budget", new { budget });
        Assert.Equal(DeclineReason.BudgetSpent, (await lane.CommitOneAsync(oper.Buy(card, 1), oper.Terms)).Answer.Entry!.DeclineReason);
        await Ledger.ExecuteAsync("update budget set ceiling_minor = 2701 where id = @budget", new { budget });
        Assert.Equal(Decision.Approved, (await lane.CommitOneAsync(oper.Buy(card, 1), oper.Terms)).Answer.Entry!.Decision);
        await Ledger.ExecuteAsync("delete from budget where id = @budget", new { budget });
        Assert.Equal(Decision.Approved, (await lane.CommitOneAsync(oper.Buy(card, 1), oper.Terms)).Answer.Entry!.Decision);
    }

    [Fact]
    public async Task One_given_in_the_middle_of_a_month_begins_with_what_the_month_has_spent()
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var beside = await Ledger.Provisioner.AddDepartmentAsync(oper.OrganisationId, "Bredvid", "KST 2");
        var (card, theirs) = (await oper.AddCardAsync(90_000), await oper.AddCardOfAsync(beside));
        var node = NewNode();
        var refunded = oper.Buy(card, 1_000);
        foreach (var purchase in new[] { refunded, oper.Buy(card, 300) with { Hold = true }, oper.Buy(card, 900_000), oper.Buy(theirs, 5_000) })
        {
            await node.AuthoriseAsync(purchase, oper.Terms);
        }

        await node.OperateAsync(oper.Ask(OperationKind.Refund, refunded.Id, 100), oper.Terms);
        await oper.ChargeAsync(oper.BillingSnapshotId, 2_000, oper.MonthNow());

        var budget = await oper.AddBudgetAsync(50_000, oper.DepartmentId);
        var ofReference = await oper.AddBudgetAsync(50_000, department: null, "KST 2");

        Assert.Equal(3_200, await oper.SpentAsync(budget));
        Assert.Equal(5_000, await oper.SpentAsync(ofReference));
    }

    [Fact]
    public async Task Charges_count_in_their_month_and_only_a_subscriptions_month_goes_beyond()
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var card = await oper.AddCardAsync(90_000);
        var month = oper.MonthNow();
        var next = CreditMonth.FromNumber(month).Next.Number;
        var budget = await oper.AddBudgetAsync(1_000, oper.DepartmentId);
        await oper.ChargeAsync(oper.BillingSnapshotId, 700, month);
        await oper.ChargeAsync(oper.BillingSnapshotId, 1_000, next);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => oper.ChargeAsync(oper.BillingSnapshotId, 301, month));
        Assert.Equal("BU001", refused.SqlState);
        Assert.Equal(DeclineReason.BudgetSpent, (await NewNode().AuthoriseAsync(oper.Buy(card, 301), oper.Terms)).Entry!.DeclineReason);
        await oper.ChargeAsync(oper.BillingSnapshotId, 5_000, month, "subscription_month");
        await oper.ChargeAsync(
            oper.BillingSnapshotId, -700, month,
            reverses: await Ledger.AskAsync<Guid>(
                "select id from billing.charge where billing_snapshot_id = @BillingSnapshotId and amount_minor = 700", new { oper.BillingSnapshotId }));

        Assert.Equal((5_000, 1_000), (await oper.SpentAsync(budget, month), await oper.SpentAsync(budget, next)));
    }

    [Fact]
    public async Task What_an_account_bought_for_a_department_stays_there_when_another_pays_and_so_does_what_is_given_back()
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var other = await Ledger.Provisioner.AddDepartmentAsync(oper.OrganisationId, "Andra", "KST 2");
        var card = await oper.AddCardAsync(90_000);
        var (first, second) = (await oper.AddBudgetAsync(1_000, oper.DepartmentId), await oper.AddBudgetAsync(1_000, other));
        var node = NewNode();
        var before = oper.Buy(card, 800);
        await node.AuthoriseAsync(before, oper.Terms);
        var moved = await Ledger.Provisioner.AddTravellerAsync(other, "Anna Ö", "anna2@example.org");
        await Ledger.ExecuteAsync(
            "update credit_account set billing_snapshot_id = @moved where id = @id", new { moved, id = oper.AccountOf(card) });

        await node.AuthoriseAsync(oper.Buy(card, 900), oper.Terms);
        await node.OperateAsync(oper.Ask(OperationKind.Void, before.Id), oper.Terms);

        Assert.Equal((0, 900), (await oper.SpentAsync(first), await oper.SpentAsync(second)));
    }

    [Fact]
    public async Task A_department_that_is_moved_takes_what_it_has_spent_along()
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var (left, right) = (
            await Ledger.Provisioner.AddDepartmentAsync(oper.OrganisationId, "Vänster", "V"),
            await Ledger.Provisioner.AddDepartmentAsync(oper.OrganisationId, "Höger", "H"));
        await MoveAsync(left);
        var card = await oper.AddCardAsync(90_000);
        var (ofLeft, ofRight) = (await oper.AddBudgetAsync(1_000, left), await oper.AddBudgetAsync(1_000, right));
        var node = NewNode();
        await node.AuthoriseAsync(oper.Buy(card, 800), oper.Terms);

        await MoveAsync(right);

        Assert.Equal((0, 800), (await oper.SpentAsync(ofLeft), await oper.SpentAsync(ofRight)));
        Assert.Equal(DeclineReason.BudgetSpent, (await node.AuthoriseAsync(oper.Buy(card, 201), oper.Terms)).Entry!.DeclineReason);
        Assert.Equal(Decision.Approved, (await node.AuthoriseAsync(oper.Buy(card, 200), oper.Terms)).Entry!.Decision);

        Task MoveAsync(Guid parent) => Ledger.ExecuteAsync(
            "update department set parent_id = @parent where id = @DepartmentId", new { parent, oper.DepartmentId });
    }

    [Fact]
    public async Task Each_month_has_the_whole_budget_and_what_is_given_back_later_is_its_own_months()
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        await ledger.StopClockAsync(new DateTimeOffset(2026, 11, 30, 22, 30, 0, TimeSpan.Zero));
        var oper = await TestOperator.CreateAsync(ledger, terms => terms with { HoldTime = TimeSpan.FromDays(2) });
        var card = await oper.AddCardAsync(90_000);
        var budget = await oper.AddBudgetAsync(1_000, oper.DepartmentId);
        var node = NewNode(ledger);
        var november = oper.Buy(card, 1_000);
        await node.AuthoriseAsync(november, oper.Terms);
        Assert.Equal(DeclineReason.BudgetSpent, (await node.AuthoriseAsync(oper.Buy(card, 1), oper.Terms)).Entry!.DeclineReason);

        await ledger.StopClockAsync(new DateTimeOffset(2026, 11, 30, 23, 0, 0, TimeSpan.Zero));
        Assert.Equal(Decision.Approved, (await node.AuthoriseAsync(oper.Buy(card, 1_000), oper.Terms)).Entry!.Decision);
        await node.OperateAsync(oper.Ask(OperationKind.Void, november.Id), oper.Terms);

        Assert.Equal((0, 1_000), (await oper.SpentAsync(budget, 2026_11), await oper.SpentAsync(budget, 2026_12)));
        Assert.Equal(DeclineReason.BudgetSpent, (await node.AuthoriseAsync(oper.Buy(card, 1), oper.Terms)).Entry!.DeclineReason);
    }

    [Fact]
    public async Task One_that_is_given_on_one_server_holds_for_the_next_purchase_on_another()
    {
        var oper = await TestOperator.CreateAsync(Ledger);
        var card = await oper.AddCardAsync(90_000);
        var lanes = new[] { NewSnapshotLane(), NewSnapshotLane() };
        foreach (var lane in lanes)
        {
            await lane.CommitOneAsync(oper.Buy(card, 100), oper.Terms);
        }

        await oper.AddBudgetAsync(250, oper.DepartmentId);

        Assert.Equal(Decision.Approved, (await lanes[0].CommitOneAsync(oper.Buy(card, 50), oper.Terms)).Answer.Entry!.Decision);
        Assert.Equal(DeclineReason.BudgetSpent, (await lanes[1].CommitOneAsync(oper.Buy(card, 1), oper.Terms)).Answer.Entry!.DeclineReason);
    }
}
