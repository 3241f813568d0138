namespace Authorisation.Core;

/// <summary>
/// An account as the ledger had it at one moment: good to show while it is young, and good to decide from as long as
/// the ledger still has the same version.
/// </summary>
/// <param name="Account">The account, whole.</param>
/// <param name="ReadAt">When it was read from the ledger, or written to it, by the database's clock.</param>
public sealed record AccountSnapshot(CreditAccount Account, DateTimeOffset ReadAt);
