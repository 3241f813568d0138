using Authorisation.Core;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Rules;

/// <summary>
/// What a day may cost, on several servers, through days, nights and a month's end, against a book that goes over all rows
/// anew before each purchase.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class DayAmountTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const long MostMinor = 1_000;

    [Theory]
    // Over the end of October with the hour that comes twice, and over that of March with the one that is left out.
    [InlineData(1, "2026-10-24T15:00:00Z")]
    [InlineData(2, "2027-03-27T15:00:00Z")]
    [InlineData(3, "2026-10-31T15:00:00Z")]
    public async Task A_purchase_is_approved_as_long_as_its_day_costs_no_more(int seed, string from)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        var (random, now) = (new Random(seed), DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture));
        await ledger.StopClockAsync(now);
        var oper = await TestOperator.CreateAsync(ledger);
        var cards = new[] { await oper.AddCardAsync(90_000_000), await oper.AddCardAsync(90_000_000) };
        await oper.SetRuleAsync("max_day_minor", new { max_day_minor = MostMinor });
        var nodes = new[] { NewNode(ledger), NewNode(ledger) };
        var sold = new List<Purchase>();
        var declined = 0;
        for (var step = 0; step < 220; step++)
        {
            if (random.Next(5) == 0)
            {
                now += random.Next(3) == 0 ? TimeSpan.FromHours(random.Next(1, 20)) : TimeSpan.FromMinutes(random.Next(1, 50));
                await ledger.StopClockAsync(now);
                await nodes[0].Sweeper.SweepAsync(_ => oper.Terms, CancellationToken.None);
            }

            var node = nodes[random.Next(nodes.Length)];
            if (sold.Count > 0 && random.Next(3) == 0)
            {
                var of = sold[^random.Next(1, Math.Min(sold.Count, 8) + 1)];
                var kind = (OperationKind)random.Next(1, 4);
                await node.OperateAsync(
                    oper.Ask(kind, of.Id, kind != OperationKind.Void && random.Next(2) == 0 ? random.Next(1, 200) : null), oper.Terms);
                continue;
            }

            var card = cards[random.Next(cards.Length)];
            var purchase = oper.Buy(card, random.Next(1, 600)) with { Hold = random.Next(3) == 0 };
            if (random.Next(10) == 0)
            {
                await node.AdviseAsync(oper.Advise(purchase, now.AddHours(-random.Next(0, 30))), oper.Terms);
                sold.Add(purchase);
                continue;
            }

            var spent = await SpentTodayAsync(ledger, oper, card, now);
            var answer = await node.AuthoriseAsync(purchase, oper.Terms);
            var expected = spent + purchase.AmountMinor <= MostMinor ? DeclineReason.None : DeclineReason.DayAmountOverRule;
            Assert.True(
                expected == answer.Entry!.DeclineReason, $"step {step}: {answer.Entry.DeclineReason} of {purchase.AmountMinor} after {spent} at {now:O}");
            declined += expected == DeclineReason.None ? 0 : 1;
            sold.Add(purchase);
        }

        Assert.InRange(declined, 20, 190);
    }

    [Fact]
    public async Task Purchases_at_once_on_several_servers_come_to_no_more_than_a_day_may_cost_and_to_all_of_it()
    {
        var card = await Operator.AddCardAsync(90_000_000);
        await Operator.SetRuleAsync("max_day_minor", new { max_day_minor = MostMinor });
        var nodes = new[] { NewNode(), NewNode() };

        var answers = await Task.WhenAll(Enumerable.Range(0, 120).Select(
            i => nodes[i % 2].AuthoriseUntilSettledAsync(Operator.Buy(card, 30), Operator.Terms)));

        // Midnight may come in between.
        Assert.All(
            answers.Where(answer => answer.Entry!.Decision == Decision.Approved)
                .GroupBy(answer => DaySpending.DayOf(answer.Entry!.DecidedAt, Operator.Terms.TimeZone)),
            day => Assert.InRange(day.Sum(answer => answer.Entry!.Purchase.AmountMinor), 1, MostMinor));
        Assert.True(answers.Count(answer => answer.Entry!.Decision == Decision.Approved) >= 33);
        Assert.Contains(answers, answer => answer.Entry!.DeclineReason == DeclineReason.DayAmountOverRule);
    }

    [Fact]
    public async Task A_credit_that_is_taken_away_and_given_again_goes_on_with_what_its_day_had_cost()
    {
        var card = await Operator.AddCardAsync(90_000_000);
        await Operator.SetRuleAsync("max_day_minor", new { max_day_minor = MostMinor });
        var node = NewNode();
        var first = await node.AuthoriseAsync(Operator.Buy(card, 900), Operator.Terms);
        await Ledger.ExecuteAsync(
            """
            update credit_account set removed_at = ledger_now() where id = @id;
            update credit_account set removed_at = null, limit_minor = 80000 where id = @id
            """,
            new { id = Operator.AccountOf(card) });

        var second = await node.AuthoriseAsync(Operator.Buy(card, 200), Operator.Terms);

        var isSameDay = DaySpending.DayOf(first.Entry!.DecidedAt, Operator.Terms.TimeZone)
            == DaySpending.DayOf(second.Entry!.DecidedAt, Operator.Terms.TimeZone);
        Assert.Equal(isSameDay ? DeclineReason.DayAmountOverRule : DeclineReason.None, second.Entry!.DeclineReason);
    }

    private static async Task<long> SpentTodayAsync(TestLedger ledger, TestOperator oper, Instrument card, DateTimeOffset now)
    {
        await using var session = await ledger.Owner.OpenConnectionAsync();
        var id = oper.AccountOf(card);
        var entries = (await session.QueryAsync<(Guid Id, int Month, long Minor, DateTime At)>(
            "select id, credit_month, case when decision = 1 then amount_minor else 0 end, decided_at from authorisation where account_id = @id",
            new { id })).ToList();
        var operations = (await session.QueryAsync<(Guid Of, long Minor, DateTime At)>(
            "select authorisation_id, spent_minor, made_at from operation where account_id = @id", new { id })).ToList();
        var zone = oper.Terms.TimeZone;
        var (today, month) = (DateOnly.FromDateTime(Local(now)), CreditMonth.Of(now, zone).Number);
        return entries
            .Where(entry => entry.Month == month && DateOnly.FromDateTime(Local(Utc(entry.At))) == today)
            .Sum(entry => entry.Minor + operations
                .Where(operation => operation.Of == entry.Id && DateOnly.FromDateTime(Local(Utc(operation.At))) == today)
                .Sum(operation => operation.Minor));

        DateTime Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone).DateTime;

        static DateTimeOffset Utc(DateTime at) => new(at, TimeSpan.Zero);
    }
}
