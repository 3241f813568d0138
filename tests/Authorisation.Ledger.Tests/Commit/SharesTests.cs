using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Shares;
using Authorisation.Ledger.Tests.Support;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

/// <summary>One client floods the queue of a server, while others want a little.</summary>
public sealed class SharesTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task Under_a_flood_anothers_purchases_are_taken_in_and_are_in_the_next_batch()
    {
        const int Few = 40;
        var (node, network) = await OccupiedAsync();
        var other = await TestOperator.CreateAsync(Ledger);
        var (flooded, card) = (Operator.UnknownCard(), other.UnknownCard());

        var flood = Enumerable.Range(0, 2 * Limits.CommitQueueItemsMax)
            .Select(_ => node.Queue.AuthoriseAsync(Operator.Buy(flooded), Operator.Terms, CancellationToken.None)).ToList();
        var few = Enumerable.Range(0, Few)
            .Select(_ => node.Queue.AuthoriseAsync(other.Buy(card), other.Terms, CancellationToken.None)).ToList();

        Assert.All(few, purchase => Assert.False(purchase.IsCompleted));
        Assert.InRange(node.Queue.Waiting, Few + 1, Limits.CommitQueueItemsMax / 2);
        network.Release();
        var answers = await Task.WhenAll(few).WaitAsync(Eventually.Bound);
        Assert.All(answers, answer => Assert.Equal(CommitStatus.Decided, answer.Status));
        var last = answers.Max(answer => answer.Entry!.DecidedAt);
        var all = await Task.WhenAll(flood).WaitAsync(3 * Eventually.Bound);
        // Its own turns are in one batch, so no more of the flood are before it than that batch and the one under way have.
        Assert.InRange(
            all.Count(answer => answer.Entry?.DecidedAt < last), 0, 2 * Limits.CommitBatchItemsMax);
        Assert.All(
            all.Where(answer => answer.Status != CommitStatus.Decided),
            answer => Assert.Equal((CommitStatus.QueueFull, Full.Client), (answer.Status, answer.Full)));
        Assert.Contains(all, answer => answer.Status == CommitStatus.QueueFull);
    }

    [Fact]
    public async Task Another_client_of_the_same_operator_gets_in_too()
    {
        var (node, network) = await OccupiedAsync();
        var card = Operator.UnknownCard();
        var flood = Enumerable.Range(0, Limits.CommitQueueItemsMax)
            .Select(_ => node.Queue.AuthoriseAsync(Operator.Buy(card), Operator.Terms, CancellationToken.None)).ToList();

        var purchase = Operator.Buy(card) with { Originator = Operator.Console.Originator };
        var other = node.Queue.AuthoriseAsync(purchase, Operator.Terms, CancellationToken.None);

        Assert.False(other.IsCompleted);
        network.Release();
        Assert.Equal(CommitStatus.Decided, (await other.WaitAsync(Eventually.Bound)).Status);
        await Task.WhenAll(flood).WaitAsync(3 * Eventually.Bound);
    }

    [Fact]
    public async Task A_clients_purchases_on_one_card_keep_their_order_while_others_take_turns()
    {
        var (node, network) = await OccupiedAsync();
        var card = await Operator.AddCardAsync(100_000_000);
        var another = await Operator.AddCardAsync(100_000_000);
        var (mine, others) = (new List<Task<CommitResult>>(), new List<Task<CommitResult>>());
        for (var i = 0; i < 500; i++)
        {
            mine.Add(node.AuthoriseAsync(Operator.Buy(card, 100), Operator.Terms));
            others.Add(node.AuthoriseAsync(
                Operator.Buy(another, 100) with { Originator = Operator.Console.Originator }, Operator.Terms));
        }

        network.Release();

        Assert.Equal(
            Enumerable.Range(1, 500).Select(i => 100L * i),
            (await Task.WhenAll(mine)).Select(answer => answer.Credit!.Value.SpentMinor));
        Assert.All(await Task.WhenAll(others), answer => Assert.Equal(CommitStatus.Decided, answer.Status));
    }

    [Fact]
    public async Task A_client_that_fills_its_places_on_locked_accounts_leaves_others_theirs()
    {
        var node = NewNode(lanes: 1);
        var other = await TestOperator.CreateAsync(Ledger);
        var (locked, othersLocked) = (await Operator.AddCardAsync(100_000_000), await other.AddCardAsync(100_000_000));
        await using var psql = await LockAsync(locked);
        var flood = Enumerable.Range(0, Limits.SetAsideItemsMax)
            .Select(_ => node.AuthoriseAsync(Operator.Buy(locked, 100), Operator.Terms)).ToList();
        await Eventually.TrueAsync(
            () => flood.Exists(purchase => purchase.IsCompleted), Eventually.Bound, "what is too many is given back");

        await using var session = await Ledger.OpenSessionAsync();
        await using var transaction = await session.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(
            "select from credit_account where id = $1 for update", session, transaction)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = other.AccountOf(othersLocked) } },
        };
        await command.ExecuteNonQueryAsync();
        var aside = node.AuthoriseAsync(other.Buy(othersLocked, 100), other.Terms);
        await Eventually.TrueAsync(() => node.Queue.Waiting == 0, Eventually.Bound, "the lane has taken it");
        await transaction.RollbackAsync();

        Assert.Equal(CommitStatus.Decided, (await aside).Status);
        await psql.CloseAsync();
        await Task.WhenAll(flood);
    }

    [Fact]
    public async Task After_a_flood_every_place_is_free_again()
    {
        var node = NewNode(lanes: 2);
        for (var round = 0; round < 3; round++)
        {
            using var cancel = new CancellationTokenSource();
            var flood = Enumerable.Range(0, 4_000).Select(async i =>
            {
                try
                {
                    return (await node.Queue.AuthoriseAsync(
                        Operator.Buy(Operator.UnknownCard()), Operator.Terms, i % 2 == 0 ? cancel.Token : CancellationToken.None)).Status;
                }
                catch (OperationCanceledException)
                {
                    return CommitStatus.Decided;
                }
            }).ToList();
            await cancel.CancelAsync();
            await Task.WhenAll(flood).WaitAsync(3 * Eventually.Bound);
            await Eventually.TrueAsync(() => node.Queue.Held == 0, Eventually.Bound, "all places are free");
        }
    }

    /// <summary>A server whose only lane is busy with a batch of one, until the network is released.</summary>
    private async Task<(LedgerNode Node, TestProxy Network)> OccupiedAsync()
    {
        var network = Keep(new TestProxy(new NpgsqlConnectionStringBuilder(Ledger.ServiceConnectionString).Port));
        var node = NewNode(lanes: 1, configure: options => options.ConnectionString += $";Port={network.Port}");
        var card = Operator.UnknownCard();
        await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);
        network.Hold();
        var before = network.Requests;
        _ = node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);
        await Eventually.TrueAsync(() => network.Requests > before, Eventually.Bound, "the lane is busy");
        return (node, network);
    }
}
