using Authorisation.Ledger.Shares;
using Authorisation.Server.Contract;
using Authorisation.Server.Ledgers;

namespace Authorisation.Server.Services;

/// <summary>
/// Turns of the reads that callers ask for, so that however many there are, none holds a connection while it waits, and
/// one client's reads leave room for another's. Each ledger has its own, so that none waits for another.
/// </summary>
/// <remarks>Safe for any number of callers: its only state is the turns, which are safe.</remarks>
public sealed class ReadTurns(LedgerDirectory ledgers, RefusalPace pace)
{
    /// <summary>Reads when it is the caller's turn.</summary>
    /// <exception cref="Grpc.Core.RpcException">
    /// RESOURCE_EXHAUSTED when too many wait already; UNAVAILABLE when the ledger is out of reach or busy.
    /// </exception>
    public Task<T> ReadAsync<T>(Caller caller, Func<Task<T>> read, CancellationToken cancellationToken) =>
        ReadAsync(ledgers.Of(caller).Reads, caller, read, cancellationToken);

    /// <summary>As the other one, for the credit on an instrument, of which many are read together.</summary>
    /// <exception cref="Grpc.Core.RpcException">As of the other one.</exception>
    public Task<T> ReadCreditAsync<T>(Caller caller, Func<Task<T>> read, CancellationToken cancellationToken) =>
        ReadAsync(ledgers.Of(caller).CreditReads, caller, read, cancellationToken);

    private async Task<T> ReadAsync<T>(
        FairTurns turns, Caller caller, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        var (full, answer) = await turns.RunAsync(
            caller.Sharer, () => Errors.UnlessUnreachableAsync(read(), "retry"), cancellationToken);
        return full == Full.No
            ? answer!
            : throw await pace.WhenDueAsync(
                Errors.ShareFull("TOO_MANY_READS", full, "reads"), caller.Sharer, cancellationToken);
    }
}
