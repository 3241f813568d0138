using Authorisation.Core;
using Authorisation.Ledger.Shares;
using Authorisation.Server.Access;

namespace Authorisation.Server.Services;

/// <summary>
/// Turns of the reads that callers ask for, so that however many they are, none waits for a connection, and one client's
/// leave room to another's.
/// </summary>
/// <remarks>Safe for any number of callers: all that it keeps is the turns, which are.</remarks>
public sealed class ReadTurns(RefusalPace pace)
{
    private readonly FairTurns _turns = new(Limits.ReadsAtOnceMax, Limits.ReadsWaitingMax, Limits.TurnWaitMax);

    /// <summary>Reads when it is the caller's turn.</summary>
    /// <exception cref="Grpc.Core.RpcException">
    /// RESOURCE_EXHAUSTED when too many wait already; UNAVAILABLE when the ledger is out of reach or busy.
    /// </exception>
    public async Task<T> ReadAsync<T>(Caller caller, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        if (await _turns.EnterAsync(caller.Sharer, cancellationToken) is not Full.No and var full)
        {
            throw await pace.WhenDueAsync(
                Errors.ShareFull("TOO_MANY_READS", full, "reads"), caller.Sharer, cancellationToken);
        }

        try
        {
            return await Errors.UnlessUnreachableAsync(read(), "retry");
        }
        finally
        {
            _turns.Leave(caller.Sharer);
        }
    }
}
