using System.Collections.Concurrent;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Budgets;

/// <summary>Budgets that several servers spend of at once, while connections break and administrators change them.</summary>
[Trait("Tier", "Slow")]
public sealed class BudgetAttackTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const int Callers = 16;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Purchases_alone_come_to_no_more_than_the_budget_and_none_is_declined_that_fitted(int seed)
    {
        const long Ceiling = 40_000;
        var oper = Operator;
        var cards = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => oper.AddCardOfAsync(oper.DepartmentId)));
        var budget = await oper.AddBudgetAsync(Ceiling, oper.DepartmentId);
        var nodes = new[] { NewNode(), NewNode(), NewNode() };
        var answers = new ConcurrentBag<CommitResult>();

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random((seed * 100) + caller);
            for (var i = 0; i < 40; i++)
            {
                var purchase = oper.Buy(cards[random.Next(cards.Length)], random.Next(1, 300)) with { Hold = random.Next(10) == 0 };
                answers.Add(await nodes[random.Next(3)].AuthoriseUntilSettledAsync(purchase, oper.Terms));
            }
        })));

        var spent = answers.Where(answer => answer.Entry!.Decision == Decision.Approved).Sum(answer => answer.Entry!.Purchase.AmountMinor);
        Assert.InRange(spent, 1, Ceiling);
        Assert.Equal(spent, await oper.SpentAsync(budget));
        var declined = answers.Where(answer => answer.Entry!.Decision == Decision.Declined).ToList();
        Assert.NotEmpty(declined);
        // Nothing was given back, so what did not fit then does not fit now.
        Assert.All(declined, answer => Assert.Equal(DeclineReason.BudgetSpent, answer.Entry!.DeclineReason));
        Assert.All(declined, answer => Assert.True(answer.Entry!.Purchase.AmountMinor > Ceiling - spent, $"{answer.Entry.Purchase.AmountMinor} fits {Ceiling - spent}"));
        Assert.True(nodes.Sum(node => node.Queue.CommittedBySnapshot) > 50);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_done_by_whom_and_whatever_breaks_the_parts_come_to_what_the_rows_say(int seed)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        var oper = await TestOperator.CreateAsync(ledger);
        var above = await ledger.Provisioner.AddDepartmentAsync(oper.OrganisationId, "Högst", "KST 1");
        var below = await ledger.Provisioner.AddDepartmentAsync(oper.OrganisationId, "Under", "KST 4711");
        await ledger.ExecuteAsync("update department set parent_id = @above where id <> @above", new { above });
        Guid[] departments = [above, oper.DepartmentId, below];
        var cards = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => oper.AddCardOfAsync(departments[i % 3])));
        var (ofAbove, ofBelow, ofReference) = (
            await oper.AddBudgetAsync(30_000, above), await oper.AddBudgetAsync(9_000, below), await oper.AddBudgetAsync(20_000, null, "KST 4711"));
        var nodes = new[] { NewNode(ledger, "one"), NewNode(ledger, "two"), NewNode(ledger, "three") };

        var load = Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(oper, cards, nodes, new Random((seed * 100) + caller)))));
        await BreakUntilAsync(load, ledger, oper, [ofAbove, ofBelow, ofReference], new Random(seed));

        var month = oper.MonthNow();
        Assert.Equal(await oper.SumOfRowsAsync(month, departments), await oper.SpentAsync(ofAbove));
        Assert.Equal(await oper.SumOfRowsAsync(month, [below]), await oper.SpentAsync(ofBelow));
        Assert.Equal(await oper.SumOfRowsAsync(month, [], "KST 4711"), await oper.SpentAsync(ofReference));
        Assert.Equal(0, await ledger.AskAsync<long>(
            """
            select count(*) from (
              select b.mode, b.ceiling_minor - sum(t.spent_minor) as left_minor, sum(t.room_minor) as room, min(t.room_minor) as least, bool_or(t.is_over) as is_over
              from budget b join budget_part t on t.budget_id = b.id group by b.id) s
            where s.left_minor <> s.room
              or (s.mode = 2 and ((s.least < 0) <> s.is_over or s.is_over <> (s.left_minor < 0)))
            """));
        foreach (var id in cards.Select(card => card.CardNumber))
        {
            Assert.True(await ledger.AskAsync<bool>(
                """
                select a.spent_minor = coalesce((select sum(e.amount_minor) from authorisation e where e.account_id = a.id and e.decision = 1), 0)
                  + coalesce((select sum(o.spent_minor) from operation o where o.account_id = a.id), 0)
                from credit_account a where a.card_number = @id
                """,
                new { id }));
        }
    }

    private static async Task CallAsync(TestOperator oper, Instrument[] cards, LedgerNode[] nodes, Random random)
    {
        var sold = new List<Purchase>();
        for (var i = 0; i < 60; i++)
        {
            var node = nodes[random.Next(nodes.Length)];
            if (sold.Count > 0 && random.Next(3) == 0)
            {
                var kind = random.Next(3) switch { 0 => OperationKind.Void, 1 => OperationKind.Refund, _ => OperationKind.Capture };
                await node.OperateAsync(
                    oper.Ask(kind, sold[random.Next(sold.Count)].Id, kind == OperationKind.Void ? null : random.Next(1, 300)), oper.Terms);
                continue;
            }

            var purchase = oper.Buy(cards[random.Next(cards.Length)], random.Next(1, 500)) with { Hold = random.Next(6) == 0 };
            sold.Add(purchase);
            await (random.Next(15) == 0
                ? node.AdviseAsync(oper.Advise(purchase, DateTimeOffset.UtcNow), oper.Terms)
                : node.AuthoriseAsync(purchase, oper.Terms));
        }
    }

    // Ends servers' sessions wherever they are, and changes ceilings and modes.
    private static async Task BreakUntilAsync(Task load, TestLedger ledger, TestOperator oper, Guid[] budgets, Random random)
    {
        await using var superuser = await ledger.OpenSessionAsync(ledger.SuperuserConnectionString);
        for (var round = 0; round < 40 && !load.IsCompleted; round++)
        {
            await ledger.ExecuteAsync(
                "update budget set ceiling_minor = @ceiling, mode = @mode where id = @id",
                new { ceiling = random.Next(2_000, 60_000), mode = random.Next(4) == 0 ? 1 : 2, id = budgets[random.Next(budgets.Length)] });
            await oper.ChargeAsync(oper.BillingSnapshotId, random.Next(1, 400), oper.MonthNow(), "subscription_month");
            if (round % 4 == 0)
            {
                await superuser.ExecuteAsync(
                    """
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and application_name in ('one', 'two', 'three') and state = 'active'
                    order by random() limit 1
                    """);
            }
        }

        await load;
    }
}
