using System.Globalization;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Operations;

/// <summary>
/// Random histories over several servers, through midnights, month ends and lapses, each step of which a naive book tells
/// the outcome of.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class RandomHistoryTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const int Steps = 700;
    private const int Cards = 3;
    private const long LimitMinor = 30_000;

    private static readonly DateTimeOffset Start = DateTimeOffset.Parse("2026-11-27T08:00:00Z", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_answer_and_every_balance_is_the_naive_books(int seed)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        await ledger.StopClockAsync(Start.AddMonths(-3));
        var oper = await TestOperator.CreateAsync(ledger);
        var cards = await Task.WhenAll(Enumerable.Range(0, Cards).Select(_ => oper.AddCardAsync(LimitMinor)));
        var book = new NaiveBook(oper.Terms.HoldTime) { Now = Start };
        Array.ForEach(cards, card => book.Limits[card] = LimitMinor);
        await ledger.StopClockAsync(Start);
        var history = new RandomHistory(
            oper, cards, book, [NewNode(ledger), NewNode(ledger, lanes: 1), NewNode(ledger)], new Random(seed));
        var trail = new List<string>();
        var told = new HashSet<string>(StringComparer.Ordinal);

        for (var number = 0; number < Steps; number++)
        {
            var step = await history.StepAsync();
            trail.Add($"{book.Now:MM-dd HH:mm:ss} {step.What}: {step.Actual}");
            Assert.True(step.Expected == step.Actual, $"Step {number}: {step.Expected} was expected.\n{string.Join('\n', trail.TakeLast(25))}");
            told.Add($"{step.What.Split(' ')[0]} {step.Actual.Split(',')[0]}");
            if (step.On is { } card)
            {
                Assert.Equal(book.Balance(card), await history.BalanceAsync(card));
            }
        }

        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
        Assert.True(told.Count > 20, string.Join('\n', told.Order(StringComparer.Ordinal)));
    }
}
