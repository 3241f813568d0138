namespace Authorisation.Core;

/// <summary>
/// An account as it was when somebody last looked. A hint: what it says may have changed since, and whoever decides
/// on it must find out.
/// </summary>
/// <param name="Account">The account at its version.</param>
/// <param name="ReadAt">When the ledger said so, by the database's clock.</param>
public sealed record AccountSnapshot(CreditAccount Account, DateTimeOffset ReadAt);
