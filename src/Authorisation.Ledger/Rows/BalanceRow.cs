using Authorisation.Core;

namespace Authorisation.Ledger.Rows;

/// <summary>
/// An account's balance as it is sent to Postgres: the type <c>balance_row</c>, whose columns these properties are.
/// </summary>
internal sealed class BalanceRow
{
    public Guid Id { get; set; }

    public int Month { get; set; }

    public long SpentMinor { get; set; }

    public long HeldMinor { get; set; }

    public DateTime? NextHoldExpiry { get; set; }

    public long Version { get; set; }

    /// <summary>The version that was decided on by snapshot.</summary>
    public long VersionBefore { get; set; }

    /// <summary>The account's place in the answer of a decision by snapshot.</summary>
    public int Place { get; set; }

    /// <summary>Takes on the balance of an account.</summary>
    public void Set(CreditAccount account, long versionBefore = 0, int place = 0)
    {
        Id = account.Id;
        Month = account.Balance.Month.Number;
        SpentMinor = account.Balance.SpentMinor;
        HeldMinor = account.Balance.HeldMinor;
        NextHoldExpiry = account.Balance.NextHoldExpiry?.UtcDateTime;
        Version = account.Version;
        VersionBefore = versionBefore;
        Place = place;
    }
}
