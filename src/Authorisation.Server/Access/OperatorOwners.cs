using System.Collections.Concurrent;

namespace Authorisation.Server.Access;

/// <summary>
/// Which ledger each operator belongs to: the one that had its id first. Ids stand in the keys of Redis and in shares of
/// queues, so an id of two ledgers would mix up two operators.
/// </summary>
/// <remarks>
/// Safe for any number of threads: a concurrent dictionary that only grows. The start refuses such ids already; this is
/// for a ledger that was out of reach then.
/// </remarks>
public sealed class OperatorOwners
{
    private readonly ConcurrentDictionary<int, int> _ledgers = new();

    /// <summary>Whether an operator belongs to a ledger, which it does if no other ledger had its id before.</summary>
    public bool IsOf(int operatorId, int ledger) => _ledgers.GetOrAdd(operatorId, ledger) == ledger;
}
