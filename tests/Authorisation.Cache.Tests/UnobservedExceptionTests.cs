using System.Collections.Concurrent;

namespace Authorisation.Cache.Tests;

/// <summary>By itself: what the finaliser finds belongs to the whole process.</summary>
[CollectionDefinition(nameof(UnobservedExceptionTests), DisableParallelization = true)]
[Collection(nameof(UnobservedExceptionTests))]
[Trait("Tier", "Slow")]
public class UnobservedExceptionTests
{
    [Fact]
    public async Task No_command_that_fails_after_it_was_given_up_on_leaves_an_exception_unobserved()
    {
        var unobserved = new ConcurrentQueue<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs args) => unobserved.Enqueue(args.Exception);
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await FreezeAndKillAsync();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.DoesNotContain(unobserved, e => e.ToString().Contains("credit:", StringComparison.Ordinal));
    }

    private static async Task FreezeAndKillAsync()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var cache = await CacheUnderTest.ServingAsync(redis);
        redis.Freeze();
        for (var i = 0; i < 200; i++)
        {
            cache.Cache.Write([Some.Snapshot(Some.Card())]);
            _ = cache.Cache.ReadAsync(Some.Card());
        }

        await cache.UntilTheBreakerOpensAsync();
        await redis.KillAsync();
        await redis.StartAgainAsync();
        await cache.UntilItServesAsync();
    }
}
