using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

/// <summary>What no server should let through is forged here: it must fail alone.</summary>
public sealed class RefusedDataTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    public static TheoryData<string> Forgeries => [.. Forge.Keys];

    private static Dictionary<string, Func<Purchase, Purchase>> Forge { get; } = new(StringComparer.Ordinal)
    {
        ["a purpose with U+0000"] = p => p with { Purpose = "a\0b" },
        ["a purpose with half a character"] = p => p with { Purpose = "a\ud83d" },
        ["a product with U+0000"] = p => p with { Product = "\0" },
        ["a device with half a character"] = p => p with { DeviceId = "\udc00" },
        ["a card number with U+0000"] = p => p with { Instrument = Instrument.Card(p.Instrument.OperatorId, "12\034") },
        ["a card number with half a character"] = p => p with { Instrument = Instrument.Card(p.Instrument.OperatorId, "\ud83d") },
        ["no amount"] = p => p with { AmountMinor = 0 },
        ["too large an amount"] = p => p with { AmountMinor = Limits.AmountMinorMax + 1 },
        ["more VAT than there is"] = p => p with { VatBasisPoints = 10_001 },
    };

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task One_item_that_Postgres_refuses_fails_alone_among_its_neighbours(string forgery)
    {
        var lane = NewLane();
        var card = await Operator.AddCardAsync(100_000_000);
        var purchases = Enumerable.Range(0, 101).Select(i => Operator.Buy(card, 100 + i)).ToArray();
        purchases[37] = Forge[forgery](purchases[37]);

        var answers = await lane.CommitAsync(Operator.Terms, purchases);

        Assert.Equal(CommitStatus.DataRefused, answers[37].Status);
        Assert.False(answers[37].IsRetryable);
        var neighbours = answers.Where((_, i) => i != 37).ToList();
        Assert.All(neighbours, answer => Assert.Equal(CommitStatus.Decided, answer.Status));
        // In order, too: each sees what the ones before it spent.
        Assert.Equal(neighbours.Select(answer => answer.Credit!.Value.SpentMinor).Order(), neighbours.Select(answer => answer.Credit!.Value.SpentMinor));
        Assert.Equal(100, await Ledger.AskAsync<long>("select count(*) from authorisation where card_number = @CardNumber", new { card.CardNumber }));
        // The lane is as good as before.
        Assert.Equal(CommitStatus.Decided, (await lane.CommitAsync(Operator.Terms, Operator.Buy(card)))[0].Status);
    }

    [Fact]
    public async Task Many_that_Postgres_refuses_fail_by_themselves_through_the_queue()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync(100_000_000);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            node.AuthoriseAsync(Operator.Buy(card) with { Purpose = i % 10 == 0 ? "\0" : "fine" }, Operator.Terms)));

        Assert.All(answers, (answer, i) => Assert.Equal(i % 10 == 0 ? CommitStatus.DataRefused : CommitStatus.Decided, answer.Status));
    }
}
