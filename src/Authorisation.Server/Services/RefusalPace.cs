using System.Collections.Concurrent;
using Authorisation.Core;
using Authorisation.Ledger.Shares;
using Grpc.Core;

namespace Authorisation.Server.Services;

/// <summary>
/// Slows down a client that is refused for its full share and retries at once: a refused call costs nearly as much
/// processor time as a decided one, and other clients would wait for that. The first refusals of each second are sent
/// at once.
/// </summary>
/// <remarks>
/// Safe for any number of callers: the counts are in a concurrent dictionary and are changed by its atomic updates. A
/// second's counts are replaced whole; a refusal that counts in ones that have just been replaced is forgotten, which
/// harms nothing. What is held keeps a call open and nothing else, and the transport bounds those.
/// </remarks>
public sealed class RefusalPace(TimeProvider time)
{
    private ConcurrentDictionary<Sharer, int> _counts = new();
    private long _second;

    /// <summary>The error of a call, once it is due.</summary>
    public async Task<RpcException> WhenDueAsync(RpcException error, Sharer who, CancellationToken cancellationToken)
    {
        if (error.StatusCode == StatusCode.ResourceExhausted && IsOften(who))
        {
            await Task.Delay(Limits.RefusalHoldTime, time, cancellationToken);
        }

        return error;
    }

    private bool IsOften(Sharer who)
    {
        var second = time.GetUtcNow().ToUnixTimeSeconds();
        if (Interlocked.Exchange(ref _second, second) != second)
        {
            Volatile.Write(ref _counts, new ConcurrentDictionary<Sharer, int>());
        }

        return Volatile.Read(ref _counts).AddOrUpdate(who, 1, static (_, count) => count + 1) > Limits.RefusalsAtOnceMax;
    }
}
