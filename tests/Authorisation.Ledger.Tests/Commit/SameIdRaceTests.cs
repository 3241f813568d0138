using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

/// <summary>The same ids sent to two servers at once, hundreds of times, in opposite orders so that they cross.</summary>
public sealed class SameIdRaceTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const int Ids = 400;

    [Fact]
    public async Task For_the_same_account_one_decides_and_the_other_replays()
    {
        var card = await Operator.AddCardAsync(Ids * 50);
        var purchases = Enumerable.Range(0, Ids).Select(_ => Operator.Buy(card, 100)).ToList();

        var pairs = await RaceAsync(purchases, purchases);

        Assert.All(pairs, pair => AssertOneDecision(pair, CommitStatus.Replayed));
        // Half of them had room.
        var approved = pairs.Count(pair => pair.One.Entry!.Decision == Decision.Approved);
        Assert.Equal(Ids / 2, approved);
        Assert.Equal(100L * approved, await SpentAsync(card));
    }

    [Fact]
    public async Task For_different_accounts_one_decides_and_the_other_is_told_that_the_card_differs()
    {
        var (card, other) = (await Operator.AddCardAsync(10_000_000), await Operator.AddCardAsync(10_000_000));
        var purchases = Enumerable.Range(0, Ids).Select(_ => Operator.Buy(card, 100)).ToList();

        var pairs = await RaceAsync(purchases, [.. purchases.Select(purchase => purchase with { Instrument = other })]);

        Assert.All(pairs, pair => AssertOneDecision(pair, CommitStatus.DiffersFromFirst));
        Assert.Equal(100L * Ids, await SpentAsync(card) + await SpentAsync(other));
    }

    [Fact]
    public async Task For_many_accounts_that_each_server_pairs_with_other_ids_nobody_is_told_of_a_deadlock()
    {
        var cards = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Operator.AddCardAsync(10_000_000)));
        var purchases = Enumerable.Range(0, Ids).Select(i => Operator.Buy(cards[i % 10], 100)).ToList();

        var pairs = await RaceAsync(
            purchases, [.. purchases.Select((purchase, i) => purchase with { Instrument = cards[(i + (i / 10)) % 10] })]);

        Assert.All(pairs, (pair, i) => AssertOneDecision(
            pair, i / 10 % 10 == 0 ? CommitStatus.Replayed : CommitStatus.DiffersFromFirst));
    }

    [Fact]
    public async Task For_unknown_cards_which_nothing_locks_one_decides_and_the_other_replays()
    {
        var purchases = Enumerable.Range(0, Ids).Select(_ => Operator.Buy(Operator.UnknownCard())).ToList();

        var pairs = await RaceAsync(purchases, purchases);

        Assert.All(pairs, pair => AssertOneDecision(pair, CommitStatus.Replayed));
    }

    [Fact]
    public async Task For_two_clients_one_has_it_and_the_other_learns_only_that_it_is_taken()
    {
        var card = await Operator.AddCardAsync(10_000_000);
        var purchases = Enumerable.Range(0, Ids).Select(_ => Operator.Buy(card, 100)).ToList();
        var another = Originator.Client(Operator.Validator.ClientId!.Value + 1_000_000);

        var pairs = await RaceAsync(purchases, [.. purchases.Select(purchase => purchase with { Originator = another })]);

        Assert.All(pairs, pair => AssertOneDecision(pair, CommitStatus.TakenByAnother));
        Assert.Equal(100L * Ids, await SpentAsync(card));
    }

    private async Task<(CommitResult One, CommitResult Other)[]> RaceAsync(List<Purchase> some, List<Purchase> others)
    {
        var nodes = new[] { NewNode(), NewNode() };
        var one = new Task<CommitResult>[Ids];
        var other = new Task<CommitResult>[Ids];
        // In waves, so that there are many small batches and not two large ones.
        for (var wave = 0; wave < Ids; wave += 20)
        {
            for (var i = 0; i < 20; i++)
            {
                one[wave + i] = nodes[0].AuthoriseUntilSettledAsync(some[wave + i], Operator.Terms);
                other[wave + 19 - i] = nodes[1].AuthoriseUntilSettledAsync(others[wave + 19 - i], Operator.Terms);
            }

            if (wave % 60 == 0)
            {
                await Task.WhenAll(one[wave], other[wave]);
            }
        }

        return (await Task.WhenAll(one)).Zip(await Task.WhenAll(other)).ToArray();
    }

    private static void AssertOneDecision((CommitResult One, CommitResult Other) pair, CommitStatus ofTheSecond)
    {
        var (first, second) = pair.One.Status == CommitStatus.Decided ? pair : (pair.Other, pair.One);
        Assert.Equal(CommitStatus.Decided, first.Status);
        Assert.Equal(ofTheSecond, second.Status);
        if (ofTheSecond == CommitStatus.Replayed)
        {
            Assert.Equal(first.Entry, second.Entry);
        }
    }

    private Task<long> SpentAsync(Instrument card) => Ledger.AskAsync<long>(
        "select spent_minor from credit_account where id = @id", new { id = Operator.AccountOf(card) });
}
