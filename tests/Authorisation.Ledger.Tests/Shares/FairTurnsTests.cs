using Authorisation.Core;
using Authorisation.Ledger.Shares;

namespace Authorisation.Ledger.Tests.Shares;

public sealed class FairTurnsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly Sharer Flood = new(1, Maker.Client(1));
    private static readonly Sharer Other = new(2, Maker.Client(2));

    [Fact]
    public async Task Under_a_flood_another_operator_gets_a_turn_without_waiting()
    {
        var turns = new FairTurns(9, 100, Long);
        var flood = Enumerable.Range(0, 200).Select(_ => turns.EnterAsync(Flood, CancellationToken.None).AsTask()).ToList();

        var other = turns.EnterAsync(Other, CancellationToken.None);

        Assert.True(other.IsCompletedSuccessfully);
        Assert.Equal(Full.No, await other);
        Assert.Equal(3, flood.Count(one => one.IsCompletedSuccessfully && one.Result == Full.No));
        Assert.Equal(Full.Client, await flood[^1]);
    }

    [Fact]
    public async Task When_all_turns_are_out_the_next_go_to_operators_in_turn()
    {
        var turns = new FairTurns(1, 100, Long);
        Assert.Equal(Full.No, await turns.EnterAsync(Flood, CancellationToken.None));
        var flood = Enumerable.Range(0, 20).Select(_ => turns.EnterAsync(Flood, CancellationToken.None).AsTask()).ToList();
        var other = turns.EnterAsync(Other, CancellationToken.None).AsTask();

        turns.Leave(Flood);
        Assert.Equal(Full.No, await flood[0].WaitAsync(Eventually.Bound));
        turns.Leave(Flood);
        Assert.Equal(Full.No, await other.WaitAsync(Eventually.Bound));
        Assert.False(flood[1].IsCompleted);
    }

    [Fact]
    public async Task One_that_gives_up_or_waits_too_long_takes_nobodys_turn()
    {
        var turns = new FairTurns(1, 100, TimeSpan.FromMilliseconds(50));
        Assert.Equal(Full.No, await turns.EnterAsync(Flood, CancellationToken.None));
        using var cancel = new CancellationTokenSource();
        var cancelled = turns.EnterAsync(Flood, cancel.Token).AsTask();
        var late = turns.EnterAsync(Other, CancellationToken.None).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(Full.Server, await late.WaitAsync(Eventually.Bound));

        turns.Leave(Flood);

        Assert.Equal(0, turns.AtOnce);
        Assert.Equal(Full.No, await turns.EnterAsync(Other, CancellationToken.None));
    }

    [Fact]
    public async Task With_callers_that_come_and_give_up_at_random_no_turn_is_lost_and_none_is_out_twice()
    {
        const int AtOnce = 5;
        var turns = new FairTurns(AtOnce, 40, Long);
        var (at, most, done) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            var who = new Sharer(caller % 3, Maker.Client(caller % 7));
            for (var i = 0; i < 300; i++)
            {
                using var cancel = new CancellationTokenSource();
                if (random.Next(4) == 0)
                {
                    cancel.CancelAfter(TimeSpan.FromTicks(random.Next(1, 3_000)));
                }

                try
                {
                    if (await turns.EnterAsync(who, cancel.Token) != Full.No)
                    {
                        await Task.Yield();
                        continue;
                    }
                }
                catch (OperationCanceledException)
                {
                    continue;
                }

                var now = Interlocked.Increment(ref at);
                for (var seen = Volatile.Read(ref most); seen < now;)
                {
                    seen = Interlocked.CompareExchange(ref most, now, seen);
                }

                await Task.Yield();
                Interlocked.Decrement(ref at);
                turns.Leave(who);
                Interlocked.Increment(ref done);
            }
        }))).WaitAsync(3 * Eventually.Bound);

        Assert.InRange(most, 1, AtOnce);
        Assert.True(done > 0);
        Assert.Equal(0, turns.AtOnce);
    }
}
