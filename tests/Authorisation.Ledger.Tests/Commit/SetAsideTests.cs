using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;

namespace Authorisation.Ledger.Tests.Commit;

public sealed class SetAsideTests
{
    private static readonly Operator Terms = new()
    {
        Id = 1,
        Code = "t",
        Currency = "SEK",
        TimeZone = TimeZoneInfo.Utc,
        OffersCardCredit = true,
        Purpose = PurposeRule.NotKept,
        VatBasisPoints = 600,
        HoldTime = TimeSpan.FromMinutes(1),
    };

    private readonly ManualTime _time = new();
    private readonly SetAside _setAside;

    public SetAsideTests() => _setAside = new SetAside(_time);

    [Fact]
    public void Nobody_joins_an_instrument_that_nobody_waits_for()
    {
        _setAside.Add(Item("111111"));

        Assert.False(_setAside.TryJoin(Item("222222")));
        Assert.True(_setAside.TryJoin(Item("111111")));
        Assert.Equal(2, _setAside.Take().Count);
    }

    [Fact]
    public void An_instrument_is_joined_until_its_last_purchase_has_been_tried()
    {
        _setAside.Add(Item("111111"));
        var taken = _setAside.Take();
        Assert.True(_setAside.TryJoin(Item("111111")));

        _setAside.Tried(taken);
        Assert.True(_setAside.TryJoin(Item("111111")));

        _setAside.Tried(_setAside.Take());
        Assert.False(_setAside.TryJoin(Item("111111")));
    }

    [Fact]
    public void What_was_tried_in_vain_comes_before_what_joined_meanwhile()
    {
        var items = Enumerable.Range(0, 5).Select(_ => Item("111111")).ToList();
        items.Take(2).ToList().ForEach(_setAside.Add);
        var taken = _setAside.Take();
        Assert.True(_setAside.TryJoin(items[2]));
        taken.ForEach(_setAside.Add);
        Assert.True(_setAside.TryJoin(items[3]));
        _setAside.Tried(taken);
        Assert.True(_setAside.TryJoin(items[4]));

        Assert.Equal(items, _setAside.Take());
        Assert.Empty(_setAside.Take());
    }

    [Fact]
    public void Only_instruments_that_were_added_again_since_the_last_take_are_still_locked()
    {
        var (one, other) = (Item("111111"), Item("222222"));
        _setAside.Add(one);
        _setAside.Add(other);
        Assert.False(_setAside.IsStillLocked(one));

        var taken = _setAside.Take();
        _setAside.Add(one);
        Assert.True(_setAside.IsStillLocked(Item("111111")));
        Assert.False(_setAside.IsStillLocked(other));

        _setAside.Tried(taken);
        _setAside.Take();
        Assert.False(_setAside.IsStillLocked(one));
    }

    [Fact]
    public async Task One_too_many_is_given_back_but_not_one_that_was_here_before()
    {
        // One client alone has a third of the places.
        var items = Enumerable.Range(0, (Limits.SetAsideItemsMax + 2) / 3).Select(_ => Item("111111")).ToList();
        items.ForEach(_setAside.Add);
        var tooMany = Item("111111");
        _setAside.Add(tooMany);
        Assert.Equal(CommitStatus.AccountLocked, (await tooMany.Result.WaitAsync(Eventually.Bound)).Status);

        var taken = _setAside.Take();
        taken.ForEach(_setAside.Add);
        _setAside.Tried(taken);

        Assert.All(items, item => Assert.False(item.Result.IsCompleted));
        Assert.Equal(items, _setAside.Take());
    }

    [Fact]
    public void Time_counts_from_when_it_was_first_set_aside()
    {
        var item = Item("111111");
        _setAside.Add(item);
        _time.Advance(Limits.SetAsideTime - TimeSpan.FromMilliseconds(1));
        var taken = _setAside.Take();
        Assert.False(_setAside.IsOverdue(item));
        _setAside.Add(item);
        _setAside.Tried(taken);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(_setAside.IsOverdue(item));
    }

    [Fact]
    public async Task Waiting_ends_when_something_is_added_and_is_cancelled_otherwise()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = _setAside.WaitAsync(cancel.Token);
        Assert.False(waiting.IsCompleted);
        _setAside.Add(Item("111111"));
        await waiting.WaitAsync(Eventually.Bound);

        waiting = _setAside.WaitAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static CommitItem Item(string cardNumber) => new(
        new Purchase
        {
            Id = Guid.NewGuid(),
            Originator = Originator.Client(1),
            Instrument = Instrument.Card(1, cardNumber),
            AmountMinor = 1,
        },
        Terms);

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
