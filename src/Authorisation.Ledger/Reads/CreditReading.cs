using Authorisation.Core;

namespace Authorisation.Ledger.Reads;

/// <summary>What the ledger says about an instrument's credit.</summary>
/// <param name="Account">
/// The account, with the balance of the month that it is now; what has lapsed is not held any more.
/// </param>
/// <param name="Now">When this was read, by the database's clock.</param>
/// <param name="Snapshot">
/// What the cache may keep, which is the account's row as it is; <see langword="null"/> when the clock is in an older
/// month than the account's row.
/// </param>
public sealed record CreditReading(CreditAccount Account, DateTimeOffset Now, AccountSnapshot? Snapshot);
