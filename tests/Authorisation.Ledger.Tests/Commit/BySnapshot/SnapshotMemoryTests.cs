using Authorisation.Core;
using Authorisation.Ledger.Commit.BySnapshot;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Rows;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

public sealed class SnapshotMemoryTests
{
    private const int AccountsMax = 100;

    private static readonly OrganisationState Before =
        new(Version: 7, NamesVersion: 1, RulesVersion: 0, IsSuspended: false, OffersCardCredit: true, HasBudgets: false);

    [Fact]
    public void What_was_kept_is_found_until_it_is_forgotten()
    {
        var memory = new SnapshotMemory(AccountsMax);
        memory.Keep(Account(1, 1));

        Assert.Equal(Account(1, 1), memory.Find(Card(1)));
        Assert.Null(memory.Find(Card(2)));
        memory.Forget(Card(1));
        Assert.Null(memory.Find(Card(1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(AccountsMax / 2)]
    public void An_older_state_never_replaces_a_newer_one_however_long_it_has_been_there(int keptAfterIt)
    {
        var memory = new SnapshotMemory(AccountsMax);
        memory.Keep(Account(1, 7));
        Fill(memory, from: 2, keptAfterIt);

        memory.Keep(Account(1, 6));
        Assert.Equal(7, memory.Find(Card(1))!.Version);
        memory.Keep(Account(1, 8));
        Assert.Equal(8, memory.Find(Card(1))!.Version);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(AccountsMax / 2)]
    public void Another_account_on_the_same_card_replaces_the_one_before_whatever_its_version(int keptAfterIt)
    {
        var memory = new SnapshotMemory(AccountsMax);
        memory.Keep(Account(1, 7) with { Removed = true });
        Fill(memory, from: 2, keptAfterIt);
        var successor = Account(1, 3) with { Id = Guid.NewGuid() };

        memory.Keep(successor);

        Assert.Equal(successor, memory.Find(Card(1)));
    }

    [Fact]
    public void After_a_change_of_an_organisation_all_its_accounts_are_found_as_they_are_in_it()
    {
        var (changed, other) = (Guid.NewGuid(), Guid.NewGuid());
        var suspended = new OrganisationState(
            Version: 8, NamesVersion: 1, RulesVersion: 0, IsSuspended: true, OffersCardCredit: false, HasBudgets: false);
        var memory = new SnapshotMemory(AccountsMax);
        memory.Keep(Of(1, changed));
        memory.Keep(Of(2, changed));
        memory.Keep(Of(3, other));

        memory.Keep(Of(1, changed).In(suspended));

        Assert.All([1, 2], card => Assert.Equal(Of(card, changed).In(suspended), memory.Find(Card(card))));
        Assert.Equal(Of(3, other), memory.Find(Card(3)));
        Assert.True(memory.Find(Card(2)) is { OrganisationSuspended: true, CardCreditNotOffered: true, NeedsBillingSnapshot: false });
        // One that was read before the change, and kept after it.
        memory.Keep(Of(2, changed));
        Assert.Equal(Of(2, changed).In(suspended), memory.Find(Card(2)));
    }

    [Fact]
    public void After_a_change_of_names_an_account_needs_its_billing_snapshot_until_it_was_looked_for()
    {
        var (organisation, renamed) = (Guid.NewGuid(), Before with { Version = 8, NamesVersion = 2 });
        var memory = new SnapshotMemory(AccountsMax);
        memory.Keep(Of(1, organisation));
        memory.Keep(Of(2, organisation).In(renamed).With(billingSnapshotId: 5));

        Assert.False(memory.Find(Card(2))!.NeedsBillingSnapshot);
        var old = memory.Find(Card(1))!;
        Assert.True(old.NeedsBillingSnapshot);
        memory.Keep(old.With(billingSnapshotId: 4));

        Assert.Equal(Of(1, organisation).In(renamed).With(billingSnapshotId: 4), memory.Find(Card(1)));
        Assert.False(memory.Find(Card(1))!.NeedsBillingSnapshot);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(AccountsMax / 2)]
    public void What_is_forgotten_is_nowhere_any_more(int keptAfterIt)
    {
        var memory = new SnapshotMemory(AccountsMax);
        memory.Keep(Account(1, 7));
        Fill(memory, from: 2, keptAfterIt);
        memory.Keep(Account(1, 8));

        memory.Forget(Card(1));

        Assert.Null(memory.Find(Card(1)));
        memory.Keep(Account(1, 1));
        memory.Clear();
        Assert.Null(memory.Find(Card(1)));
        Assert.Null(memory.Find(Card(2)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_never_holds_more_than_its_bound(int seed)
    {
        var random = new Random(seed);
        var memory = new SnapshotMemory(AccountsMax);
        for (var i = 0; i < 5_000; i++)
        {
            var card = random.Next(300);
            switch (random.Next(3))
            {
                case 0: memory.Find(Card(card)); break;
                case 1 when random.Next(10) == 0: memory.Forget(Card(card)); break;
                default: memory.Keep(Account(card, i)); break;
            }

            if (i % 500 == 499)
            {
                Assert.InRange(Enumerable.Range(0, 300).Count(other => memory.Find(Card(other)) is not null), 1, AccountsMax);
            }
        }
    }

    [Fact]
    public void What_is_used_stays_and_what_is_not_goes()
    {
        var memory = new SnapshotMemory(AccountsMax);
        Fill(memory, from: 0, 10);
        for (var i = 10; i < 10 * AccountsMax; i++)
        {
            memory.Keep(Account(i, 1));
            Assert.NotNull(memory.Find(Card(i % 10)));
        }

        Assert.Null(memory.Find(Card(10)));
        Assert.NotNull(memory.Find(Card((10 * AccountsMax) - 1)));
    }

    [Fact]
    public void Writing_what_is_known_pushes_nothing_out()
    {
        var memory = new SnapshotMemory(AccountsMax);
        Fill(memory, from: 0, AccountsMax);

        for (var version = 2; version < 100; version++)
        {
            memory.Keep(Account(AccountsMax - 1, version));
        }

        Assert.NotNull(memory.Find(Card(0)));
    }

    [Fact]
    public void As_many_accounts_as_its_bound_are_remembered_at_once_and_for_good()
    {
        var memory = new SnapshotMemory(AccountsMax);
        for (var round = 1; round <= 3; round++)
        {
            for (var card = 0; card < AccountsMax; card++)
            {
                Assert.Equal(round > 1, memory.Find(Card(card)) is not null);
                memory.Keep(Account(card, round));
            }
        }
    }

    [Fact]
    public void A_place_that_was_forgotten_is_used_again_before_anybody_has_to_leave()
    {
        var memory = new SnapshotMemory(AccountsMax);
        Fill(memory, from: 0, AccountsMax);
        memory.Forget(Card(40));
        memory.Forget(Card(0));

        memory.Keep(Account(AccountsMax, 1));

        Assert.Equal(AccountsMax - 1, Enumerable.Range(0, AccountsMax + 1).Count(card => memory.Find(Card(card)) is not null));
    }

    [Fact]
    public void Ids_are_remembered_for_at_least_half_the_bound_and_no_more_than_the_bound()
    {
        const int idsMax = 100;
        var ids = Enumerable.Range(0, 1_000).Select(_ => Guid.NewGuid()).ToList();
        var recent = new RecentIds(idsMax);
        for (var i = 0; i < ids.Count; i++)
        {
            recent.Add(ids[i]);
            recent.Add(ids[i]);

            Assert.All(ids.Take(i + 1).TakeLast(idsMax / 2), id => Assert.True(recent.Contains(id)));
            Assert.InRange(ids.Take(i + 1).Count(recent.Contains), 1, idsMax);
            Assert.DoesNotContain(ids.Skip(i + 1), recent.Contains);
        }
    }

    private static void Fill(SnapshotMemory memory, int from, int count)
    {
        for (var card = from; card < from + count; card++)
        {
            memory.Keep(Account(card, 1));
        }
    }

    private static Instrument Card(int number) => Instrument.Card(1, $"{number:0000000}");

    private static LedgerAccount Of(int number, Guid organisation) =>
        (Account(number, 1) with { OrganisationId = organisation, BillingSnapshotVersion = Before.NamesVersion }).In(Before);

    private static LedgerAccount Account(int number, long version) => new()
    {
        Id = new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
        Instrument = Card(number),
        Version = version,
        LimitMinor = 100,
        Balance = default,
        BillingSnapshotId = 1,
    };
}
