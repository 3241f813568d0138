namespace Authorisation.Ledger.Shares;

/// <summary>
/// Turns at something that only so many may do at once, such as using the connections of a pool: operators and clients
/// share the turns, and the places to wait for one, and are served in turn.
/// </summary>
/// <remarks>
/// Safe for any number of callers: the line and the grants are behind one lock, which is never held while anything is
/// awaited; <see cref="Room"/> has a lock of its own inside it. A returned turn passes to the callers whose share then
/// has room, so no turn is lost; one that is granted to a caller that has just given up is granted again. There is
/// always progress: when no caller has a turn, the first in the line may take one.
/// </remarks>
public sealed class FairTurns
{
    private readonly Lock _gate = new();
    private readonly Room _turns;
    private readonly Room _places;
    private readonly TimeSpan _waitMax;
    private readonly FairLine<Waiter> _line = new();
    private readonly Func<Sharer, bool> _takeTurn;

    /// <summary>No caller has a turn yet.</summary>
    /// <param name="atOnceMax">How many have a turn at once.</param>
    /// <param name="waitingMax">How many wait for one.</param>
    /// <param name="waitMax">How long one is waited for.</param>
    public FairTurns(int atOnceMax, int waitingMax, TimeSpan waitMax)
    {
        (_turns, _places, _waitMax) = (new Room(atOnceMax), new Room(waitingMax), waitMax);
        _takeTurn = next => _turns.Take(next) == Full.No;
    }

    /// <summary>How many have a turn now.</summary>
    public int AtOnce => _turns.Held;

    /// <summary>Waits for a turn, runs something in it, and returns the turn however that ends.</summary>
    /// <param name="who">Whose turn it is.</param>
    /// <param name="run">What is run.</param>
    /// <param name="cancellationToken">Ends the waiting; <paramref name="run"/> sees to its own end.</param>
    /// <returns><see cref="Full.No"/> and the answer; else whose share is full, and nothing was run.</returns>
    public async Task<(Full Full, T? Answer)> RunAsync<T>(
        Sharer who, Func<Task<T>> run, CancellationToken cancellationToken)
    {
        if (await EnterAsync(who, cancellationToken) is not Full.No and var full)
        {
            return (full, default);
        }

        try
        {
            return (Full.No, await run());
        }
        finally
        {
            Leave(who);
        }
    }

    private async ValueTask<Full> EnterAsync(Sharer who, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_turns.Take(who) == Full.No)
            {
                return Full.No;
            }

            if (_places.Take(who) is not Full.No and var full)
            {
                return full;
            }

            _line.Add(who, waiter = new Waiter(who));
        }

        try
        {
            await waiter.Turn.Task.WaitAsync(_waitMax, cancellationToken);
            return Full.No;
        }
        catch (TimeoutException)
        {
            GiveUp(waiter);
            return Full.Server;
        }
        catch (OperationCanceledException)
        {
            GiveUp(waiter);
            throw;
        }
    }

    private void Leave(Sharer who)
    {
        lock (_gate)
        {
            _turns.Give(who);
            while (_line.TryTake(out var waiter, _takeTurn))
            {
                _places.Give(waiter.Principal);
                if (!waiter.Turn.TrySetResult())
                {
                    _turns.Give(waiter.Principal);
                }
            }
        }
    }

    // One that was granted at the same moment is given to the next.
    private void GiveUp(Waiter waiter)
    {
        if (!waiter.Turn.TrySetCanceled(CancellationToken.None))
        {
            Leave(waiter.Principal);
        }
    }

    private sealed class Waiter(Sharer who)
    {
        public Sharer Principal { get; } = who;

        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
