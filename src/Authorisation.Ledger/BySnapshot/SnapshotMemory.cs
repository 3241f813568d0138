using Authorisation.Core;

namespace Authorisation.Ledger.BySnapshot;

/// <summary>
/// The accounts that one lane has seen lately, as they were after its last look. Bounded: accounts that have not been
/// used for long go first.
/// </summary>
/// <remarks>
/// What is here may be old, and nothing rests on it: who decides on it commits only if the version is still the same.
/// The accounts stand in a ring, and a hand goes round when there is no more room: an account that was used since the
/// hand came by last is passed over once, another one leaves. That is nearly least recently used first, for one bit an
/// account. Used by one lane at a time.
/// </remarks>
internal sealed class SnapshotMemory(int accountsMax)
{
    private readonly Dictionary<Instrument, int> _places = [];
    private readonly List<(CreditAccount? Account, bool IsUsed)> _ring = [];
    private int _hand;

    /// <summary>The account as it was when it was last seen; <see langword="null"/> when it is not remembered.</summary>
    public CreditAccount? Find(Instrument instrument)
    {
        if (!_places.TryGetValue(instrument, out var place))
        {
            return null;
        }

        var account = _ring[place].Account;
        _ring[place] = (account, IsUsed: true);
        return account;
    }

    /// <summary>Remembers an account, unless a newer state of it is remembered already.</summary>
    public void Keep(CreditAccount account)
    {
        if (!_places.TryGetValue(account.Instrument, out var place))
        {
            place = FreePlace();
            _places.Add(account.Instrument, place);
            _ring[place] = (account, IsUsed: false);
        }
        else if (_ring[place].Account is { } known && (known.Id != account.Id || known.Version <= account.Version))
        {
            _ring[place] = (account, IsUsed: true);
        }
    }

    /// <summary>Forgets an account that turned out to have changed.</summary>
    public void Forget(Instrument instrument)
    {
        if (_places.Remove(instrument, out var place))
        {
            _ring[place] = default;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _places.Clear();
        _ring.Clear();
        _hand = 0;
    }

    private int FreePlace()
    {
        if (_ring.Count < accountsMax)
        {
            _ring.Add(default);
            return _ring.Count - 1;
        }

        while (true)
        {
            var place = _hand;
            _hand = (_hand + 1) % _ring.Count;
            var (account, isUsed) = _ring[place];
            if (account is null)
            {
                return place;
            }

            if (!isUsed)
            {
                _places.Remove(account.Instrument);
                return place;
            }

            _ring[place] = (account, IsUsed: false);
        }
    }
}
