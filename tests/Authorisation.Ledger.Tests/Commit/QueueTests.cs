using Authorisation.Core;
using Authorisation.Ledger.Commit;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Shares;
using Authorisation.Ledger.Tests.Support;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

[Trait("Tier", "Slow")]
public sealed class QueueTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task A_full_queue_answers_at_once_and_what_it_accepted_is_decided()
    {
        var (node, first, network) = await OccupiedAsync();
        var card = Operator.UnknownCard();

        // One client alone has a third of the places.
        const int Share = (Limits.CommitQueueItemsMax + 2) / 3;
        var accepted = Enumerable.Range(0, Share)
            .Select(_ => node.Queue.AuthoriseAsync(Operator.Buy(card), Operator.Terms, CancellationToken.None)).ToList();
        Assert.Equal(Share, node.Queue.Waiting);
        var refused = node.Queue.AuthoriseAsync(Operator.Buy(card), Operator.Terms, CancellationToken.None);

        Assert.True(refused.IsCompletedSuccessfully);
        Assert.Equal((CommitStatus.QueueFull, Full.Client), ((await refused).Status, (await refused).Full));
        Assert.True((await refused).IsRetryable);
        network.Release();
        Assert.All(
            await Task.WhenAll(accepted).WaitAsync(Eventually.Bound),
            answer => Assert.Equal(CommitStatus.Decided, answer.Status));
        Assert.Equal(CommitStatus.Decided, (await first).Status);
    }

    [Fact]
    public async Task Work_stands_still_while_postgres_says_nothing_and_moves_long_before_that_means_a_process_that_hangs()
    {
        var (node, first, network) = await OccupiedAsync();
        var seen = node.Queue.StandsStillFor;
        await Eventually.TrueAsync(() => node.Queue.StandsStillFor > seen, Eventually.Bound, "it stands still for longer");
        var longest = TimeSpan.Zero;

        await Eventually.TrueAsync(
            () =>
            {
                var now = node.Queue.StandsStillFor;
                longest = now > longest ? now : longest;
                return now == TimeSpan.Zero && first.IsCompleted;
            },
            Limits.WorkStandsStillMax,
            "what cannot be decided is given up");

        Assert.InRange(longest, seen, Limits.WorkStandsStillMax);
        network.Release();
        Assert.Equal(TimeSpan.Zero, node.Queue.StandsStillFor);
    }

    [Fact]
    public async Task What_is_cancelled_before_its_batch_begins_is_dropped()
    {
        var (node, first, network) = await OccupiedAsync();
        using var cancel = new CancellationTokenSource();
        var purchase = Operator.Buy(await Operator.AddCardAsync());
        var neighbour = Operator.Buy(await Operator.AddCardAsync());

        var dropped = node.Queue.AuthoriseAsync(purchase, Operator.Terms, cancel.Token);
        var kept = node.AuthoriseAsync(neighbour, Operator.Terms);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dropped);
        network.Release();
        await first;
        Assert.Equal(CommitStatus.Decided, (await kept).Status);
        Assert.Null(await node.Reader.FindEntryAsync(purchase.Id, CancellationToken.None));
    }

    [Fact]
    public async Task What_is_cancelled_after_its_batch_began_is_committed_all_the_same()
    {
        var (node, network) = NodeBehindNetwork();
        using var cancel = new CancellationTokenSource();
        var card = await Operator.AddCardAsync();
        await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);
        var purchase = Operator.Buy(card);
        network.Hold();
        var before = network.Requests;

        var abandoned = node.Queue.AuthoriseAsync(purchase, Operator.Terms, cancel.Token);
        await Eventually.TrueAsync(() => network.Requests > before, Eventually.Bound, "the batch is on its way");
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        network.Release();
        await Eventually.TrueAsync(
            async () => await node.Reader.FindEntryAsync(purchase.Id, CancellationToken.None) is not null,
            Eventually.Bound, "the batch that had begun commits");
        Assert.Equal(CommitStatus.Replayed, (await node.AuthoriseAsync(purchase, Operator.Terms)).Status);
    }

    [Fact]
    public async Task Disposing_commits_what_waits_and_takes_no_more()
    {
        var (node, first, network) = await OccupiedAsync();
        var card = await Operator.AddCardAsync(100_000_000);
        var waiting = Enumerable.Range(0, 2_000)
            .Select(_ => node.AuthoriseAsync(Operator.Buy(card), Operator.Terms)).ToList();

        var disposing = node.Queue.DisposeAsync();
        var late = await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);
        network.Release();
        await disposing;

        Assert.Equal(CommitStatus.LedgerUnreachable, late.Status);
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal(CommitStatus.Decided, answer.Status));
        Assert.Equal(CommitStatus.Decided, (await first).Status);
        Assert.Equal(CommitStatus.LedgerUnreachable, (await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms)).Status);
    }

    [Fact]
    public async Task Disposing_answers_everybody_who_was_set_aside()
    {
        var node = NewNode(lanes: 1);
        var card = await Operator.AddCardAsync();
        await using var psql = await LockAsync(card);
        var waiting = Enumerable.Range(0, Limits.SetAsideItemsMax)
            .Select(_ => node.AuthoriseAsync(Operator.Buy(card), Operator.Terms)).ToList();
        await Eventually.TrueAsync(() => node.Queue.Waiting == 0, Eventually.Bound, "the lane has taken them");

        await node.Queue.DisposeAsync();

        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal(CommitStatus.AccountLocked, answer.Status));
    }

    [Fact]
    public async Task Disposing_twice_and_an_unused_queue_is_fine()
    {
        await using var database = Ledger.Connect();
        var queue = new CommitQueue(database, TimeProvider.System, Loggers.CreateLogger<CommitQueue>());

        await queue.DisposeAsync();
        await queue.DisposeAsync();
    }

    /// <summary>A server whose only lane is busy with a batch of one, until the network is released.</summary>
    private async Task<(LedgerNode Node, Task<CommitResult> First, TestProxy Network)> OccupiedAsync()
    {
        var (node, network) = NodeBehindNetwork();
        var card = Operator.UnknownCard();
        await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);
        network.Hold();
        var before = network.Requests;
        var first = node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);
        await Eventually.TrueAsync(() => network.Requests > before, Eventually.Bound, "the lane is busy");
        return (node, first, network);
    }

    private (LedgerNode Node, TestProxy Network) NodeBehindNetwork()
    {
        var network = Keep(new TestProxy(new NpgsqlConnectionStringBuilder(Ledger.ServiceConnectionString).Port));
        return (NewNode(lanes: 1, configure: options => options.ConnectionString += $";Port={network.Port}"), network);
    }
}
