using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;

namespace Authorisation.Ledger.Tests.Operations;

/// <summary>What was done, what the naive book says of it, what the ledger said, and the card whose balance it may change.</summary>
internal sealed record HistoryStep(string What, string Expected, string Actual, Instrument? On = null);

/// <summary>One random history: each step is done in the ledger, by any of its servers, and in the naive book.</summary>
internal sealed class RandomHistory(
    TestOperator oper, Instrument[] cards, NaiveBook book, LedgerNode[] nodes, Random random)
{
    // How far back a step looks for something to do something to: what was sold last is what most happens to.
    private const int Recent = 12;

    private readonly List<Purchase> _sold = [];
    private readonly List<Operation> _done = [];

    /// <summary>Does the next thing.</summary>
    public Task<HistoryStep> StepAsync() => random.Next(20) switch
    {
        < 2 => PassTimeAsync(),
        < 8 => BuyAsync(),
        < 16 => OperateAsync(),
        _ => AdviseAsync(),
    };

    /// <summary>What a decision on a card sees: asked with a purchase that is more than any limit.</summary>
    public async Task<(long Spent, long Held)> BalanceAsync(Instrument card)
    {
        var credit = (await AnyNode().AuthoriseAsync(oper.Buy(card, Limits.AmountMinorMax), oper.Terms)).Credit!.Value;
        return (credit.SpentMinor, credit.HeldMinor);
    }

    private LedgerNode AnyNode() => nodes[random.Next(nodes.Length)];

    private async Task<HistoryStep> PassTimeAsync()
    {
        book.Now += random.Next(6) switch
        {
            0 => TimeSpan.FromDays(random.Next(1, 9)),
            1 => oper.Terms.HoldTime,
            _ => TimeSpan.FromMinutes(random.Next(1, 40)),
        };
        await oper.Ledger.StopClockAsync(book.Now);
        if (random.Next(2) == 0)
        {
            await nodes[0].Sweeper.SweepAsync(_ => oper.Terms, CancellationToken.None);
        }

        return new HistoryStep("time", "", "");
    }

    private async Task<HistoryStep> BuyAsync()
    {
        var purchase = _sold.Count > 0 && random.Next(5) == 0
            ? _sold[random.Next(_sold.Count)]
            : oper.Buy(cards[random.Next(cards.Length)], random.Next(1, 12_000)) with { Hold = random.Next(2) == 0 };
        _sold.Add(purchase);
        var answer = await AnyNode().AuthoriseAsync(purchase, oper.Terms);
        var reason = answer.Entry!.DeclineReason == DeclineReason.None ? "" : $" {answer.Entry.DeclineReason}";
        var actual = $"{(answer.Status == CommitStatus.Replayed ? "again " : "")}{answer.Entry.Decision}{reason}, "
            + $"{answer.Credit!.Value.SpentMinor}/{answer.Credit.Value.HeldMinor}";
        var expected = book.Buy(purchase);
        var (spent, held) = book.Balance(purchase.Instrument);
        return new HistoryStep(
            $"buy {Short(purchase.Id)} {purchase.AmountMinor}", $"{expected}, {spent}/{held}", actual, purchase.Instrument);
    }

    private async Task<HistoryStep> OperateAsync()
    {
        var of = _sold.Count > 0 && random.Next(15) > 0 ? Lately() : oper.Buy(cards[0]) with { Hold = random.Next(2) == 0 };
        var kind = (OperationKind)random.Next(1, 4);
        var operation = _done.Count > 0 && random.Next(6) == 0
            ? _done[random.Next(_done.Count)] with { AmountMinor = random.Next(8) == 0 ? 77 : _done[^1].AmountMinor }
            : oper.Ask(kind, of.Id, random.Next(2) == 0 ? random.Next(1, 9_000) : null);
        if (operation.Kind == OperationKind.Void)
        {
            operation = operation with { AmountMinor = null };
            _sold.Add(of);
        }

        _done.Add(operation);
        var expected = book.Do(operation);
        var actual = Told(await AnyNode().OperateAsync(operation, oper.Terms));
        return new HistoryStep($"{operation.Kind} {Short(operation.AuthorisationId)} {operation.AmountMinor}", expected, actual);
    }

    private async Task<HistoryStep> AdviseAsync()
    {
        var purchase = _sold.Count > 0 && random.Next(2) == 0
            ? Lately()
            : oper.Buy(cards[random.Next(cards.Length)], random.Next(1, 12_000));
        var advice = oper.Advise(purchase, book.Now.AddHours(-random.Next(1, 200)));
        _sold.Add(purchase);
        var result = await AnyNode().AdviseAsync(advice, oper.Terms);
        var over = result.Operation?.OverLimit == true ? " over" : "";
        var actual = result.Status switch
        {
            CommitStatus.Replayed => $"again{over}",
            CommitStatus.Decided => $"{result.History!.RecordedState}{over}",
            _ => Told(result),
        };
        return new HistoryStep(
            $"advice {Short(purchase.Id)} {purchase.AmountMinor}", book.Advise(advice), actual, purchase.Instrument);
    }

    private Purchase Lately() => _sold[Math.Max(0, _sold.Count - 1 - random.Next(Recent))];

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

    private static string Short(Guid id) => id.ToString()[..4];
}
