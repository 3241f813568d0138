using System.Collections.Concurrent;
using Authorisation.Core;

namespace Authorisation.Admin.Web;

/// <summary>Counts the calls without a session of each address, in windows of fixed length.</summary>
/// <remarks>
/// Safe for any number of callers: the counts are in a concurrent dictionary and are changed by its atomic updates. A
/// window is replaced whole; a call that counts in one that has just been replaced is forgotten, which harms nothing.
/// </remarks>
internal sealed class AnonymousLimiter(TimeProvider time, int callsMax)
{
    private ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private long _window;

    /// <summary>How long the window of now goes on.</summary>
    public TimeSpan UntilNextWindow =>
        TimeSpan.FromTicks(Limits.AnonymousWindow.Ticks - (time.GetUtcNow().Ticks % Limits.AnonymousWindow.Ticks));

    /// <summary>Counts a call; false when the address has made too many.</summary>
    public bool Allows(string? address)
    {
        var window = time.GetUtcNow().Ticks / Limits.AnonymousWindow.Ticks;
        if (Interlocked.Exchange(ref _window, window) != window)
        {
            Volatile.Write(ref _counts, new ConcurrentDictionary<string, int>(StringComparer.Ordinal));
        }

        return Volatile.Read(ref _counts).AddOrUpdate(address ?? "", 1, static (_, count) => count < int.MaxValue ? count + 1 : count)
            <= callsMax;
    }
}
