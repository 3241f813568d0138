namespace Authorisation.Ledger.Commit.BySnapshot;

/// <summary>
/// The ids that a lane decided lately. A retry mostly comes soon after; to try it by snapshot would only find that its
/// id is taken. Bounded by two generations. Used by one lane at a time.
/// </summary>
internal sealed class RecentIds(int idsMax)
{
    private HashSet<Guid> _young = [];
    private HashSet<Guid> _old = [];

    public bool Contains(Guid id) => _young.Contains(id) || _old.Contains(id);

    public void Add(Guid id)
    {
        if (_young.Count >= idsMax / 2)
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }

        _young.Add(id);
    }
}
