namespace Authorisation.Ledger.Reads;

/// <summary>What the database said of itself.</summary>
/// <param name="Now">Its clock.</param>
/// <param name="IsReplica">It takes no writes.</param>
/// <param name="CommitsWaitForStandby">A commit is answered when a synchronous standby has it.</param>
public readonly record struct LedgerState(DateTimeOffset Now, bool IsReplica, bool CommitsWaitForStandby);
