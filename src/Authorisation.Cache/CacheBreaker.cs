using Authorisation.Core;
using Microsoft.Extensions.Logging;

namespace Authorisation.Cache;

/// <summary>
/// Keeps callers away from a Redis that does not serve, so that waiting for it is paid for a few times and not once a
/// purchase. <see cref="Limits.CacheFailuresToOpen"/> failures in a row open it; after
/// <see cref="Limits.CacheBreakerOpenTime"/> one command, the probe, is let through, and its success closes it.
/// </summary>
/// <remarks>
/// Why it is safe for any number of threads, without a lock:
/// <para>All of its state that matters is one number, <see cref="_retryAt"/>: 0 when closed, else the time of the next
/// probe. It changes only atomically, so each change has exactly one thread that made it, and that thread writes the
/// log line: one line a change.</para>
/// <para>Exactly one probe: threads that find the time passed race to replace the value they read by a later one.
/// A compare-and-swap lets one of them win; to the rest, the next probe is now in the future. The value cannot come
/// back to what a slow thread had read, since every new one lies after the time that it had already passed. A probe
/// that never reports, whatever the cause, bars nothing: the next one comes after the open time all the same.</para>
/// <para>Only a probe closes. A command sent before the opening that ends late, well or badly, finds the breaker open
/// and changes nothing.</para>
/// <para>The count of failures is the one thing that may be blurred: a success that races with failures may or may not
/// end their row, as it may or may not have come first. Nothing but the moment of opening depends on it.</para>
/// </remarks>
internal sealed class CacheBreaker(TimeProvider time, ILogger logger)
{
    private const long Closed = 0;

    private readonly long _openTime = (long)(Limits.CacheBreakerOpenTime.TotalSeconds * time.TimestampFrequency);
    private long _retryAt = Closed;
    private int _failures;

    public bool IsOpen => Volatile.Read(ref _retryAt) != Closed;

    public Admission Enter()
    {
        var retryAt = Volatile.Read(ref _retryAt);
        if (retryAt == Closed)
        {
            return Admission.Normal;
        }

        var now = time.GetTimestamp();
        return now >= retryAt && Interlocked.CompareExchange(ref _retryAt, now + _openTime, retryAt) == retryAt
            ? Admission.Probe
            : Admission.Refused;
    }

    public void Succeeded(Admission admission)
    {
        // Read before it is written: in ordinary times no processor has to take the cache line from another.
        if (Volatile.Read(ref _failures) != 0 && (admission == Admission.Probe || !IsOpen))
        {
            Volatile.Write(ref _failures, 0);
        }

        if (admission == Admission.Probe && Interlocked.Exchange(ref _retryAt, Closed) != Closed)
        {
            logger.CacheServesAgain();
        }
    }

    /// <summary>Counts a failure.</summary>
    /// <param name="admission">What the command was let through as.</param>
    /// <param name="cause">For the log; says nothing of whose credit it was.</param>
    public void Failed(Admission admission, string cause)
    {
        // A probe put off the next one when it was let through.
        if (admission == Admission.Probe || IsOpen)
        {
            return;
        }

        if (Interlocked.Increment(ref _failures) >= Limits.CacheFailuresToOpen
            && Interlocked.CompareExchange(ref _retryAt, time.GetTimestamp() + _openTime, Closed) == Closed)
        {
            logger.CacheDoesNotServe(Limits.CacheFailuresToOpen, cause);
        }
    }
}
