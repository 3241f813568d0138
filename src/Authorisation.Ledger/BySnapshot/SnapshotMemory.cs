using Authorisation.Core;

namespace Authorisation.Ledger.BySnapshot;

/// <summary>
/// The accounts that one lane has seen lately, as they were after its last look. Bounded: accounts that have not been
/// used for long go first.
/// </summary>
/// <remarks>
/// What is here may be old, and nothing rests on it: who decides on it commits only if the version is still the same.
/// Two generations stand in for an exact order of use: what is used moves to the young one, and when that is full, what
/// is left in the old one is forgotten. All state is behind one lock; the lane and the callers that ask whether it
/// knows an account hold it for one look-up.
/// </remarks>
internal sealed class SnapshotMemory(int accountsMax)
{
    private readonly Lock _gate = new();
    private Dictionary<Instrument, CreditAccount> _young = [];
    private Dictionary<Instrument, CreditAccount> _old = [];

    /// <summary>The account as it was when it was last seen; <see langword="null"/> when it is not remembered.</summary>
    public CreditAccount? Find(Instrument instrument)
    {
        lock (_gate)
        {
            if (_young.TryGetValue(instrument, out var account))
            {
                return account;
            }

            if (_old.Remove(instrument, out account))
            {
                Add(account);
            }

            return account;
        }
    }

    /// <summary>Remembers an account, unless a newer state of it is remembered already.</summary>
    public void Keep(CreditAccount account)
    {
        lock (_gate)
        {
            if ((_young.TryGetValue(account.Instrument, out var known) || _old.TryGetValue(account.Instrument, out known))
                && known.Id == account.Id && known.Version > account.Version)
            {
                return;
            }

            _old.Remove(account.Instrument);
            Add(account);
        }
    }

    /// <summary>Forgets an account that turned out to have changed.</summary>
    public void Forget(Instrument instrument)
    {
        lock (_gate)
        {
            _young.Remove(instrument);
            _old.Remove(instrument);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _young.Clear();
            _old.Clear();
        }
    }

    private void Add(CreditAccount account)
    {
        if (_young.Count >= accountsMax / 2 && !_young.ContainsKey(account.Instrument))
        {
            _old = _young;
            _young = new Dictionary<Instrument, CreditAccount>(_old.Count);
        }

        _young[account.Instrument] = account;
    }
}
