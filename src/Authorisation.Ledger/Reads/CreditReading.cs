using Authorisation.Core;

namespace Authorisation.Ledger.Reads;

/// <summary>What the ledger says about an instrument's credit.</summary>
/// <param name="Account">
/// The account, with the balance of the month that it is now; what has lapsed is not held any more.
/// </param>
/// <param name="Now">When this was read, by the database's clock.</param>
public sealed record CreditReading(CreditAccount Account, DateTimeOffset Now);
