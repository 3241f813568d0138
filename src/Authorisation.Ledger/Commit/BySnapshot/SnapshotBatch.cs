using System.Runtime.InteropServices;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Rows;

namespace Authorisation.Ledger.Commit.BySnapshot;

/// <summary>
/// The purchases of a batch, decided on copies of their accounts as far as copies allow it. Needed under lock are: an
/// instrument that no account is on, or one that was taken away, a hold or an account with a hold that lapses soon, a
/// repeated id, an operation, any purchase close to the end of a month, one that a budget may be spent for, and, where
/// rules depend on the time, one close to the end of a quarter of an hour. All purchases of an account go the same
/// way, so that they stay in order.
/// </summary>
internal sealed class SnapshotBatch
{
    private readonly Dictionary<Instrument, SnapshotAccount> _accounts = [];
    private readonly HashSet<Guid> _ids = [];

    /// <summary>Gathers the purchases by account, with the copies that there are.</summary>
    public SnapshotBatch(IReadOnlyList<CommitItem> items, SnapshotMemory memory, RecentIds recent, SpentBudgets spentBudgets)
    {
        foreach (var item in items)
        {
            var instrument = item.Instrument;
            ref var account = ref CollectionsMarshal.GetValueRefOrAddDefault(_accounts, instrument, out _);
            if (account is null)
            {
                account = new SnapshotAccount(instrument);
                account.Copy(memory.Find(instrument));
                account.NeedsLock = account.Before is { } known && spentBudgets.Has(known.OrganisationId);
            }

            account.Decisions.Add(new SnapshotDecision(item));
            account.NeedsLock = account.NeedsLock || item.Purchase is not { Hold: false } purchase
                || !_ids.Add(purchase.Id) || recent.Contains(purchase.Id);
            account.WasOld = account.WasOld || item.WasOnOldCopy;
        }
    }

    /// <summary>The instruments of which a copy, if there were one, would be all that is needed.</summary>
    public List<Instrument> Unremembered() =>
        [.. _accounts.Values.Where(account => account is { NeedsLock: false, Before: null }).Select(account => account.Instrument)];

    /// <summary>The copies that are valid but for their billing snapshots, which must be read again.</summary>
    public List<LedgerAccount> WithOldNames() =>
        [.. _accounts.Values
            .Where(account => account is { NeedsLock: false, Before.NeedsBillingSnapshot: true })
            .Select(account => account.Before!)];

    /// <summary>Gives the batch a copy that it lacked or a better one, or takes away one that is of no use.</summary>
    public void Copy(Instrument instrument, LedgerAccount? account) => _accounts[instrument].Copy(account);

    /// <summary>Decides what can be decided.</summary>
    public void Decide(LaneClock clock)
    {
        var now = clock.Now;
        foreach (var account in _accounts.Values)
        {
            if (!account.NeedsLock && account.Before is not null && now is not null && Decide(account, clock, now.Value))
            {
                Accounts.Add(account);
            }
            else
            {
                UnderLock.AddRange(account.Decisions.Select(decision => decision.Item));
            }
        }

        Accounts.Sort(static (one, other) => one.Before!.Id.CompareTo(other.Before!.Id));
        for (var place = 0; place < Accounts.Count; place++)
        {
            Accounts[place].Place = place;
        }
    }

    /// <summary>The accounts that were decided on, sorted by id.</summary>
    public List<SnapshotAccount> Accounts { get; } = [];

    /// <summary>The purchases that must be decided under lock, those of one account in the order they came.</summary>
    public List<CommitItem> UnderLock { get; } = [];

    /// <summary>
    /// The purchases to decide first in the next batch; those of one account in the order they arrived.
    /// </summary>
    public List<CommitItem> Again { get; } = [];

    /// <summary>The operators' months that are written.</summary>
    public HashSet<(int OperatorId, CreditMonth Month)> Months { get; } = [];

    /// <summary>The first moment at which all that was decided can be committed.</summary>
    public DateTimeOffset From { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>The last such moment.</summary>
    public DateTimeOffset Until { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>
    /// Notes that nothing was written for an account, as its copy was old. Its purchases are decided again in the next
    /// batch, on a fresh copy; an account to which this already happened in the batch before goes under lock.
    /// </summary>
    public void Requeue(SnapshotAccount account)
    {
        var purchases = account.Decisions.Select(decision => decision.Item).ToList();
        (account.WasOld ? UnderLock : Again).AddRange(purchases);
        purchases.ForEach(item => item.WasOnOldCopy = true);
    }

    /// <summary>Takes note that nothing was written at all, for another reason than the copies.</summary>
    public void AllUnderLock() =>
        UnderLock.AddRange(Accounts.SelectMany(account => account.Decisions.Select(decision => decision.Item)));

    private void Narrow(DateTimeOffset from, DateTimeOffset until)
    {
        From = from > From ? from : From;
        Until = until < Until ? until : Until;
    }

    private bool Decide(SnapshotAccount account, LaneClock clock, DateTimeOffset now)
    {
        var terms = account.Decisions[0].Item.Terms;
        var window = clock.WindowOf(terms, now);
        var balance = account.Before!.Balance;
        // Credit on a card can be granted again, on another account, without a trace on the account that was removed.
        if (account.Before.Removed || now >= window.Until || balance.Month > window.Month
            || (balance.NextHoldExpiry is { } lapse && lapse <= now + Limits.MonthEdge))
        {
            return false;
        }

        // With rules of time it is as with the month, for a quarter of an hour: days, rules and time zones change on these.
        var quarter = account.Before.DependsOnTime ? QuarterHour.Of(now) : (QuarterHour?)null;
        if (now >= quarter?.Until)
        {
            return false;
        }

        foreach (var decision in account.Decisions)
        {
            // As if the month were open: the statement writes nothing into one that is closed.
            var outcome = Core.Decide.Authorise(decision.Item.Purchase!, seen: null, account.After, decision.Item.Terms, now);
            if (outcome.Entry!.Decision == Decision.Approved)
            {
                account.After = account.After! with
                {
                    Balance = outcome.BalanceAfter,
                    Version = account.After!.Version + 1,
                    Today = account.After!.TodayWith(now, decision.Item.Purchase!.AmountMinor, terms.TimeZone),
                };
            }

            decision.Outcome = outcome;
            decision.After = account.After;
        }

        Months.Add((terms.Id, window.Month));
        Narrow(window.From, window.Until);
        if (quarter is { } time)
        {
            Narrow(time.From, time.Until);
        }

        if (balance.NextHoldExpiry - Limits.MonthEdge is { } untilHoldLapses && untilHoldLapses < Until)
        {
            // By the database's clock, not by what the lane believes it to be.
            Until = untilHoldLapses;
        }

        return true;
    }
}
