using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Faults;

/// <summary>
/// The connection is lost around the commit. Whether Postgres committed or not, each purchase is decided once and its
/// caller gets that decision.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class LostAtCommitTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Theory]
    [InlineData(CutPoint.BeforeRequest, CommitStatus.Decided)]
    [InlineData(CutPoint.BeforeAnswer, CommitStatus.Replayed)]
    public async Task The_caller_gets_the_one_decision(CutPoint point, CommitStatus expected)
    {
        var (node, network) = NodeBehindNetwork();
        foreach (var instrument in new[] { await Operator.AddCardAsync(), await Operator.AddAppAsync(), Operator.UnknownCard() })
        {
            // Only the insert carries the device, so the cut is at the second round trip, which ends with the commit.
            var purchase = Operator.Buy(instrument) with { DeviceId = $"cut-{Guid.NewGuid()}" };
            var cuts = network.Cuts;
            network.CutAt(point, purchase.DeviceId!);

            var answer = await node.AuthoriseAsync(purchase, Operator.Terms);

            Assert.Equal(cuts + 1, network.Cuts);
            Assert.Equal(expected, answer.Status);
            Assert.Equal(answer.Entry, await node.Reader.FindEntryAsync(purchase.Id, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_whole_batch_that_was_committed_unseen_is_answered_as_it_was_decided()
    {
        var (node, network) = NodeBehindNetwork();
        var card = await Operator.AddCardAsync(30_000);
        network.Hold();
        var before = network.Requests;
        var first = node.AuthoriseAsync(Operator.Buy(card) with { DeviceId = "first" }, Operator.Terms);
        await Eventually.TrueAsync(() => network.Requests > before, Eventually.Bound, "the lane has begun with the first");
        var waiting = Enumerable.Range(0, 100)
            .Select(i => node.AuthoriseAsync(Operator.Buy(card) with { DeviceId = i == 50 ? "cut-here" : "x" }, Operator.Terms)).ToList();
        network.CutAt(CutPoint.BeforeAnswer, "cut-here");
        network.Release();

        var answers = await Task.WhenAll(waiting);

        Assert.Equal(CommitStatus.Decided, (await first).Status);
        Assert.All(answers, answer => Assert.Equal(CommitStatus.Replayed, answer.Status));
        Assert.Equal(29, answers.Count(answer => answer.Entry!.Decision == Decision.Approved));
        Assert.All(answers.Skip(29), answer => Assert.Equal(DeclineReason.InsufficientCredit, answer.Entry!.DeclineReason));
    }

    [Fact]
    public async Task Cut_again_and_again_at_every_point_under_load_each_purchase_is_decided_once()
    {
        var (node, network) = NodeBehindNetwork();
        var straight = NewNode();
        var card = await Operator.AddCardAsync(100_000_000);
        var unknown = Operator.UnknownCard();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            var got = new List<(Purchase Purchase, CommitResult Answer)>();
            for (var i = 0; i < 25; i++)
            {
                var purchase = Operator.Buy(caller == 7 ? unknown : card, 10) with { DeviceId = $"cut-{caller}-{i}" };
                if (caller == 0)
                {
                    network.CutAt((CutPoint)(i % 3), purchase.DeviceId!);
                }

                got.Add((purchase, await (caller == 6 ? straight : node).AuthoriseAsync(purchase, Operator.Terms)));
            }

            return got;
        })));

        // A lane that is cut off again and again may give up, or an account be locked for long: then the caller knows that
        // it does not know.
        foreach (var (purchase, answer) in answers.SelectMany(got => got))
        {
            var settled = answer.Status is CommitStatus.LedgerUnreachable or CommitStatus.AccountLocked
                ? await straight.AuthoriseUntilSettledAsync(purchase, Operator.Terms)
                : answer;
            Assert.True(settled.Status is CommitStatus.Decided or CommitStatus.Replayed, $"{settled}");
            Assert.Equal(settled.Entry, await straight.Reader.FindEntryAsync(purchase.Id, CancellationToken.None));
        }

        Assert.Equal(25, network.Cuts);
        Assert.Equal(7 * 25 * 10, await Ledger.AskAsync<long>(
            "select spent_minor from credit_account where id = @id", new { id = Operator.AccountOf(card) }));
    }

    private (LedgerNode Node, TestProxy Network) NodeBehindNetwork()
    {
        var network = Keep(new TestProxy(new NpgsqlConnectionStringBuilder(Ledger.ServiceConnectionString).Port));
        return (NewNode(lanes: 1, configure: options => options.ConnectionString += $";Port={network.Port}"), network);
    }
}
