using Authorisation.Core;
using Authorisation.Ledger.Shares;
using Authorisation.Server.Contract;

namespace Authorisation.Server.Services;

/// <summary>
/// Turns of the reads that callers ask for, so that however many there are, none holds a connection while it waits, and
/// one client's reads leave room for another's.
/// </summary>
/// <remarks>Safe for any number of callers: its only state is the turns, which are safe.</remarks>
public sealed class ReadTurns(RefusalPace pace)
{
    private readonly FairTurns _turns = new(Limits.ReadsAtOnceMax, Limits.ReadsWaitingMax, Limits.MonthEndWaitMax);
    private readonly FairTurns _creditTurns = new(Limits.CreditReadsAtOnceMax, Limits.ReadsWaitingMax, Limits.MonthEndWaitMax);

    /// <summary>Reads when it is the caller's turn.</summary>
    /// <exception cref="Grpc.Core.RpcException">
    /// RESOURCE_EXHAUSTED when too many wait already; UNAVAILABLE when the ledger is out of reach or busy.
    /// </exception>
    public Task<T> ReadAsync<T>(Caller caller, Func<Task<T>> read, CancellationToken cancellationToken) =>
        ReadAsync(_turns, caller, read, cancellationToken);

    /// <summary>As the other one, for the credit on an instrument, of which many are read together.</summary>
    /// <exception cref="Grpc.Core.RpcException">As of the other one.</exception>
    public Task<T> ReadCreditAsync<T>(Caller caller, Func<Task<T>> read, CancellationToken cancellationToken) =>
        ReadAsync(_creditTurns, caller, read, cancellationToken);

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
