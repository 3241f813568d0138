using System.Runtime.InteropServices;
using Authorisation.Core;
using Authorisation.Ledger.Rows;

namespace Authorisation.Ledger.Commit.Lanes;

/// <summary>
/// The accounts that one lane has seen lately, as they were after its last look. Bounded: accounts that have not been
/// used for long go first.
/// </summary>
/// <remarks>
/// What is here may be old, and nothing rests on it: who decides on it commits only if the version is still the same.
/// The accounts stand in a ring, and a hand goes round when there is no more room: an account that was used since the
/// hand came by last is passed over once, another one leaves. That is nearly least recently used first, for one bit an
/// account. Organisations stand beside, each as it was in its newest version: after a change of one, its accounts are
/// found as they are in that, so that it costs no look at each of them, nor a decision on each that could not be
/// committed. Used by one lane at a time.
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

    // One that was left out, as there was no more room, is not remembered either, nor its accounts.
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
