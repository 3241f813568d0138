using Authorisation.Core;

namespace Authorisation.Ledger.GroupCommit;

/// <summary>One instrument of a batch and what has become of its account so far.</summary>
internal sealed class AccountInBatch(Instrument instrument)
{
    private AccountSnapshot? _snapshot;

    public Instrument Instrument { get; } = instrument;

    /// <summary>The account, with what this batch spent on it; <see langword="null"/> when the instrument is unknown.</summary>
    public CreditAccount? Account { get; set; }

    /// <summary>Whether this batch holds the account's lock; an unknown instrument has none to hold.</summary>
    public bool IsLocked { get; set; }

    /// <summary>
    /// The balance is that of an older month than the account's row has: the clock went back over the month's edge.
    /// The row is left as it is.
    /// </summary>
    public bool IsOfOlderMonth { get; set; }

    /// <summary>Whether the row must be written.</summary>
    public bool IsChanged { get; set; }

    /// <summary>
    /// The account at the end of the batch, for the cache; <see langword="null"/> when there is none, or its balance is
    /// of an older month.
    /// </summary>
    public AccountSnapshot? SnapshotAt(DateTimeOffset now) =>
        _snapshot ??= Account is { } account && !IsOfOlderMonth ? new AccountSnapshot(account, now) : null;

    public void Apply(Outcome outcome)
    {
        if (Account is null || outcome.Entry is not { Decision: Decision.Approved })
        {
            return;
        }

        Account = Account with { Balance = outcome.BalanceAfter, Version = Account.Version + (IsOfOlderMonth ? 0 : 1) };
        IsChanged = !IsOfOlderMonth;
    }
}
