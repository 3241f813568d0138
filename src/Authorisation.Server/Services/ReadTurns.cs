using Authorisation.Core;
using Authorisation.Ledger.Shares;
using Authorisation.Server.Access;

namespace Authorisation.Server.Services;

/// <summary>
/// Turns of the reads that callers ask for, so that however many they are, none waits for a connection, and one
/// client's leave room to another's.
/// </summary>
/// <remarks>Safe for any number of callers: all that it keeps is the turns, which are.</remarks>
public sealed class ReadTurns(RefusalPace pace)
{
    private readonly FairTurns _turns = new(Limits.ReadsAtOnceMax, Limits.ReadsWaitingMax, Limits.MonthEndWaitMax);

    /// <summary>Reads when it is the caller's turn.</summary>
    /// <exception cref="Grpc.Core.RpcException">
    /// RESOURCE_EXHAUSTED when too many wait already; UNAVAILABLE when the ledger is out of reach or busy.
    /// </exception>
    public async Task<T> ReadAsync<T>(Caller caller, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        var (full, answer) = await _turns.RunAsync(
            caller.Sharer, () => Errors.UnlessUnreachableAsync(read(), "retry"), cancellationToken);
        return full == Full.No
            ? answer!
            : throw await pace.WhenDueAsync(
                Errors.ShareFull("TOO_MANY_READS", full, "reads"), caller.Sharer, cancellationToken);
    }
}
