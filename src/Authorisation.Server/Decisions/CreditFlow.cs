using Authorisation.Cache;
using Authorisation.Core;
using Authorisation.Ledger.Reads;
using Authorisation.Server.Following;

namespace Authorisation.Server.Decisions;

/// <summary>
/// What is left to spend: from the cache when it has a copy that is fresh, else from the ledger. No decision rests on
/// the answer.
/// </summary>
public sealed class CreditFlow(CreditSnapshotCache cache, LedgerReader ledger, LedgerClock clock)
{
    /// <summary>
    /// The credit on an instrument now; <see langword="null"/> when there is none or it was taken away.
    /// </summary>
    public async Task<Credit?> FindAsync(Instrument instrument, Operator terms, CancellationToken cancellationToken)
    {
        if (await cache.ReadAsync(instrument) is { } cached && FreshCredit(cached, terms) is { } fresh)
        {
            return fresh;
        }

        var reading = await ledger.FindCreditAsync(instrument, terms.TimeZone, cancellationToken);
        if (reading is not { Account: { Removed: false } account })
        {
            return null;
        }

        return Credit.Of(account, CreditMonth.Of(reading.Now, terms.TimeZone));
    }

    private Credit? FreshCredit(AccountSnapshot snapshot, Operator terms)
    {
        var now = clock.Now;
        var month = CreditMonth.Of(now, terms.TimeZone);
        var isFresh = (now - snapshot.ReadAt).Duration() <= Limits.CreditReadAgeMax;
        if (!isFresh || snapshot.Account.Removed || snapshot.Account.Balance.Month > month)
        {
            return null;
        }

        // What has lapsed is free, and how much that is only the ledger knows.
        var balance = snapshot.Account.Balance.In(month);
        return balance.NextHoldExpiry <= now ? null : Credit.Of(snapshot.Account, month);
    }
}
