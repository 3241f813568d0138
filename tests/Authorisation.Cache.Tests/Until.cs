using System.Diagnostics;

namespace Authorisation.Cache.Tests;

/// <summary>Waits for a condition, with a bound, by looking again and again.</summary>
internal static class Until
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? bound = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition().WaitAsync(bound ?? Bound))
        {
            Assert.True(watch.Elapsed < (bound ?? Bound), $"Waited {watch.Elapsed.TotalSeconds:0} s in vain until {what}.");
            await Task.Delay(Pause);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);
}
