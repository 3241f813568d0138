using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Operations;

/// <summary>
/// Several servers write, somebody closes month after month, and the clock jumps to and fro over the ends of months, all at
/// the same time. What may never be is looked for afterwards, by plain SQL.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class RandomClosingTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const int FirstMonth = 2027_01;
    private const int Months = 12;
    private const int Writers = 8;
    private const long LimitMinor = 30_000;

    private const string OverLimit = """
        select count(*) from (
          select account_id, credit_month
          from (
            select account_id, credit_month, amount_minor as spent from authorisation where decision = 1
            union all
            select account_id, credit_month, spent_minor from operation
          ) r
          where account_id = any (@unadvised)
          group by account_id, credit_month
          having sum(spent) > @LimitMinor
        ) o
        """;

    private static readonly DateTimeOffset Start = DateTimeOffset.Parse("2027-01-20T08:00:00Z", CultureInfo.InvariantCulture);

    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _decided;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_closed_month_gets_another_row_whatever_the_clock_does(int seed)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        await MonthCloser.PrepareAsync(ledger);
        await ledger.SetClockAsync(Start);
        var oper = await TestOperator.CreateAsync(ledger, add => add with { HoldTime = TimeSpan.FromHours(12) });
        await ledger.ExecuteAsync("update operator set first_open_month = @FirstMonth", new { FirstMonth });
        var cards = new List<Instrument>();
        for (var i = 0; i < 12; i++)
        {
            cards.Add(await oper.AddCardAsync(LimitMinor));
        }

        await ledger.ExecuteAsync("update credit_account set given_at = '-infinity'");
        var nodes = new[] { NewNode(ledger), NewNode(ledger) };

        var writing = Enumerable.Range(0, Writers)
            .Select(writer => Task.Run(() => WriteAsync(oper, cards, nodes, new Random((seed * 100) + writer)))).ToList();
        await CloseAllAsync(oper, new Random(seed));
        // On a slow machine there is more time for it, so that it is about something.
        await Eventually.TrueAsync(
            () => writing.Any(writer => writer.IsFaulted)
                || (Volatile.Read(ref _decided) > 200 && nodes.Sum(node => node.Queue.CommittedBySnapshot) > 0),
            2 * Eventually.Bound, "commands are decided, by snapshot too");
        _over.SetResult();
        await Task.WhenAll(writing);

        await MonthCloser.NothingCameLaterAsync(ledger);
        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
        Assert.Equal(0, await ledger.AskAsync<long>("select count(*) from authorisation where invoice_month < credit_month"));
        // The second half of the cards has advices, which are recorded whatever the limit is.
        var unadvised = cards.Take(cards.Count / 2).Select(oper.AccountOf).ToArray();
        Assert.Equal(0, await ledger.AskAsync<long>(OverLimit, new { unadvised, LimitMinor }));
        // It was about something: the clock did step back over closed months.
        Assert.True(await ledger.AskAsync<long>("select count(*) from authorisation where invoice_month > credit_month and decided_at is not null and occurred_at is null") > 0);
    }

    private async Task WriteAsync(TestOperator oper, List<Instrument> cards, LedgerNode[] nodes, Random random)
    {
        var sold = new List<Purchase>();
        while (!_over.Task.IsCompleted)
        {
            var node = nodes[random.Next(nodes.Length)];
            var card = random.Next(cards.Count);
            var purchase = oper.Buy(cards[card], random.Next(1, 4_000)) with { Hold = random.Next(3) == 0 };
            var of = sold.Count == 0 ? purchase.Id : sold[^random.Next(1, Math.Min(sold.Count, 9) + 1)].Id;
            var answer = random.Next(10) switch
            {
                0 => await node.OperateAsync(oper.Ask(OperationKind.Capture, of), oper.Terms),
                1 => await node.OperateAsync(oper.Ask(OperationKind.Void, of), oper.Terms),
                2 => await node.OperateAsync(oper.Ask(OperationKind.Refund, of), oper.Terms),
                3 when card >= cards.Count / 2 => await node.AdviseAsync(
                    oper.Advise(purchase, Start.AddDays(random.Next(360))), oper.Terms),
                _ => await node.AuthoriseAsync(purchase, oper.Terms),
            };
            sold.Add(purchase);
            Assert.NotEqual(CommitStatus.Failed, answer.Status);
            Interlocked.Add(ref _decided, answer.Status == CommitStatus.Decided ? 1 : 0);
        }
    }

    /// <summary>Closes a year's months, each after its end by the clock, which then goes back over it and forth again.</summary>
    private static async Task CloseAllAsync(TestOperator oper, Random random)
    {
        var month = CreditMonth.FromNumber(FirstMonth);
        for (var i = 0; i < Months; i++, month = month.Next)
        {
            var edge = month.Next.StartsAt(oper.Terms.TimeZone);
            await oper.Ledger.SetClockAsync(edge.AddMilliseconds(random.Next(-60_000, 0)));
            await Task.Delay(random.Next(60));
            await oper.Ledger.SetClockAsync(edge.AddMilliseconds(random.Next(0, 60_000)));
            await Task.Delay(random.Next(60));
            var closing = MonthCloser.BeginAsync(oper, month.Number);
            if (random.Next(2) == 0)
            {
                // While the lock is waited for, or held.
                await oper.Ledger.SetClockAsync(edge - Back(random));
            }

            var session = await closing;
            await Task.Delay(random.Next(3) == 0 ? random.Next(400) : random.Next(20));
            await MonthCloser.EndAsync(session, oper, month.Number);
            for (var jump = random.Next(1, 4); jump > 0; jump--)
            {
                await oper.Ledger.SetClockAsync(random.Next(3) == 0 ? edge + Back(random) : edge - Back(random));
                await Task.Delay(random.Next(80));
            }
        }
    }

    private static TimeSpan Back(Random random) => random.Next(5) switch
    {
        0 => TimeSpan.FromSeconds(random.Next(1, 10)),
        1 => TimeSpan.FromSeconds(random.Next(10, 90)),
        2 => TimeSpan.FromMinutes(random.Next(1, 90)),
        3 => TimeSpan.FromDays(random.Next(1, 3)),
        _ => TimeSpan.FromDays(random.Next(3, 45)),
    };
}
