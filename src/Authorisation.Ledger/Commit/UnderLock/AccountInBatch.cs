using Authorisation.Core;
using Authorisation.Ledger.Rows;

namespace Authorisation.Ledger.Commit.UnderLock;

/// <summary>One account of a batch and what has become of it so far; or an instrument that no account is on.</summary>
/// <param name="row">The account as its row has it; <see langword="null"/> when there is none.</param>
/// <param name="isLocked">
/// Whether this batch holds the account's lock; where there is none, there is none to hold.
/// </param>
internal sealed class AccountInBatch(CreditAccount? row, bool isLocked)
{
    private Dictionary<CreditMonth, Balance>? _olderMonths;
    private AccountSnapshot? _snapshot;

    /// <summary>The account's row, with what this batch did to it.</summary>
    public CreditAccount? Row { get; private set; } = row;

    public bool IsLocked => isLocked;

    /// <summary>Whether the row must be written.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>Whether the instrument itself was asked for, so that this is what is on it now.</summary>
    public bool IsOnInstrument { get; set; }

    /// <summary>Whether holds of it have lapsed that this batch has no room for.</summary>
    public bool HasMoreLapsed { get; private set; }

    /// <summary>
    /// Whether what the account had used in a month is at hand; of months before its row's it is read when needed.
    /// </summary>
    public bool Knows(CreditMonth month) =>
        Row is not { } account || month >= account.Balance.Month || _olderMonths?.ContainsKey(month) == true;

    /// <summary>Adds what the account had used in a month before its row's. The row is left as it is.</summary>
    public void AddOlderMonth(Balance balance) => (_olderMonths ??= [])[balance.Month] = balance;

    /// <summary>The account with the balance that a month is decided on.</summary>
    public CreditAccount? In(CreditMonth month) => Row is { } account && month < account.Balance.Month
        ? account with { Balance = _olderMonths![month] }
        : Row;

    /// <summary>What is left to spend in a month; <see langword="null"/> when there is no account.</summary>
    public Credit? CreditIn(CreditMonth month, DateTimeOffset now, TimeZoneInfo zone) =>
        In(month) is { } account ? Credit.Of(account, month, now, zone) : null;

    /// <summary>Whether what is bought on it can count in a budget.</summary>
    public bool HasBudgets => Row is LedgerAccount { Organisation.HasBudgets: true };

    /// <summary>Does what was decided.</summary>
    /// <param name="outcome">What was decided.</param>
    /// <param name="now">The moment of decision.</param>
    /// <param name="zone">The operator's time zone.</param>
    public void Apply(Outcome outcome, DateTimeOffset now, TimeZoneInfo zone)
    {
        Row = Row is { Today: not null } counted ? counted with { Today = counted.TodayWith(now, BoughtToday(outcome, now, zone), zone) } : Row;
        if (outcome is { Kind: OutcomeKind.Decided, Entry: { Decision: Decision.Approved } entry })
        {
            Change(entry.CreditMonth, _ => outcome.BalanceAfter);
        }

        if (outcome is { Kind: OutcomeKind.Decided, Operation: { } operation }
            && (operation.SpentMinor != 0 || operation.HeldMinor != 0))
        {
            Change(operation.CreditMonth, balance => balance.Change(operation.SpentMinor, operation.HeldMinor));
        }
    }

    /// <summary>
    /// Notes that the holds of the row's month that had lapsed are expired, and when the next of them lapses.
    /// </summary>
    /// <param name="next">The next lapse; <see langword="null"/> when there is none.</param>
    /// <param name="hasMore">Whether there are more that had lapsed.</param>
    public void SetNextLapse(DateTimeOffset? next, bool hasMore)
    {
        HasMoreLapsed = hasMore;
        if (!hasMore)
        {
            Change(Row!.Balance.Month, balance => balance with { NextHoldExpiry = balance.HeldMinor == 0 ? null : next });
        }
    }

    /// <summary>
    /// The account at the end of the batch, for the cache; <see langword="null"/> when there is none, or it is not what
    /// is on the instrument now, or its balance is of a later month than it is.
    /// </summary>
    public AccountSnapshot? SnapshotAt(DateTimeOffset now, CreditMonth month) =>
        _snapshot ??= IsToRemember(month) ? new AccountSnapshot(Row!, now) : null;

    /// <summary>Whether copies of the account are good for anything.</summary>
    public bool IsToRemember(CreditMonth month) =>
        Row is { } account && IsLocked && account.Balance.Month <= month && (IsOnInstrument || !account.Removed);

    // By how much it changes what was bought on the day that it is: what is done to a purchase of another day does not.
    private long BoughtToday(Outcome outcome, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (outcome.Kind != OutcomeKind.Decided || (outcome.Entry ?? outcome.History?.Entry) is not { } entry
            || entry.AccountId != Row!.Id || entry.CreditMonth != CreditMonth.Of(now, zone)
            || DaySpending.DayOf(entry.DecidedAt, zone) != DaySpending.DayOf(now, zone))
        {
            return 0;
        }

        return (outcome.Entry is { Decision: Decision.Approved } ? entry.Purchase.AmountMinor : 0) + (outcome.Operation?.SpentMinor ?? 0);
    }

    private void Change(CreditMonth month, Func<Balance, Balance> change)
    {
        if (Row is not { } account)
        {
            return;
        }

        if (month < account.Balance.Month)
        {
            _olderMonths![month] = change(_olderMonths[month]);
            return;
        }

        if (month > account.Balance.Month)
        {
            // What this batch did to the month that the row leaves is not in the ledger yet.
            AddOlderMonth(account.Balance);
        }

        Row = account with { Balance = change(account.Balance.In(month)), Version = account.Version + 1 };
        IsChanged = true;
    }
}
