using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

public sealed class BatchOrderTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const int RunsAgainEvent = 2001;

    [Fact]
    public async Task Several_purchases_on_one_account_are_decided_in_the_order_they_came()
    {
        var lane = NewLane();
        var card = await Operator.AddCardAsync(10_000);

        var answers = await lane.CommitAsync(
            Operator.Terms,
            Operator.Buy(card, 6_000), Operator.Buy(card, 5_000), Operator.Buy(card, 4_000), Operator.Buy(card, 1));

        Assert.Equal(
            [DeclineReason.None, DeclineReason.InsufficientCredit, DeclineReason.None, DeclineReason.InsufficientCredit],
            answers.Select(answer => answer.Entry!.DeclineReason));
        // Each is told the credit after its own decision, not after its neighbours'.
        Assert.Equal([4_000L, 4_000, 0, 0], answers.Select(answer => answer.Credit!.Value.RemainingMinor));
        Assert.Equal(4, await CountAsync(card));
        Assert.Equal(10_000, await Ledger.AskAsync<long>(
            "select spent_minor from credit_account where id = @id", new { id = Operator.AccountOf(card) }));
    }

    [Fact]
    public async Task The_version_grows_by_one_with_each_approval_and_stays_with_a_decline_or_a_replay()
    {
        var lane = NewLane();
        var card = await Operator.AddCardAsync(10_000);
        var before = await VersionAsync(card);
        var purchase = Operator.Buy(card, 4_000);

        await lane.CommitAsync(Operator.Terms, purchase, Operator.Buy(card, 10_000), purchase, Operator.Buy(card, 4_000));

        Assert.Equal(before + 2, await VersionAsync(card));
    }

    [Fact]
    public async Task The_same_id_twice_in_one_batch_is_decided_once()
    {
        var lane = NewLane();
        var card = await Operator.AddCardAsync(10_000);
        var other = await Operator.AddCardAsync(10_000);
        var purchase = Operator.Buy(card, 6_000);

        var answers = await lane.CommitAsync(
            Operator.Terms,
            purchase,
            purchase,
            purchase with { AmountMinor = 1 },
            purchase with { Instrument = other },
            purchase with { Originator = Originator.Client(0) });

        Assert.Equal(
            [CommitStatus.Decided, CommitStatus.Replayed, CommitStatus.DiffersFromFirst, CommitStatus.DiffersFromFirst, CommitStatus.TakenByAnother],
            answers.Select(answer => answer.Status));
        Assert.Equal(answers[0].Entry, answers[1].Entry);
        Assert.Equal(1, await CountAsync(card));
        Assert.Equal(0, await CountAsync(other));
        // Known before it was written, and not from the unique key, which would run the batch again and split it.
        Assert.DoesNotContain(Log.Entries, entry => entry.EventId.Id == RunsAgainEvent);
    }

    [Fact]
    public async Task The_same_id_twice_in_one_batch_is_decided_once_on_an_unknown_card_too()
    {
        var lane = NewLane();
        var purchase = Operator.Buy(Operator.UnknownCard());

        var answers = await lane.CommitAsync(Operator.Terms, purchase, purchase);

        Assert.Equal([CommitStatus.Decided, CommitStatus.Replayed], answers.Select(answer => answer.Status));
        Assert.Equal(DeclineReason.UnknownInstrument, answers[1].Entry!.DeclineReason);
    }

    [Fact]
    public async Task A_full_batch_of_every_kind_of_instrument_is_one_transaction()
    {
        var lane = NewLane();
        var cards = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Operator.AddCardAsync(100_000)));
        var apps = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Operator.AddAppAsync(100_000)));
        Instrument[] all = [.. cards, .. apps, Operator.UnknownCard(), Instrument.App(Operator.Terms.Id, Guid.NewGuid())];

        var answers = await lane.CommitAsync(
            Operator.Terms, Enumerable.Range(0, Limits.CommitBatchItemsMax).Select(i => Operator.Buy(all[i % all.Length], 100 + i)));

        Assert.All(answers, answer => Assert.Equal(CommitStatus.Decided, answer.Status));
        Assert.Single(answers.Select(answer => answer.Entry!.DecidedAt).Distinct());
        foreach (var group in answers.Where(answer => answer.Entry!.AccountId is not null).GroupBy(answer => answer.Entry!.AccountId))
        {
            Assert.Equal(
                group.Sum(answer => answer.Entry!.Purchase.AmountMinor),
                await Ledger.AskAsync<long>("select spent_minor from credit_account where id = @Key", new { group.Key }));
        }
    }

    private Task<long> CountAsync(Instrument card) =>
        Ledger.AskAsync<long>("select count(*) from authorisation where card_number = @CardNumber", new { card.CardNumber });

    private Task<long> VersionAsync(Instrument card) =>
        Ledger.AskAsync<long>("select version from credit_account where id = @id", new { id = Operator.AccountOf(card) });
}
