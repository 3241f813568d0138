using Authorisation.Core;
using Authorisation.Ledger.Shares;

namespace Authorisation.Ledger.Tests.Shares;

public sealed class FairTurnsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly Sharer Flood = new(1, Originator.Client(1));
    private static readonly Sharer Other = new(2, Originator.Client(2));

    [Fact]
    public async Task Under_a_flood_another_operator_gets_a_turn_without_waiting()
    {
        var turns = new FairTurns(9, 100, Long);
        var flood = Enumerable.Range(0, 200).Select(_ => new Caller(turns, Flood)).ToList();

        var other = new Caller(turns, Other);

        Assert.True(other.Came.IsCompletedSuccessfully);
        Assert.Equal(Full.No, await other.Came);
        Assert.Equal(3, flood.Count(one => one.Came.IsCompletedSuccessfully && one.Came.Result == Full.No));
        Assert.Equal(Full.Client, await flood[^1].Came);
    }

    [Fact]
    public async Task When_all_turns_are_out_the_next_go_to_operators_in_turn()
    {
        var turns = new FairTurns(1, 100, Long);
        var first = new Caller(turns, Flood);
        Assert.Equal(Full.No, await first.Came);
        var flood = Enumerable.Range(0, 20).Select(_ => new Caller(turns, Flood)).ToList();
        var other = new Caller(turns, Other);

        await first.LeaveAsync();
        Assert.Equal(Full.No, await flood[0].Came.WaitAsync(Eventually.Bound));
        await flood[0].LeaveAsync();
        Assert.Equal(Full.No, await other.Came.WaitAsync(Eventually.Bound));
        Assert.False(flood[1].Came.IsCompleted);
    }

    [Fact]
    public async Task One_that_gives_up_or_waits_too_long_takes_nobodys_turn()
    {
        var turns = new FairTurns(1, 100, TimeSpan.FromMilliseconds(50));
        var first = new Caller(turns, Flood);
        Assert.Equal(Full.No, await first.Came);
        using var cancel = new CancellationTokenSource();
        var cancelled = new Caller(turns, Flood, cancel.Token);
        var late = new Caller(turns, Other);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Came);
        Assert.Equal(Full.Server, await late.Came.WaitAsync(Eventually.Bound));

        await first.LeaveAsync();

        Assert.Equal(0, turns.AtOnce);
        Assert.Equal(Full.No, await new Caller(turns, Other).Came);
    }

    [Fact]
    public async Task A_turn_comes_back_however_what_was_run_in_it_ends()
    {
        var turns = new FairTurns(1, 0, Long);

        Assert.Equal((Full.No, 7), await turns.RunAsync(Flood, () => Task.FromResult(7), CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(() => turns.RunAsync<int>(
            Flood, () => Task.FromException<int>(new IOException()), CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(
            () => turns.RunAsync<int>(Flood, () => throw new IOException(), CancellationToken.None));

        Assert.Equal(0, turns.AtOnce);
        Assert.Equal((Full.No, 8), await turns.RunAsync(Flood, () => Task.FromResult(8), CancellationToken.None));
    }

    [Fact]
    public async Task Without_a_turn_nothing_is_run()
    {
        var turns = new FairTurns(1, 0, Long);
        var first = new Caller(turns, Other);

        var refused = await turns.RunAsync<int>(
            Flood, () => throw new InvalidOperationException("It was run."), CancellationToken.None);

        Assert.Equal((Full.Server, 0), refused);
        await first.LeaveAsync();
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
            var who = new Sharer(caller % 3, Originator.Client(caller % 7));
            for (var i = 0; i < 300; i++)
            {
                using var cancel = new CancellationTokenSource();
                if (random.Next(4) == 0)
                {
                    cancel.CancelAfter(TimeSpan.FromTicks(random.Next(1, 3_000)));
                }

                try
                {
                    await turns.RunAsync(who, RunAsync, cancel.Token);
                    await Task.Yield();
                }
                catch (OperationCanceledException)
                {
                    // It gave up before its turn came.
                }
            }
        }))).WaitAsync(3 * Eventually.Bound);

        async Task<int> RunAsync()
        {
            var now = Interlocked.Increment(ref at);
            for (var seen = Volatile.Read(ref most); seen < now;)
            {
                seen = Interlocked.CompareExchange(ref most, now, seen);
            }

            await Task.Yield();
            Interlocked.Decrement(ref at);
            return Interlocked.Increment(ref done);
        }

        Assert.InRange(most, 1, AtOnce);
        Assert.True(done > 0);
        Assert.Equal(0, turns.AtOnce);
    }
    /// <summary>Somebody who wants a turn, and keeps it until told to leave.</summary>
    private sealed class Caller
    {
        private readonly TaskCompletionSource<Full> _came = new();
        private readonly TaskCompletionSource<int> _leave = new();
        private readonly Task _run;

        public Caller(FairTurns turns, Sharer who, CancellationToken cancellationToken = default) =>
            _run = RunAsync(turns, who, cancellationToken);

        /// <summary>That the turn came, or whose share is full.</summary>
        public Task<Full> Came => _came.Task;

        /// <summary>Gives the turn back.</summary>
        public async Task LeaveAsync()
        {
            _leave.SetResult(0);
            await _run;
        }

        private async Task RunAsync(FairTurns turns, Sharer who, CancellationToken cancellationToken)
        {
            try
            {
                var (full, _) = await turns.RunAsync(who, HoldAsync, cancellationToken);
                _came.TrySetResult(full);
            }
            catch (OperationCanceledException e)
            {
                _came.TrySetException(e);
            }
        }

        private Task<int> HoldAsync()
        {
            _came.TrySetResult(Full.No);
            return _leave.Task;
        }
    }
}
