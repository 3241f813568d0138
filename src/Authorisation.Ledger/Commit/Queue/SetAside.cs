using System.Threading.Channels;
using Authorisation.Core;
using Authorisation.Ledger.Shares;

namespace Authorisation.Ledger.Commit.Queue;

/// <summary>
/// Purchases on accounts that another session keeps locked: another lane or server for a moment, or an open psql
/// session for long. They wait here, so that the lanes need not.
/// </summary>
/// <remarks>
/// Everything is behind one lock, which is never held while anything is awaited. While an instrument has purchases
/// here, or being tried from here, later ones join them (<see cref="TryJoin"/>), so that a locked account costs the
/// lanes one lock timeout and not one for each purchase, and no purchase overtakes another. One task takes; lanes that
/// find a locked account add. What was tried in vain comes before what joined meanwhile, so purchases keep their order.
/// The places are shared by operator and client; a purchase keeps its place until it was tried and has not come back.
/// </remarks>
internal sealed class SetAside(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Room _places = new(Limits.SetAsideItemsMax);
    private readonly Dictionary<Instrument, int> _countOf = [];
    private readonly HashSet<Instrument> _stillLocked = [];
    private List<CommitItem> _inVain = [];
    private List<CommitItem> _joined = [];

    // One mark at most: something is here.
    private readonly Channel<bool> _some = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // How many instruments wait. Read without the lock: a lane that sees it late lets one more purchase try.
    private volatile int _instruments;

    /// <summary>How many instruments wait now.</summary>
    public int Instruments => _instruments;

    /// <summary>Sets a purchase aside; when there is no room, its caller gets an error at once.</summary>
    public void Add(CommitItem item)
    {
        lock (_gate)
        {
            if (item.SetAsideAt != 0)
            {
                _inVain.Add(item);
                _stillLocked.Add(item.Instrument);
            }
            else if (_places.Take(item.Sharer) == Full.No)
            {
                _joined.Add(item);
                item.SetAsideAt = time.GetTimestamp();
            }
            else
            {
                item.CompleteLater(new CommitResult(CommitStatus.AccountLocked));
                return;
            }

            item.IsSetAside = true;
            _countOf[item.Instrument] = _countOf.GetValueOrDefault(item.Instrument) + 1;
            _instruments = _countOf.Count;
        }

        _some.Writer.TryWrite(true);
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
            if (!_countOf.ContainsKey(item.Instrument))
            {
                return false;
            }
        }

        Add(item);
        return true;
    }

    /// <summary>Waits until there is something to try again.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) =>
        await _some.Reader.ReadAsync(cancellationToken);

    /// <summary>
    /// Takes all that is here, in the order it came. Each item taken must be given to <see cref="Tried"/> afterwards,
    /// also when it was added again.
    /// </summary>
    public List<CommitItem> Take()
    {
        lock (_gate)
        {
            List<CommitItem> taken = [.. _inVain, .. _joined];
            (_inVain, _joined) = ([], []);
            _stillLocked.Clear();
            taken.ForEach(static item => item.IsSetAside = false);
            return taken;
        }
    }

    /// <summary>
    /// Whether an earlier purchase on the same instrument was added again since <see cref="Take"/>: this one must not
    /// overtake it.
    /// </summary>
    public bool IsStillLocked(CommitItem item)
    {
        lock (_gate)
        {
            return _stillLocked.Contains(item.Instrument);
        }
    }

    /// <summary>Whether an item has waited so long that its caller must get an error.</summary>
    public bool IsOverdue(CommitItem item) => time.GetElapsedTime(item.SetAsideAt) >= Limits.SetAsideTime;

    /// <summary>Counts off items that were taken.</summary>
    public void Tried(List<CommitItem> taken)
    {
        lock (_gate)
        {
            foreach (var item in taken)
            {
                if (!item.IsSetAside)
                {
                    _places.Give(item.Sharer);
                }

                var left = _countOf[item.Instrument] - 1;
                if (left == 0)
                {
                    _countOf.Remove(item.Instrument);
                }
                else
                {
                    _countOf[item.Instrument] = left;
                }
            }

            _instruments = _countOf.Count;
        }
    }
}
