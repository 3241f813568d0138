using Authorisation.Core;

namespace Authorisation.Server.Services;

/// <summary>
/// Turns of the reads that callers ask for, so that however many they are, they leave connections to what decides and to
/// the look at the ledger that health rests on.
/// </summary>
/// <remarks>Safe for any number of callers: a semaphore, and a count that is changed atomically.</remarks>
public sealed class ReadTurns : IDisposable
{
    private readonly SemaphoreSlim _turns = new(Limits.ReadsAtOnceMax);
    private int _asked;

    /// <summary>Reads when it is the caller's turn.</summary>
    /// <exception cref="Grpc.Core.RpcException">
    /// RESOURCE_EXHAUSTED at once when too many wait already; UNAVAILABLE when the ledger is out of reach.
    /// </exception>
    public async Task<T> ReadAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _asked) > Limits.ReadsAtOnceMax + Limits.ReadsWaitingMax)
            {
                throw Errors.ResourceExhausted("TOO_MANY_READS", "Too many reads wait already; retry later.");
            }

            await _turns.WaitAsync(cancellationToken);
            try
            {
                return await Errors.UnlessUnreachableAsync(read(), "retry");
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _asked);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();
}
