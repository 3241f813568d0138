using System.Diagnostics;
using Xunit.Sdk;

namespace Authorisation.Testing;

/// <summary>Waits for what another process or thread does. Tests do not sleep: they wait for a condition, with a bound.</summary>
public static class Eventually
{
    /// <summary>The bound where a test has no reason for another: generous, as it only costs time when something is wrong.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    /// <summary>The bound on the start or the end of a process or a whole server, which takes long when it comes cold to a busy machine.</summary>
    public static readonly TimeSpan ProcessBound = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns as soon as the condition holds; fails the test, saying <paramref name="because"/>, when it does not in time.</summary>
    public static Task TrueAsync(Func<bool> condition, TimeSpan bound, string because) =>
        TrueAsync(() => Task.FromResult(condition()), bound, because);

    /// <summary>Returns as soon as the condition holds; fails the test, saying <paramref name="because"/>, when it does not in time.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan bound, string because)
    {
        var began = Stopwatch.GetTimestamp();
        Exception? last = null;
        while (true)
        {
            try
            {
                // The condition itself may hang: that is what is being tested at times.
                if (await condition().WaitAsync(bound))
                {
                    return;
                }

                last = null;
            }
            catch (Exception e)
            {
                // A server that is not there yet refuses. What it last said matters only if it never comes.
                last = e;
            }

            if (Stopwatch.GetElapsedTime(began) > bound)
            {
                throw new XunitException($"Not within {bound.TotalSeconds:0.#} s: {because}{(last is null ? "" : $" (last: {last.Message})")}", last);
            }

            await Task.Delay(Poll);
        }
    }
}
