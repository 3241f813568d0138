using System.Collections.Concurrent;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Rows;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Operations;

/// <summary>Two servers that do things to one purchase at once: it is as if one had come after the other.</summary>
[Trait("Tier", "Slow")]
public sealed class RaceTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const int Rounds = 60;

    [Theory]
    [InlineData(OperationKind.Capture, OperationKind.Void)]
    [InlineData(OperationKind.Capture, OperationKind.Capture)]
    [InlineData(OperationKind.Void, OperationKind.Refund)]
    [InlineData(OperationKind.Refund, OperationKind.Refund)]
    public async Task Two_operations_end_in_one_of_the_two_orders(OperationKind first, OperationKind second)
    {
        var nodes = new[] { NewNode(), NewNode() };
        var card = await Operator.AddCardAsync(10_000);
        for (var round = 0; round < Rounds; round++)
        {
            var purchase = Operator.Buy(card, 10_000) with { Hold = first == OperationKind.Capture };
            Assert.Equal(Decision.Approved, (await nodes[round % 2].AuthoriseUntilSettledAsync(purchase, Operator.Terms)).Entry!.Decision);

            var results = await Task.WhenAll(
                nodes[0].OperateUntilSettledAsync(Operator.Ask(first, purchase.Id), Operator.Terms),
                nodes[1].OperateUntilSettledAsync(Operator.Ask(second, purchase.Id), Operator.Terms));

            var history = await nodes[0].HistoryOfAsync(purchase.Id);
            Assert.Equal(results.Count(result => result.Status == CommitStatus.Decided), history.Operations.Count);
            Assert.All(results, result => Assert.True(result.Status is CommitStatus.Decided or CommitStatus.Refused, $"{result}"));
            Assert.True(IsOneOfTheOrders(first, second, results, history), $"{results[0]} {results[1]} {history}");
            if (history.RecordedState == AuthorisationState.Captured)
            {
                await nodes[0].OperateUntilSettledAsync(Operator.Ask(OperationKind.Void, purchase.Id), Operator.Terms);
            }
        }

        await LedgerSums.AddUpAsync(Ledger, Operator.Terms.Id);
    }

    [Fact]
    public async Task One_operation_sent_to_two_servers_at_once_is_done_once()
    {
        var nodes = new[] { NewNode(), NewNode() };
        var card = await Operator.AddCardAsync(1_000_000);
        for (var round = 0; round < Rounds; round++)
        {
            var purchase = Operator.Buy(card, 10_000);
            await nodes[0].AuthoriseUntilSettledAsync(purchase, Operator.Terms);
            var refund = Operator.Ask(OperationKind.Refund, purchase.Id, 1_000);

            var results = await Task.WhenAll(nodes.Select(node => node.OperateUntilSettledAsync(refund, Operator.Terms)));

            Assert.Equal([CommitStatus.Decided, CommitStatus.Replayed], results.Select(result => result.Status).Order());
            Assert.All(results, result => Assert.Equal(1_000, result.History!.RefundedMinor));
        }

        await LedgerSums.AddUpAsync(Ledger, Operator.Terms.Id);
    }

    [Fact]
    public async Task A_void_and_its_purchase_at_once_end_in_one_of_the_two_orders_and_never_in_both()
    {
        var nodes = new[] { NewNode(), NewNode() };
        var card = await Operator.AddCardAsync(1_000_000);
        var (voidFirst, purchaseFirst) = (0, 0);
        for (var round = 0; round < 4 * Rounds; round++)
        {
            var purchase = Operator.Buy(card, 1_000) with { Hold = round % 3 == 0 };
            var bought = nodes[round % 2].AuthoriseUntilSettledAsync(purchase, Operator.Terms);
            if (round % 4 == 0)
            {
                await Task.Delay(TimeSpan.FromMicroseconds(50 * (round % 16)));
            }

            var voided = nodes[1 - (round % 2)].OperateUntilSettledAsync(Operator.Ask(OperationKind.Void, purchase.Id), Operator.Terms);
            var (answer, undone) = (await bought, await voided);

            Assert.Equal((CommitStatus.Decided, AuthorisationState.Voided), (undone.Status, undone.History!.RecordedState));
            var history = await nodes[0].HistoryOfAsync(purchase.Id);
            if (history.Entry.IsTombstone)
            {
                voidFirst++;
                Assert.Equal((CommitStatus.Replayed, DeclineReason.Reversed), (answer.Status, answer.Entry!.DeclineReason));
            }
            else
            {
                purchaseFirst++;
                Assert.Equal((CommitStatus.Decided, Decision.Approved), (answer.Status, answer.Entry!.Decision));
            }

            Assert.Equal(0, history.SpentMinor);
        }

        Assert.True(voidFirst > 0 && purchaseFirst > 0, $"{voidFirst} {purchaseFirst}");
        await LedgerSums.AddUpAsync(Ledger, Operator.Terms.Id);
    }

    [Fact]
    public async Task Marks_of_one_id_on_two_servers_are_one_mark()
    {
        var nodes = new[] { NewNode(), NewNode() };
        for (var round = 0; round < Rounds; round++)
        {
            var id = Guid.NewGuid();

            var results = await Task.WhenAll(nodes.Select(node => node.OperateUntilSettledAsync(Operator.Ask(OperationKind.Void, id), Operator.Terms)));

            Assert.All(results, result => Assert.Equal(CommitStatus.Decided, result.Status));
            Assert.Equal([1, 2], results.Select(result => result.Operation!.Ordinal).Order());
        }
    }

    [Fact]
    public async Task A_mark_of_which_only_the_operation_is_seen_is_looked_for_again()
    {
        var (node, lane) = (NewNode(), NewLane());
        var mark = Operator.Ask(OperationKind.Void, Guid.NewGuid());
        await node.OperateAsync(mark, Operator.Terms);
        // As it is for a batch that read the entries just before the mark was committed, and the operations just after.
        var elsewhere = Guid.NewGuid();
        await RenameAsync(mark.AuthorisationId, elsewhere);

        var halfSeen = Assert.Single(await lane.CommitItemsAsync(ItemOf(mark)));
        var ofAnother = Assert.Single(await lane.CommitItemsAsync(ItemOf(mark with { AuthorisationId = Guid.NewGuid() })));
        await RenameAsync(elsewhere, mark.AuthorisationId);
        var again = await node.OperateAsync(mark, Operator.Terms);

        Assert.Equal(CommitStatus.CheckTimeouts, halfSeen!.Status);
        Assert.Equal(CommitStatus.DiffersFromFirst, ofAnother!.Status);
        Assert.Equal((CommitStatus.Replayed, AuthorisationState.Voided), (again.Status, again.History!.RecordedState));

        CommitItem ItemOf(Operation operation) =>
            new(operation, Operator.Terms, new AccountKey(Instrument.None(Operator.Terms.Id)));

        Task RenameAsync(Guid from, Guid to) =>
            Ledger.ExecuteAsync("update authorisation set id = @to where id = @from", new { from, to });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whatever_many_clients_do_to_a_few_purchases_at_once_adds_up(int seed)
    {
        var nodes = new[] { NewNode(), NewNode(lanes: 1) };
        var cards = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Operator.AddCardAsync(100_000)));
        var ids = new ConcurrentQueue<Guid>();
        var results = new ConcurrentBag<CommitResult>();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(client => Task.Run(async () =>
        {
            var random = new Random(unchecked((seed * 1_000) + client));
            for (var i = 0; i < 60; i++)
            {
                var node = nodes[random.Next(nodes.Length)];
                if (random.Next(3) == 0 || ids.IsEmpty)
                {
                    var purchase = Operator.Buy(cards[random.Next(cards.Length)], random.Next(1, 20_000)) with { Hold = random.Next(2) == 0 };
                    ids.Enqueue(purchase.Id);
                    await node.AuthoriseUntilSettledAsync(purchase, Operator.Terms);
                    continue;
                }

                // Those made last are the ones that others are at too.
                var recent = ids.ToArray();
                var id = recent[Math.Max(0, recent.Length - 1 - random.Next(6))];
                var kind = (OperationKind)random.Next(1, 4);
                long? amount = kind != OperationKind.Void && random.Next(2) == 0 ? random.Next(1, 20_000) : null;
                var operation = Operator.Ask(kind, id, amount);
                var again = random.Next(4) == 0 ? 2 : 1;
                var answers = await Task.WhenAll(Enumerable.Range(0, again).Select(
                    _ => nodes[random.Next(nodes.Length)].OperateUntilSettledAsync(operation, Operator.Terms)));
                Assert.True(answers.Count(answer => answer.Status == CommitStatus.Decided) <= 1, $"{operation} was done twice.");
                Array.ForEach(answers, results.Add);
            }
        })));

        // Not allowed is what a console is told of the mark that a validator's void left.
        Assert.All(results, result => Assert.True(
            result.Status is CommitStatus.Decided or CommitStatus.Replayed or CommitStatus.Refused or CommitStatus.NotFound
                or CommitStatus.NotAllowed,
            $"{result}"));
        Assert.Equal(
            results.Count(result => result.Status == CommitStatus.Decided),
            await Ledger.AskAsync<long>("select count(*) from operation where operator_id = @Id", new { Operator.Terms.Id }));
        await LedgerSums.AddUpAsync(Ledger, Operator.Terms.Id);
    }

    /// <summary>
    /// Whether the results are those of the one order or the other: of two that exclude each other one is refused, and a
    /// void after a capture undoes it.
    /// </summary>
    private static bool IsOneOfTheOrders(
        OperationKind first, OperationKind second, CommitResult[] results, AuthorisationHistory history)
    {
        var (one, other) = (results[0], results[1]);
        var state = history.RecordedState;
        return (first, second) switch
        {
            (OperationKind.Capture, OperationKind.Void) =>
                state == AuthorisationState.Voided && other.Status == CommitStatus.Decided
                && (one.Status == CommitStatus.Decided || one.Refusal == Refusal.AlreadyVoided),
            (OperationKind.Capture, OperationKind.Capture) =>
                state == AuthorisationState.Captured && (one.Status == CommitStatus.Decided) != (other.Status == CommitStatus.Decided),
            (OperationKind.Void, OperationKind.Refund) =>
                (state == AuthorisationState.Voided && other.Refusal == Refusal.AlreadyVoided)
                || (state == AuthorisationState.Refunded && one.Refusal == Refusal.AlreadyRefunded),
            _ => state == AuthorisationState.Refunded && (one.Status == CommitStatus.Decided) != (other.Status == CommitStatus.Decided),
        };
    }
}
