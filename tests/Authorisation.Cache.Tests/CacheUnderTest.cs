using System.Diagnostics;
using Authorisation.Core;

namespace Authorisation.Cache.Tests;

/// <summary>A cache, what it logged, and the questions that every test of a fault asks.</summary>
internal sealed class CacheUnderTest : IAsyncDisposable
{
    /// <summary>Not how fast it is, but that a call does not hang.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    private readonly Instrument _card = Some.Card();
    private readonly RecordingLogger _logger = new();

    public CacheUnderTest(string connectionString, TimeProvider? time = null) =>
        Cache = new CreditSnapshotCache(new CacheOptions { ConnectionString = connectionString }, _logger, time ?? TimeProvider.System);

    public CreditSnapshotCache Cache { get; }

    public IReadOnlyList<(int EventId, string Text)> Log => _logger.Lines;

    public static async Task<CacheUnderTest> ServingAsync(PrivateRedis redis, TimeProvider? time = null)
    {
        var cache = new CacheUnderTest(redis.ConnectionString, time);
        // Commands before it has connected would count as failures.
        await Until.TrueAsync(() => cache.Cache.IsServing, "the cache is connected");
        await cache.UntilItServesAsync();
        return cache;
    }

    /// <summary>Until what is written is read back, and it has been told that it serves, if that was ever in doubt.</summary>
    public Task UntilItServesAsync() => Until.TrueAsync(
        async () =>
        {
            Cache.Write([Some.Snapshot(_card)]);
            return await Cache.ReadAsync(_card) is not null && Cache.IsServing && (Log.Count == 0 || Log[^1].EventId == 3002);
        },
        "the cache serves");

    public Task UntilTheBreakerOpensAsync() => Until.TrueAsync(
        async () =>
        {
            await AssertGivesNothingAsync();
            return Log.Count > 0 && Log[^1].EventId == 3001;
        },
        "the breaker opens");

    /// <summary>Writes and reads as a server under load does, and gets nothing, at once, and no exception.</summary>
    public async Task AssertGivesNothingAsync(int times = 1)
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < times; i++)
        {
            var card = Some.Card();
            Cache.Write([Some.Snapshot(card)]);
            Assert.Null(await Cache.ReadAsync(card).WaitAsync(AtOnce));
        }

        // Nor that each of them waits for Redis, where there are many.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, AtOnce + (times * Limits.CacheTimeout / 2));
    }

    /// <summary>One line as it stops serving, one as it serves again, and so on; nothing else, and no card number.</summary>
    public void AssertLoggedChangesOnly(bool serving)
    {
        Assert.NotEmpty(Log);
        for (var i = 0; i < Log.Count; i++)
        {
            Assert.Equal(i % 2 == 0 ? 3001 : 3002, Log[i].EventId);
            Assert.DoesNotMatch("[0-9]{5}", Log[i].Text);
        }

        Assert.Equal(serving ? 3002 : 3001, Log[^1].EventId);
        Assert.InRange(Log.Count, 1, 20);
    }

    public ValueTask DisposeAsync() => Cache.DisposeAsync();
}
