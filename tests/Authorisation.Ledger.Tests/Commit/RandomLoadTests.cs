using System.Collections.Concurrent;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

[Trait("Tier", "Slow")]
public sealed class RandomLoadTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const int Callers = 48;
    private const int PurchasesPerCaller = 50;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Three_servers_on_few_accounts_never_overspend_never_decide_twice_and_never_deadlock(int seed)
    {
        var nodes = new[] { NewNode(), NewNode(), NewNode(lanes: 3) };
        var cards = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Operator.AddCardAsync(200_000)));
        var answers = new ConcurrentBag<(Purchase Purchase, CommitResult Answer)>();

        var load = Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(unchecked((seed * 1_000) + caller));
            for (var i = 0; i < PurchasesPerCaller; i++)
            {
                var purchase = Operator.Buy(cards[random.Next(cards.Length)], random.Next(1, 2_000)) with { Hold = random.Next(4) == 0 };
                var tries = random.Next(4) == 0 ? 3 : 1;
                var results = await Task.WhenAll(Enumerable.Range(0, tries).Select(
                    _ => nodes[random.Next(nodes.Length)].AuthoriseUntilSettledAsync(purchase, Operator.Terms)));
                foreach (var result in results)
                {
                    answers.Add((purchase, result));
                }
            }
        })));
        await ChangeLimitsUntilAsync(load, cards, seed);

        Assert.All(answers, a => Assert.True(a.Answer.Status is CommitStatus.Decided or CommitStatus.Replayed, $"{a.Answer}"));
        foreach (var tries in answers.GroupBy(a => a.Purchase.Id))
        {
            Assert.Single(tries, a => a.Answer.Status == CommitStatus.Decided);
            Assert.Single(tries.Select(a => a.Answer.Entry).Distinct());
        }

        var decided = answers.Where(a => a.Answer.Status == CommitStatus.Decided).Select(a => a.Answer).ToList();
        Assert.All(
            decided.Where(answer => answer.Entry!.Decision == Decision.Approved),
            answer => Assert.True(answer.Credit!.Value.SpentMinor <= answer.Credit.Value.LimitMinor, $"{answer}"));
        foreach (var card in cards)
        {
            await AssertBalanceAsync(card, decided);
        }
    }

    [Fact]
    public async Task A_limit_holds_for_every_purchase_sent_after_the_administrator_got_the_answer()
    {
        var nodes = new[] { NewNode(), NewNode() };
        var card = await Operator.AddCardAsync(1_000_000_000);
        long limit = 1_000_000_000;
        using var stop = new CancellationTokenSource();

        var load = Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                // The administrator only raises, so what is in force is never less than what was in force before the call.
                var inForce = Volatile.Read(ref limit);
                var answer = await nodes[caller % 2].AuthoriseUntilSettledAsync(Operator.Buy(card, 1), Operator.Terms);
                Assert.True(answer.Credit!.Value.LimitMinor >= inForce, $"decided by {answer.Credit} after {inForce} was in force");
            }
        })));
        for (var i = 0; i < 100; i++)
        {
            await Ledger.Provisioner.SetLimitAsync(Operator.AccountOf(card), limit + 1);
            Volatile.Write(ref limit, limit + 1);
        }

        await stop.CancelAsync();
        await load;
    }

    private async Task ChangeLimitsUntilAsync(Task load, Instrument[] cards, int seed)
    {
        var random = new Random(seed);
        while (!load.IsCompleted)
        {
            var account = Operator.AccountOf(cards[random.Next(cards.Length)]);
            await Ledger.Provisioner.SetLimitAsync(account, random.Next(50_000, 300_000));
            await Ledger.Provisioner.SetBlockedAsync(account, random.Next(3) == 0);
        }

        await load;
    }

    /// <summary>
    /// The row, the entries and the answers agree, and the answers in the order of what was spent make a chain: each
    /// approval saw exactly what the ones before it had spent.
    /// </summary>
    private async Task AssertBalanceAsync(Instrument card, List<CommitResult> decided)
    {
        var id = Operator.AccountOf(card);
        var approved = decided.Where(answer => answer.Entry!.AccountId == id && answer.Entry.Decision == Decision.Approved)
            .OrderBy(answer => answer.Credit!.Value.SpentMinor).ToList();
        var spent = 0L;
        foreach (var answer in approved)
        {
            spent += answer.Entry!.Purchase.AmountMinor;
            Assert.Equal(spent, answer.Credit!.Value.SpentMinor);
        }

        Assert.Equal(spent, await Ledger.AskAsync<long>("select spent_minor from credit_account where id = @id", new { id }));
        Assert.Equal(spent, await Ledger.AskAsync<long>(
            "select coalesce(sum(amount_minor), 0)::bigint from authorisation where account_id = @id and decision = 1", new { id }));
        Assert.Equal(
            approved.Where(answer => answer.Entry!.Purchase.Hold).Sum(answer => answer.Entry!.Purchase.AmountMinor),
            await Ledger.AskAsync<long>("select held_minor from credit_account where id = @id", new { id }));
    }
}
