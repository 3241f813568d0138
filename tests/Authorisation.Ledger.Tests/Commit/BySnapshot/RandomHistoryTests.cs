using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

/// <summary>
/// The same random history twice: on one operator through lanes that commit by snapshot, with old copies, planted copies and
/// wrong clocks; on its twin under lock only. Every answer and every balance must be the same.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class RandomHistoryTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 40)]
    [InlineData(3, 40)]
    [InlineData(4, 512)]
    [InlineData(5, 512)]
    public async Task By_snapshot_and_under_lock_decide_the_same(int seed, int batchMax)
    {
        var random = new Random(seed);
        var twins = new[] { await Twin.CreateAsync(Ledger), await Twin.CreateAsync(Ledger) };
        var lanes = new[] { NewSnapshotLane(), NewSnapshotLane() };
        var underLock = NewLane();
        var (ids, seen) = (new List<Step>(), new List<CreditAccount>());
        var rounds = batchMax > 100 ? 25 : 120;
        for (var round = 0; round < rounds; round++)
        {
            if (random.Next(2) == 0)
            {
                var change = NextChange(random);
                foreach (var twin in twins)
                {
                    await change(twin);
                }
            }

            var lane = lanes[random.Next(lanes.Length)];
            if (random.Next(8) == 0)
            {
                lane.Clock.Observe(DateTimeOffset.UtcNow.AddDays(random.Next(-70, 70)));
            }

            var steps = NextBatch(random, batchMax, ids);
            if (seen.Count > 0 && random.Next(2) == 0)
            {
                lane.Plant(seen[random.Next(seen.Count)]);
            }

            var one = await lane.CommitAsync([.. steps.Select(twins[0].Item)]);
            var other = await underLock.CommitAsync(twins[1].Operator.Terms, steps.Select(step => twins[1].Item(step).Purchase!));

            for (var i = 0; i < steps.Count; i++)
            {
                Assert.True(
                    Essence(one[i]!) == Essence(other[i]),
                    $"seed {seed}, round {round}, item {i} of {steps.Count}: by snapshot {Essence(one[i]!)}, under lock {Essence(other[i])}");
                if (one[i]!.Snapshot is { } snapshot && random.Next(3) == 0)
                {
                    seen.Add(snapshot.Account);
                }
            }

            ids.AddRange(steps.Where(_ => random.Next(4) == 0));
        }

        for (var card = 0; card < Twin.Cards; card++)
        {
            var (one, other) = (await RowAsync(twins[0].AccountOf(card)), await RowAsync(twins[1].AccountOf(card)));
            Assert.Equal(other, one);
            Assert.Equal(one.Spent, await ApprovedSumAsync(twins[0].AccountOf(card)));
        }

        Assert.All(lanes, lane => Assert.True(lane.Committed > rounds, $"seed {seed}: only {lane.Committed} by snapshot"));
    }

    private static (CommitStatus Status, Decision? Decision, DeclineReason? Reason, CreditMonth? Month, Credit? Credit, string Differences) Essence(
        CommitResult answer) => (
            answer.Status, answer.Entry?.Decision, answer.Entry?.DeclineReason, answer.Entry?.CreditMonth, answer.Credit,
            string.Join(',', answer.Differences));

    private static List<Step> NextBatch(Random random, int batchMax, List<Step> earlier)
    {
        var steps = new List<Step>();
        for (var i = random.Next(1, batchMax + 1); i > 0; i--)
        {
            var again = random.Next(60) == 0 && earlier.Count > 0 ? earlier[random.Next(earlier.Count)]
                : random.Next(60) == 0 && steps.Count > 0 ? steps[random.Next(steps.Count)]
                : null;
            steps.Add(again is null
                ? new Step(
                    Guid.NewGuid(), random.Next(Twin.Cards + 1), random.Next(1, 900), random.Next(batchMax) == 0,
                    random.Next(2) == 0 ? "single" : "day")
                : again with { Amount = again.Amount + random.Next(2) });
        }

        return steps;
    }

    private static Func<Twin, Task> NextChange(Random random)
    {
        var card = random.Next(Twin.Cards);
        var (limit, flag) = (random.Next(1_000, 60_000), random.Next(2) == 0);
        return random.Next(9) switch
        {
            0 or 1 => twin => twin.Provisioner.SetLimitAsync(twin.AccountOf(card), limit),
            2 => twin => twin.Provisioner.SetBlockedAsync(twin.AccountOf(card), flag),
            3 => twin => twin.Provisioner.SetRulesAsync(twin.AccountOf(card), flag ? ["day"] : null, flag ? null : 500),
            4 => twin => twin.Provisioner.SetRulesAsync(twin.AccountOf(card), null, null),
            5 => twin => twin.Provisioner.SetSuspendedAsync(twin.Operator.OrganisationId, limit % 4 == 0),
            6 => twin => twin.Provisioner.SetOffersCardCreditAsync(twin.Operator.Terms.Id, limit % 4 != 0),
            7 => twin => flag ? twin.MarkAsync(card) : twin.UnmarkAsync(card),
            _ => twin => twin.RegrantAsync(card, limit),
        };
    }

    private sealed record Step(Guid Id, int Card, long Amount, bool Hold, string Product);

    private sealed class Twin(TestOperator oper)
    {
        public const int Cards = 6;

        private readonly List<Instrument> _cards = [];
        private readonly Dictionary<Guid, Guid> _ids = [];

        public TestOperator Operator => oper;

        public Authorisation.Provisioning.Provisioner Provisioner => oper.Ledger.Provisioner;

        public static async Task<Twin> CreateAsync(TestLedger ledger)
        {
            var twin = new Twin(await TestOperator.CreateAsync(ledger));
            for (var card = 0; card < Cards; card++)
            {
                twin._cards.Add(await twin.Operator.AddCardAsync(40_000));
            }

            twin._cards.Add(twin.Operator.UnknownCard());
            return twin;
        }

        public Guid AccountOf(int card) => oper.AccountOf(_cards[card]);

        public CommitItem Item(Step step)
        {
            if (!_ids.TryGetValue(step.Id, out var id))
            {
                _ids[step.Id] = id = Guid.NewGuid();
            }

            return new CommitItem(
                oper.Buy(_cards[step.Card], step.Amount) with { Id = id, Hold = step.Hold, Product = step.Product }, oper.Terms);
        }

        public Task MarkAsync(int card) => Provisioner.AddPrepaidCardAsync(oper.Terms.Id, _cards[card].CardNumber!);

        public Task UnmarkAsync(int card) => oper.Ledger.ExecuteAsync(
            "delete from prepaid_card where operator_id = @Id and card_number = @CardNumber", new { oper.Terms.Id, _cards[card].CardNumber });

        public async Task RegrantAsync(int card, long limitMinor)
        {
            await Provisioner.RemoveCreditAsync(AccountOf(card));
            await oper.AddCardAsync(_cards[card].CardNumber!, limitMinor);
        }
    }
}
