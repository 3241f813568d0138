using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

/// <summary>The connection is lost around the one round trip.</summary>
[Trait("Tier", "Slow")]
public sealed class LostConnectionTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    [Theory]
    [InlineData(CutPoint.BeforeRequest, CommitStatus.Decided)]
    [InlineData(CutPoint.BeforeAnswer, CommitStatus.Replayed)]
    public async Task The_caller_gets_the_one_decision(CutPoint point, CommitStatus expected)
    {
        var (lane, network) = NewLaneBehindNetwork();
        var (card, app) = (await Operator.AddCardAsync(), await Operator.AddAppAsync());
        var reader = NewNode().Reader;
        foreach (var amount in new[] { 1_000, 60_000 })
        {
            foreach (var instrument in new[] { card, app })
            {
                await WarmAsync(lane, Operator, card, app);
                var purchase = Operator.Buy(instrument, amount) with { DeviceId = $"cut-{Guid.NewGuid()}" };
                var (cuts, committed) = (network.Cuts, lane.Committed);
                network.CutAt(point, purchase.DeviceId!);

                var (answer, _) = await lane.CommitOneAsync(purchase, Operator.Terms);

                Assert.Equal((cuts + 1, committed), (network.Cuts, lane.Committed));
                Assert.Equal(expected, answer.Status);
                Assert.Equal(amount == 1_000 ? Decision.Approved : Decision.Declined, answer.Entry!.Decision);
                Assert.Equal(answer.Entry, await reader.FindEntryAsync(purchase.Id, CancellationToken.None));
            }
        }

        Assert.Equal(1_000, (await RowAsync(Operator.AccountOf(card))).Spent);
        Assert.Equal(1_000, (await RowAsync(Operator.AccountOf(app))).Spent);
    }

    [Fact]
    public async Task Cut_while_Postgres_works_on_it_again_and_again_each_purchase_is_decided_once()
    {
        var (lane, network) = NewLaneBehindNetwork();
        var cards = new[] { await Operator.AddCardAsync(20_000), await Operator.AddCardAsync(100_000) };
        var reader = NewNode().Reader;
        var approved = 0;
        for (var i = 0; i < 40; i++)
        {
            var purchases = Enumerable.Range(0, 6).Select(j => Operator.Buy(cards[j % 2], 1_000) with { DeviceId = $"cut-{i}-{j}" }).ToList();
            network.CutAt((CutPoint)(i % 3), $"cut-{i}-3");

            var answers = await lane.CommitAsync(Operator.Terms, purchases);

            foreach (var (purchase, answer) in purchases.Zip(answers))
            {
                Assert.True(answer.Status is CommitStatus.Decided or CommitStatus.Replayed, $"{answer}");
                Assert.Equal(answer.Entry, await reader.FindEntryAsync(purchase.Id, CancellationToken.None));
                approved += answer.Entry!.Decision == Decision.Approved ? 1 : 0;
            }

            // What was lost makes the lane forget: warm again.
            await WarmAsync(lane, Operator, cards);
        }

        Assert.Equal(40, network.Cuts);
        Assert.Equal(20 + 100, approved);
        Assert.Equal(20_000, (await RowAsync(Operator.AccountOf(cards[0]))).Spent);
        Assert.Equal(100_000, (await RowAsync(Operator.AccountOf(cards[1]))).Spent);
    }
}
