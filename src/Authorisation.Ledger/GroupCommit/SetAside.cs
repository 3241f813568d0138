using System.Threading.Channels;
using Authorisation.Core;

namespace Authorisation.Ledger.GroupCommit;

/// <summary>
/// Purchases on accounts that somebody else keeps locked: another lane or server for a moment, or an open psql session
/// for long. They wait here, so that the lanes need not.
/// </summary>
/// <remarks>
/// The items are in a channel; how many there are of each instrument is behind one lock, which is never held while
/// anything is awaited. While an instrument has purchases here, or being tried from here, later ones join them
/// (<see cref="TryJoin"/>), so that a locked account costs the lanes one lock timeout and not one for each purchase.
/// One task takes; whoever finds a locked account adds.
/// </remarks>
internal sealed class SetAside(TimeProvider time)
{
    private readonly Channel<CommitItem> _items =
        Channel.CreateUnbounded<CommitItem>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Lock _gate = new();
    private readonly Dictionary<Instrument, int> _countOf = [];
    private int _count;

    // How many instruments wait. Read without the lock: a lane that sees it late lets one more purchase try.
    private volatile int _instruments;

    /// <summary>Sets a purchase aside; one too many is given back to its caller at once.</summary>
    public void Add(CommitItem item)
    {
        lock (_gate)
        {
            var isNew = item.SetAsideAt == 0;
            if (isNew && _count >= Limits.SetAsideItemsMax)
            {
                item.Complete(new CommitResult(CommitStatus.AccountLocked));
                return;
            }

            item.SetAsideAt = isNew ? time.GetTimestamp() : item.SetAsideAt;
            _count++;
            _countOf[item.Purchase.Instrument] = _countOf.GetValueOrDefault(item.Purchase.Instrument) + 1;
            _instruments = _countOf.Count;
        }

        _items.Writer.TryWrite(item);
    }

    /// <summary>Sets a purchase aside if others on the same instrument are.</summary>
    public bool TryJoin(CommitItem item)
    {
        if (_instruments == 0)
        {
            return false;
        }

        lock (_gate)
        {
            if (!_countOf.ContainsKey(item.Purchase.Instrument))
            {
                return false;
            }
        }

        Add(item);
        return true;
    }

    /// <summary>Waits until there is something to try again.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) =>
        _items.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>
    /// Takes up to a batch of what is here, in the order it came. Each item taken must be given to <see cref="Tried"/>
    /// afterwards, also when it was added again.
    /// </summary>
    public List<CommitItem> Take()
    {
        var taken = new List<CommitItem>();
        while (taken.Count < Limits.CommitBatchItemsMax && _items.Reader.TryRead(out var item))
        {
            taken.Add(item);
        }

        return taken;
    }

    /// <summary>Whether an item has waited so long that its caller must be told.</summary>
    public bool IsOverdue(CommitItem item) => time.GetElapsedTime(item.SetAsideAt) >= Limits.SetAsideTime;

    /// <summary>Counts off items that were taken.</summary>
    public void Tried(List<CommitItem> taken)
    {
        lock (_gate)
        {
            foreach (var item in taken)
            {
                _count--;
                var left = _countOf[item.Purchase.Instrument] - 1;
                if (left == 0)
                {
                    _countOf.Remove(item.Purchase.Instrument);
                }
                else
                {
                    _countOf[item.Purchase.Instrument] = left;
                }
            }

            _instruments = _countOf.Count;
        }
    }
}
