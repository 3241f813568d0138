using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

/// <summary>
/// Copies that are wrong in ways that a change of the account does not explain. What cannot be told is a copy with the
/// ledger's own version and another content: copies may come only from what this session's ledger itself answered.
/// </summary>
public sealed class PlantedCopyTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public async Task A_copy_with_another_version_than_the_ledgers_decides_nothing_and_is_forgotten(long off)
    {
        foreach (var amount in new[] { 1_000, 60_000 })
        {
            var card = await Operator.AddCardAsync();
            var lane = await NewWarmLaneAsync(card);
            var copy = lane.Memory.Find(card)!;
            var wrong = copy with { Version = copy.Version + off, LimitMinor = 100_000, Blocked = amount == 1_000 };

            lane.Plant(wrong);
            var item = await lane.CommitInVainAsync(Operator.Buy(card, amount), Operator.Terms);
            await lane.CommitAsync(item);
            var second = await lane.CommitOneAsync(Operator.Buy(card, amount), Operator.Terms);

            Assert.True(second.IsBySnapshot);
            Assert.Equal(amount == 1_000 ? Decision.Approved : Decision.Declined, second.Answer.Entry!.Decision);
            Assert.Equal(amount == 1_000 ? 2_000 : 0, (await RowAsync(Operator.AccountOf(card))).Spent);
        }
    }

    [Fact]
    public async Task A_copy_that_the_rule_cannot_compute_with_does_not_stop_the_lane()
    {
        var (card, neighbour) = (await Operator.AddCardAsync(), await Operator.AddCardAsync());
        var lane = await NewWarmLaneAsync(card, neighbour);
        var copy = lane.Memory.Find(card)!;
        var nonsense = new[]
        {
            copy with { Balance = copy.Balance with { SpentMinor = long.MinValue, Month = MonthNow } },
            copy with { LimitMinor = long.MaxValue, Balance = copy.Balance with { SpentMinor = -1, Month = MonthNow } },
        };

        foreach (var planted in nonsense)
        {
            lane.Plant(planted);
            var answers = await lane.CommitAsync(
                new CommitItem(Operator.Buy(card), Operator.Terms), new CommitItem(Operator.Buy(neighbour), Operator.Terms));

            Assert.All(answers, answer => Assert.Equal(Decision.Approved, answer!.Entry!.Decision));
        }

        Assert.Equal(nonsense.Length * 1_000, (await RowAsync(Operator.AccountOf(card))).Spent);
    }

    [Fact]
    public async Task What_a_lane_remembered_of_a_database_that_it_lost_is_forgotten()
    {
        // As after a failover to a standby that lacked the last commits: versions come again with another content.
        var name = Operator.Terms.Code;
        var card = await Operator.AddCardAsync(50_000);
        var id = Operator.AccountOf(card);
        var lane = NewSnapshotLane(name: name);
        await lane.CommitOneAsync(Operator.Buy(card, 10_000), Operator.Terms);
        var version = (await RowAsync(id)).Version;
        await Ledger.ExecuteAsync(
            "update credit_account set spent_minor = 45000, version = @next where id = @id", new { id, next = version + 1 });
        await Ledger.ExecuteAsync("update credit_account set version = @version where id = @id", new { id, version });
        await using (var superuser = await Ledger.OpenSessionAsync(Ledger.SuperuserConnectionString))
        {
            await Dapper.SqlMapper.ExecuteAsync(
                superuser, "select pg_terminate_backend(pid, 20000) from pg_stat_activity where application_name = @name", new { name });
        }

        var (lost, _) = await lane.CommitOneAsync(Operator.Buy(Operator.UnknownCard()), Operator.Terms);
        var (answer, _) = await lane.CommitOneAsync(Operator.Buy(card, 10_000), Operator.Terms);

        Assert.Equal(CommitStatus.Decided, lost.Status);
        Assert.Equal(DeclineReason.InsufficientCredit, answer.Entry!.DeclineReason);
    }

    private CreditMonth MonthNow => CreditMonth.Of(DateTimeOffset.UtcNow, Operator.Terms.TimeZone);
}
