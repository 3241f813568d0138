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
    /// The account on an instrument now, with what it has used of the month that it is; <see langword="null"/> when there
    /// is none or it was taken away.
    /// </summary>
    public async Task<CreditReading?> FindAsync(Instrument instrument, Operator terms, CancellationToken cancellationToken)
    {
        if (await cache.ReadAsync(instrument) is { } cached && clock.Now is var now && IsFresh(cached, now, terms))
        {
            return new CreditReading(cached.Account, now);
        }

        var reading = await ledger.FindCreditAsync(instrument, terms.TimeZone, cancellationToken);
        return reading is { Account.Removed: false } ? reading : null;
    }

    private static bool IsFresh(AccountSnapshot snapshot, DateTimeOffset now, Operator terms)
    {
        var month = CreditMonth.Of(now, terms.TimeZone);
        var isFresh = (now - snapshot.ReadAt).Duration() <= Limits.CreditReadAgeMax;
        if (!isFresh || snapshot.Account.Removed || snapshot.Account.Balance.Month > month)
        {
            return false;
        }

        // What has lapsed is free, and how much that is only the ledger knows.
        var balance = snapshot.Account.Balance.In(month);
        return !(balance.NextHoldExpiry <= now);
    }
}
