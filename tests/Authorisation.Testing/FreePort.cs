using Authorisation.PrivateServers;

namespace Authorisation.Testing;

/// <summary>
/// Hands out ports on 127.0.0.1 for servers that tests start.
/// </summary>
/// <remarks>
/// <para>They lie below the range that the kernel takes for outgoing connections. In that range, a client that keeps
/// trying to reach a killed server could be given the server's own port, and the server could never come back.</para>
/// <para>Safe for several threads: a lock keeps two callers apart. Test processes that run side by side begin at
/// different places; nothing stronger is possible before the port is bound.</para>
/// </remarks>
public static class FreePort
{
    private const int First = 10_000;
    private const int Count = 20_000;

    // A server whose port got taken goes to the next ones above, so those are not what the next caller is given.
    private const int Stride = 101;

    private static readonly Lock Handing = new();
    private static int _next = Random.Shared.Next(Count);

    /// <summary>A free port that this process has not handed out before.</summary>
    public static int Next()
    {
        lock (Handing)
        {
            for (var tries = 0; tries < Count; tries++)
            {
                _next = (_next + Stride) % Count;
                if (Ports.IsFree(First + _next))
                {
                    return First + _next;
                }
            }
        }

        throw new InvalidOperationException($"No port from {First} to {First + Count - 1} is free.");
    }
}
