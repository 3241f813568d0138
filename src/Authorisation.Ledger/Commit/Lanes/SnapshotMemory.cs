using System.Runtime.InteropServices;
using Authorisation.Core;
using Authorisation.Ledger.Rows;

namespace Authorisation.Ledger.Commit.Lanes;

/// <summary>
/// The accounts that one lane has seen lately, as they were after its last look. Bounded: accounts that have not been
/// used for long go first.
/// </summary>
/// <remarks>
/// A copy may be old, and nothing depends on it: a decision on a copy commits only if the version is still the same.
/// The accounts form a ring, and a clock hand evicts when it is full: an account that was used since the hand last
/// passed is skipped once, any other is evicted. That approximates least recently used, for one bit an account.
/// Organisations are kept separately, each in its newest known version: after a change of an organisation its accounts
/// take the new version from there, so that they need neither be read again one by one nor be decided in vain. Only after
/// a change of rules is an account as good as not remembered until it was read again. Used by one lane at a time.
/// </remarks>
internal sealed class SnapshotMemory(int accountsMax)
{
    private readonly Dictionary<Instrument, int> _places = [];
    private readonly List<(LedgerAccount? Account, bool IsUsed)> _ring = [];
    private readonly Dictionary<Guid, OrganisationState> _organisations = [];
    private int _hand;

    /// <summary>
    /// The account as it was when it was last seen, of the organisation as that was; <see langword="null"/> when it is
    /// not remembered.
    /// </summary>
    public LedgerAccount? Find(Instrument instrument)
    {
        if (!_places.TryGetValue(instrument, out var place))
        {
            return null;
        }

        var account = _ring[place].Account!;
        if (!_organisations.TryGetValue(account.OrganisationId, out var organisation))
        {
            return null;
        }

        if (account.Organisation != organisation)
        {
            account = account.In(organisation);
        }

        if (account.HasOldRules)
        {
            return null;
        }

        _ring[place] = (account, IsUsed: true);
        return account;
    }

    /// <summary>Remembers an account, unless a newer state of it is remembered already.</summary>
    /// <param name="seen">As the ledger has it, or as a decision on that left it.</param>
    public void Keep(CreditAccount seen)
    {
        var account = (LedgerAccount)seen;
        See(account.OrganisationId, account.Organisation);
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
        _organisations.Clear();
        _hand = 0;
    }

    // An organisation for which there was no room is not remembered, nor are its accounts.
    private void See(Guid id, OrganisationState organisation)
    {
        if (_organisations.Count >= accountsMax && !_organisations.ContainsKey(id))
        {
            _organisations.Clear();
        }

        ref var newest = ref CollectionsMarshal.GetValueRefOrAddDefault(_organisations, id, out var isKnown);
        if (!isKnown || organisation.Version > newest.Version)
        {
            newest = organisation;
        }
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
