using Authorisation.Core;
using Authorisation.Ledger.Cards;
using Authorisation.V1;

namespace Authorisation.Server.Cards;

/// <summary>
/// The latest changes of one operator's cards, which all of its watchers on this server share: each keeps its own place
/// and nothing else, so that a slow one costs no memory.
/// </summary>
/// <remarks>
/// One task adds, any number take: all within the lock. The messages are shared by the watchers and never changed.
/// </remarks>
internal sealed class CardFeed
{
    private readonly Lock _gate = new();

    // A ring: the oldest change is at _first. All changes that were read and follow _floor are in it.
    private readonly CardUpdate[] _kept = new CardUpdate[Limits.CardUpdatesKept];
    private int _first;
    private int _count;
    private long _floor;
    private long _position;
    private long _epoch;
    private int _generation;
    private TaskCompletionSource _changed = NewSignal();

    public CardFeed(int operatorId, CardNumbering from)
    {
        OperatorId = operatorId;
        (_floor, _position, _epoch) = (from.Last, from.Last, from.Epoch);
    }

    public int OperatorId { get; }

    /// <summary>The number up to which changes were read. Of the task that adds.</summary>
    public long Position => _position;

    /// <summary>Grows each time that the numbers restart: what a watcher has belongs to one generation.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>How many watchers there are; <see cref="CardFeeds"/> keeps count under its own lock.</summary>
    public int Watchers { get; set; }

    /// <summary>Whether there are changes to read, or the numbers restarted.</summary>
    public bool IsBehind(CardNumbering numbering) => numbering.Last != _position || numbering.Epoch != _epoch;

    /// <summary>Adds what was read after <see cref="Position"/>. Answers whether there is more to be read.</summary>
    public bool Add(CardPage page)
    {
        TaskCompletionSource changed;
        bool hasMore;
        lock (_gate)
        {
            // After a failover; or when Postgres was unreachable for so long that states were removed which this server
            // never saw.
            if (page.Numbering.Epoch != _epoch || !page.Numbering.CanResumeAfter(_position))
            {
                (_first, _count) = (0, 0);
                (_floor, _position, _epoch) = (page.Numbering.Last, page.Numbering.Last, page.Numbering.Epoch);
                Volatile.Write(ref _generation, _generation + 1);
                hasMore = false;
            }
            else
            {
                foreach (var card in page.Cards)
                {
                    Keep(card.ToUpdate());
                }

                hasMore = page.Cards.Count == Limits.CardPageSize;
                _position = hasMore ? page.Cards[^1].Version : page.Numbering.Last;
            }

            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
        return hasMore;
    }

    /// <summary>Fills the list with the changes that follow a number, and moves the number on.</summary>
    /// <param name="after">What the watcher has seen last.</param>
    /// <param name="generation">The generation in which it saw it.</param>
    /// <param name="into">Gets at most <see cref="Limits.CardPageSize"/> changes.</param>
    /// <param name="changed">Ends when there may be something new.</param>
    public FeedAnswer Take(ref long after, int generation, List<CardUpdate> into, out Task changed)
    {
        into.Clear();
        lock (_gate)
        {
            changed = _changed.Task;
            if (generation != _generation)
            {
                return FeedAnswer.Restarted;
            }

            if (after < _floor)
            {
                return FeedAnswer.NotKept;
            }

            for (var i = FirstAfter(after); i < _count && into.Count < Limits.CardPageSize; i++)
            {
                into.Add(At(i));
            }
        }

        if (into.Count == 0)
        {
            return FeedAnswer.Nothing;
        }

        after = into[^1].Version;
        return FeedAnswer.Changes;
    }

    private void Keep(CardUpdate update)
    {
        if (_count == _kept.Length)
        {
            _floor = _kept[_first].Version;
            _first = (_first + 1) % _kept.Length;
            _count--;
        }

        _kept[(_first + _count) % _kept.Length] = update;
        _count++;
    }

    private CardUpdate At(int place) => _kept[(_first + place) % _kept.Length];

    private int FirstAfter(long version)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = At(middle).Version > version ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
