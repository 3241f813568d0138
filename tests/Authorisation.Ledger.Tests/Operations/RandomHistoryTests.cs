using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.GroupCommit;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Operations;

/// <summary>
/// Random histories over several servers, through midnights, month ends and lapses, each step of which a naive book tells
/// the outcome of.
/// </summary>
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
        var nodes = new[] { NewNode(ledger), NewNode(ledger, lanes: 1), NewNode(ledger) };
        var random = new Random(seed);
        var sold = new List<Purchase>();
        var done = new List<Operation>();
        var trail = new List<string>();
        var told = new HashSet<string>(StringComparer.Ordinal);

        for (var step = 0; step < Steps; step++)
        {
            var node = nodes[random.Next(nodes.Length)];
            var (what, expected, actual, card) = random.Next(20) switch
            {
                < 2 => await PassTimeAsync(),
                < 8 => await BuyAsync(node),
                < 16 => await OperateAsync(node),
                _ => await AdviseAsync(node),
            };
            trail.Add($"{book.Now:MM-dd HH:mm:ss} {what}: {actual}");
            Assert.True(expected == actual, $"Step {step}: {expected} was expected.\n{string.Join('\n', trail.TakeLast(25))}");
            told.Add($"{what.Split(' ')[0]} {actual.Split(',')[0]}");
            if (card is { } on)
            {
                Assert.Equal(book.Balance(on), await BalanceAsync(node, oper, on));
            }
        }

        await LedgerSums.AddUpAsync(ledger, oper.Terms.Id);
        Assert.True(told.Count > 20, string.Join('\n', told.Order(StringComparer.Ordinal)));

        async Task<(string, string, string, Instrument?)> PassTimeAsync()
        {
            book.Now += random.Next(6) switch
            {
                0 => TimeSpan.FromDays(random.Next(1, 9)),
                1 => oper.Terms.HoldTime,
                _ => TimeSpan.FromMinutes(random.Next(1, 40)),
            };
            await ledger.StopClockAsync(book.Now);
            if (random.Next(2) == 0)
            {
                await nodes[0].Sweeper.SweepAsync(_ => oper.Terms, CancellationToken.None);
            }

            return ("time", "", "", null);
        }

        async Task<(string, string, string, Instrument?)> BuyAsync(LedgerNode node)
        {
            var purchase = sold.Count > 0 && random.Next(5) == 0
                ? sold[random.Next(sold.Count)]
                : oper.Buy(cards[random.Next(Cards)], random.Next(1, 12_000)) with { Hold = random.Next(2) == 0 };
            sold.Add(purchase);
            var answer = await node.AuthoriseAsync(purchase, oper.Terms);
            var actual = (answer.Status == CommitStatus.Replayed ? "again " : "") + answer.Entry!.Decision
                + (answer.Entry.DeclineReason == DeclineReason.None ? "" : $" {answer.Entry.DeclineReason}");
            var expected = book.Buy(purchase);
            return ($"buy {Short(purchase.Id)} {purchase.AmountMinor}", Credit(expected, book, purchase.Instrument),
                actual + $", {answer.Credit!.Value.SpentMinor}/{answer.Credit.Value.HeldMinor}", purchase.Instrument);
        }

        async Task<(string, string, string, Instrument?)> OperateAsync(LedgerNode node)
        {
            var of = sold.Count > 0 && random.Next(15) > 0
                ? sold[Math.Max(0, sold.Count - 1 - random.Next(12))]
                : oper.Buy(cards[0]) with { Hold = random.Next(2) == 0 };
            var kind = (OperationKind)random.Next(1, 4);
            var operation = done.Count > 0 && random.Next(6) == 0
                ? done[random.Next(done.Count)] with { AmountMinor = random.Next(8) == 0 ? 77 : done[^1].AmountMinor }
                : oper.Ask(kind, of.Id, kind != OperationKind.Void && random.Next(2) == 0 ? random.Next(1, 9_000) : null);
            if (operation.Kind == OperationKind.Void)
            {
                operation = operation with { AmountMinor = null };
                sold.Add(of);
            }

            done.Add(operation);
            var expected = book.Do(operation);
            var result = await node.OperateAsync(operation, oper.Terms);
            return ($"{operation.Kind} {Short(operation.AuthorisationId)} {operation.AmountMinor}", expected, Told(result), null);
        }

        async Task<(string, string, string, Instrument?)> AdviseAsync(LedgerNode node)
        {
            var purchase = sold.Count > 0 && random.Next(2) == 0
                ? sold[Math.Max(0, sold.Count - 1 - random.Next(12))]
                : oper.Buy(cards[random.Next(Cards)], random.Next(1, 12_000));
            var advice = oper.Advise(purchase, book.Now.AddHours(-random.Next(1, 200)));
            sold.Add(purchase);
            var result = await node.AdviseAsync(advice, oper.Terms);
            var actual = result switch
            {
                { Status: CommitStatus.Replayed } => "again" + (result.Operation!.OverLimit ? " over" : ""),
                { Status: CommitStatus.Decided } => result.History!.RecordedState + (result.Operation!.OverLimit ? " over" : ""),
                _ => Told(result),
            };
            return ($"advice {Short(purchase.Id)} {purchase.AmountMinor}", book.Advise(advice), actual, purchase.Instrument);
        }
    }

    private static string Told(CommitResult result) => result.Status switch
    {
        CommitStatus.Decided => $"{result.History!.RecordedState}",
        CommitStatus.Replayed => $"again {result.History!.RecordedState}",
        CommitStatus.Refused => $"no {result.Refusal}",
        CommitStatus.NotFound => "unknown",
        CommitStatus.NotAllowed => "not allowed",
        CommitStatus.DiffersFromFirst => "differs",
        var other => $"{other}",
    };

    private static string Credit(string told, NaiveBook book, Instrument card) =>
        $"{told}, {book.Balance(card).Spent}/{book.Balance(card).Held}";

    private static string Short(Guid id) => id.ToString()[..4];

    /// <summary>What a decision on a card sees: asked with a purchase that is more than any limit.</summary>
    private static async Task<(long Spent, long Held)> BalanceAsync(LedgerNode node, TestOperator oper, Instrument card)
    {
        var credit = (await node.AuthoriseAsync(oper.Buy(card, Limits.AmountMinorMax), oper.Terms)).Credit!.Value;
        return (credit.SpentMinor, credit.HeldMinor);
    }
}
