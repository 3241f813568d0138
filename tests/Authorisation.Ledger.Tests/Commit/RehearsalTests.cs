using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

/// <summary>Commands that take the way of all commands and are rolled back.</summary>
public sealed class RehearsalTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private static readonly Originator Client = Originator.Client(1);

    [Fact]
    public async Task Purchases_are_decided_under_lock_and_by_snapshot_and_nothing_of_them_stays()
    {
        var node = NewNode();
        Guid[] ids = [.. Enumerable.Range(0, 6).Select(_ => Guid.NewGuid())];
        foreach (var (id, place) in ids.Select((id, place) => (id, place)))
        {
            var answer = await RehearseAsync(node, id, hold: place == 3);
            Assert.Equal(CommitStatus.Decided, answer.Status);
            Assert.Equal(Decision.Approved, answer.Entry!.Decision);
            Assert.True(answer.Credit!.Value.SpentMinor > 0);
        }

        Assert.Equal(0, node.Queue.CommittedBySnapshot);
        Assert.Equal(0, await Ledger.Owner.CreateCommand("select count(*) from authorisation where operator_id = 0").ExecuteScalarAsync() as long?);
        await using var connection = await Ledger.Owner.OpenConnectionAsync();
        Assert.Empty(await connection.QueryAsync<Guid>("select id from authorisation where id = any (@ids)", new { ids }));
    }

    [Fact]
    public async Task A_void_is_recorded_and_nothing_of_it_stays()
    {
        var node = NewNode();
        var id = Guid.NewGuid();
        var answer = await node.Operations.OperateAsync(
            new Operation { Id = Guid.NewGuid(), AuthorisationId = id, Kind = OperationKind.Void, By = new Actor(Client, ClientKind.Console) },
            Rehearsal.Terms,
            CancellationToken.None);

        Assert.Equal(CommitStatus.Decided, answer.Status);
        var found = await node.Reader.FindAuthorisationAsync(id, CancellationToken.None);
        Assert.Null(found.History);
    }

    [Fact]
    public async Task Purchases_that_come_meanwhile_on_the_same_lane_are_committed()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync(limitMinor: 100_000);
        var rehearsing = Enumerable.Range(0, 40).Select(_ => RehearseAsync(node, Guid.NewGuid(), hold: false)).ToList();
        var bought = Enumerable.Range(0, 40).Select(_ => Operator.Buy(card, 1_000)).ToList();
        var buying = bought.Select(purchase => node.Queue.AuthoriseAsync(purchase, Operator.Terms, CancellationToken.None)).ToList();

        Assert.All(await Task.WhenAll(rehearsing).WaitAsync(Eventually.Bound), answer => Assert.Equal(CommitStatus.Decided, answer.Status));
        Assert.All(await Task.WhenAll(buying).WaitAsync(Eventually.Bound), answer => Assert.Equal(Decision.Approved, answer.Entry!.Decision));
        foreach (var purchase in bought)
        {
            Assert.NotNull((await node.Reader.FindAuthorisationAsync(purchase.Id, CancellationToken.None)).History);
        }
    }

    [Fact]
    public async Task A_rehearsal_that_fails_leaves_the_lane_fit_for_the_purchases_after_it()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync(limitMinor: 100_000);
        await RehearseAsync(node, Guid.NewGuid(), hold: false);
        await using (var connection = await Ledger.Owner.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            // The next one by snapshot waits for its month, in vain.
            await connection.ExecuteAsync("select pg_advisory_xact_lock(0, extract(year from ledger_now() at time zone 'UTC')::integer * 100"
                + " + extract(month from ledger_now() at time zone 'UTC')::integer)");
            Assert.Equal(CommitStatus.Decided, (await RehearseAsync(node, Guid.NewGuid(), hold: false)).Status);
        }

        var purchase = Operator.Buy(card, 1_000);
        Assert.Equal(
            CommitStatus.Decided, (await node.Queue.AuthoriseAsync(purchase, Operator.Terms, CancellationToken.None)).Status);
        Assert.NotNull((await node.Reader.FindAuthorisationAsync(purchase.Id, CancellationToken.None)).History);
    }

    // One instrument, so that all are on one lane.
    private static Task<CommitResult> RehearseAsync(LedgerNode node, Guid id, bool hold) => node.Queue.AuthoriseAsync(
        new Purchase
        {
            Id = id,
            Originator = Client,
            Instrument = Instrument.Card(Rehearsal.Terms.Id, "00000001"),
            AmountMinor = 100,
            Hold = hold,
        },
        Rehearsal.Terms,
        CancellationToken.None);
}
