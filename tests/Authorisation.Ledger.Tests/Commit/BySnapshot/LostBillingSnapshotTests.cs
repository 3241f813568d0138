using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

/// <summary>Billing snapshot that a reading added and a rollback took away again are nobody's.</summary>
public sealed class LostBillingSnapshotTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_whose_billing_snapshot_is_not_there_is_read_again_and_takes_nobody_elses(bool isPlanted)
    {
        var cards = new List<Instrument>();
        var travellers = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            cards.Add(await Operator.AddCardAsync());
            travellers.Add($"Traveller {i}");
            var own = await Ledger.Provisioner.AddTravellerAsync(Operator.DepartmentId, travellers[i], $"own{i}@example.org");
            await Ledger.ExecuteAsync(
                "update credit_account set billing_snapshot_id = @own where id = @id", new { own, id = Operator.AccountOf(cards[i]) });
        }

        var lane = await NewWarmLaneAsync([.. cards]);
        var known = Operator.Buy(cards[0], 100);
        await lane.CommitAsync(Operator.Terms, known);
        var old = lane.Memory.Find(cards[0])!;
        await Ledger.ExecuteAsync("update organisation set name = 'Renamed' where id = @OrganisationId", new { Operator.OrganisationId });
        // Its batch is decided under lock, writes nothing, and takes away the billing snapshot that it added.
        Assert.Equal(CommitStatus.Replayed, (await lane.CommitAsync(Operator.Terms, known))[0].Status);
        await Ledger.ExecuteAsync(
            "update department set billing_reference = '4712' where organisation_id = @OrganisationId", new { Operator.OrganisationId });
        await lane.CommitAsync(Operator.Terms, Operator.Buy(cards[1], 100));
        if (isPlanted)
        {
            lane.Plant(old with { BillingSnapshotId = long.MaxValue });
        }

        var answers = await lane.CommitAsync(Operator.Terms, cards.Select(card => Operator.Buy(card, 100)));

        var said = await SaidAsync(answers);
        Assert.Equal([.. travellers.Select(name => $"{name}: Renamed 4712")], said);

        async Task<List<string>> SaidAsync(IEnumerable<CommitResult> results)
        {
            var texts = new List<string>();
            foreach (var result in results)
            {
                texts.Add(await Ledger.AskAsync<string>(
                    "select traveller_name || ': ' || organisation_name || ' ' || billing_reference from billing_snapshot where id = @id",
                    new { id = result.Entry!.BillingSnapshotId }));
            }

            return texts;
        }
    }
}
