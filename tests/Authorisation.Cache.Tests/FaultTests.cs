using System.Diagnostics;
using Authorisation.Core;

namespace Authorisation.Cache.Tests;

/// <summary>Redis stopped, killed, emptied and misused for real. Callers hear nothing of it.</summary>
[Trait("Tier", "Slow")]
public class FaultTests
{
    [Fact]
    public async Task A_Redis_that_hangs_is_given_up_on_and_taken_up_again()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var cache = await CacheUnderTest.ServingAsync(redis);

        redis.Freeze();
        await cache.UntilTheBreakerOpensAsync();
        Assert.False(cache.Cache.IsServing);
        await cache.AssertGivesNothingAsync(times: 10_000);
        cache.AssertLoggedChangesOnly(serving: false);

        redis.Thaw();
        await cache.UntilItServesAsync();
        cache.AssertLoggedChangesOnly(serving: true);
    }

    [Fact]
    public async Task A_comparison_reports_that_Redis_does_not_answer_and_blocks_no_other_caller()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var cache = await CacheUnderTest.ServingAsync(redis, new PatientTime());

        redis.Freeze();
        // The timeout is patient, too: it takes some hundred times as long.
        Assert.Null(await cache.Cache.ReadAllAsync([Some.Card(), Some.Card()], TimeSpan.FromMilliseconds(1)));
        Assert.True(cache.Cache.IsServing);
        Assert.Empty(cache.Log);

        redis.Thaw();
        await cache.UntilItServesAsync();
        Assert.Empty((await cache.Cache.ReadAllAsync([Some.Card()], TimeSpan.FromSeconds(1)).WaitAsync(TimeSpan.FromSeconds(30)))!);
    }

    [Fact]
    public async Task A_Redis_that_hangs_while_many_ask_costs_each_of_them_one_bound_only()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var cache = await CacheUnderTest.ServingAsync(redis);
        redis.Freeze();

        var watch = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => cache.Cache.ReadAsync(Some.Card())))
            .WaitAsync(TimeSpan.FromSeconds(30));

        Assert.All(answers, Assert.Null);
        // One after the other, they would take this long.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, 500 * Limits.CacheTimeout);
        cache.AssertLoggedChangesOnly(serving: false);
        redis.Thaw();
    }

    [Fact]
    public async Task A_Redis_that_is_killed_and_started_again_serves_again()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var cache = await CacheUnderTest.ServingAsync(redis);

        await redis.KillAsync();
        await cache.UntilTheBreakerOpensAsync();
        await cache.AssertGivesNothingAsync(times: 10_000);
        cache.AssertLoggedChangesOnly(serving: false);

        await redis.StartAgainAsync();
        await cache.UntilItServesAsync();
        cache.AssertLoggedChangesOnly(serving: true);
    }

    [Fact]
    public async Task A_Redis_that_is_killed_while_it_hangs_is_found_again()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var cache = await CacheUnderTest.ServingAsync(redis);

        redis.Freeze();
        await cache.UntilTheBreakerOpensAsync();
        await redis.KillAsync();
        await redis.StartAgainAsync();

        await cache.UntilItServesAsync();
    }

    [Fact]
    public async Task A_Redis_that_comes_later_than_the_server_is_found()
    {
        await using var redis = PrivateRedis.NotStarted();
        await using var cache = new CacheUnderTest(redis.ConnectionString);
        Assert.False(cache.Cache.IsServing);
        await cache.UntilTheBreakerOpensAsync();
        Assert.Contains("no connection", cache.Log[0].Text, StringComparison.Ordinal);

        await redis.StartAgainAsync();

        await cache.UntilItServesAsync();
        cache.AssertLoggedChangesOnly(serving: true);
    }

    [Fact]
    public async Task Emptied_it_knows_nothing_and_goes_on()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var cache = await CacheUnderTest.ServingAsync(redis, new PatientTime());
        var snapshot = Some.Snapshot(Some.Card());
        cache.Cache.Write([snapshot]);
        Assert.NotNull(await cache.Cache.ReadAsync(snapshot.Account.Instrument));

        await redis.AskAsync("FLUSHALL");

        Assert.Null(await cache.Cache.ReadAsync(snapshot.Account.Instrument));
        cache.Cache.Write([snapshot]);
        Assert.NotNull(await cache.Cache.ReadAsync(snapshot.Account.Instrument));
        Assert.Empty(cache.Log);
    }

    [Fact]
    public async Task Without_its_scripts_not_even_the_next_write_is_lost()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var cache = await CacheUnderTest.ServingAsync(redis, new PatientTime());
        for (var version = 1; version <= 20; version++)
        {
            await redis.AskAsync("SCRIPT", "FLUSH");
            var snapshot = Some.Snapshot(Some.Card(), version);

            cache.Cache.Write([snapshot]);

            Some.AssertSame(snapshot, await cache.Cache.ReadAsync(snapshot.Account.Instrument));
        }

        Assert.Empty(cache.Log);
    }

    [Fact]
    public async Task A_key_of_another_type_is_a_miss_until_it_is_written_over()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var cache = await CacheUnderTest.ServingAsync(redis, new PatientTime());
        var snapshot = Some.Snapshot(Some.Card());
        var key = CreditSnapshotCache.KeyOf(snapshot.Account.Instrument);
        await redis.AskAsync("LPUSH", key, "x");

        for (var i = 0; i < 10 * Limits.CacheFailuresToOpen; i++)
        {
            Assert.Null(await cache.Cache.ReadAsync(snapshot.Account.Instrument));
        }

        cache.Cache.Write([snapshot]);
        Some.AssertSame(snapshot, await cache.Cache.ReadAsync(snapshot.Account.Instrument));
        Assert.True(cache.Cache.IsServing);
        Assert.Empty(cache.Log);
    }

    [Fact]
    public async Task Garbage_at_a_key_is_a_miss_and_is_written_over()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var cache = await CacheUnderTest.ServingAsync(redis, new PatientTime());
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var garbage = new byte[i < 20 ? i : random.Next(2000)];
            random.NextBytes(garbage);
            if (garbage.Length >= 9 && garbage[0] == SnapshotFormat.Format)
            {
                garbage[0] = 0;
            }

            var snapshot = Some.Snapshot(Instrument.App(1, Guid.NewGuid()));
            await redis.AskAsync("SET", CreditSnapshotCache.KeyOf(snapshot.Account.Instrument), garbage);

            Assert.Null(await cache.Cache.ReadAsync(snapshot.Account.Instrument));
            cache.Cache.Write([snapshot]);
            Some.AssertSame(snapshot, await cache.Cache.ReadAsync(snapshot.Account.Instrument));
        }

        Assert.Empty(cache.Log);
    }

    [Fact]
    public async Task A_wrong_password_is_a_cache_that_does_not_serve()
    {
        await using var redis = await PrivateRedis.StartAsync("--requirepass", "right");
        await using var cache = new CacheUnderTest(redis.ConnectionString + ",password=wrong");

        await cache.UntilTheBreakerOpensAsync();

        await cache.AssertGivesNothingAsync(times: 1000);
        cache.AssertLoggedChangesOnly(serving: false);
        Assert.DoesNotContain("wrong", cache.Log[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_right_password_serves()
    {
        await using var redis = await PrivateRedis.StartAsync("--requirepass", "right");
        await using var cache = new CacheUnderTest(redis.ConnectionString + ",password=right");

        await cache.UntilItServesAsync();
    }

    [Fact]
    public async Task A_read_only_replica_takes_no_writes_and_nobody_hears_of_it()
    {
        await using var primary = await PrivateRedis.StartAsync();
        await using var replica = await PrivateRedis.StartAsync(
            "--replicaof", "127.0.0.1 " + primary.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await using var cache = new CacheUnderTest(replica.ConnectionString);
        await Until.TrueAsync(() => cache.Cache.IsServing, "the cache is connected");

        await cache.AssertGivesNothingAsync(times: 1000);

        Assert.Equal("0", await replica.AskTextAsync("DBSIZE"));
    }

    [Fact]
    public async Task A_primary_that_becomes_a_replica_and_back_serves_again()
    {
        await using var primary = await PrivateRedis.StartAsync();
        await using var redis = await PrivateRedis.StartAsync();
        await using var cache = await CacheUnderTest.ServingAsync(redis);

        await redis.AskAsync("REPLICAOF", "127.0.0.1", primary.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await cache.AssertGivesNothingAsync(times: 100);

        await redis.AskAsync("REPLICAOF", "NO", "ONE");
        await cache.UntilItServesAsync();
    }

    [Fact]
    public async Task A_Redis_that_still_loads_its_data_is_waited_for_by_nobody()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var cache = await CacheUnderTest.ServingAsync(redis);
        var snapshot = Some.Snapshot(Some.Card());
        await Until.TrueAsync(
            async () =>
            {
                cache.Cache.Write([snapshot]);
                return await cache.Cache.ReadAsync(snapshot.Account.Instrument) is not null;
            },
            "the snapshot is there");
        for (var i = 0; i < 60; i++)
        {
            await redis.AskAsync("SET", "filling:" + i, new byte[2000]);
        }

        await redis.AskAsync("SAVE");
        await redis.KillAsync();
        await redis.StartAgainAsync("--key-load-delay", "50000", "--loading-process-events-interval-bytes", "1024", "--rdbcompression", "no");
        Assert.StartsWith("LOADING", await redis.AskTextAsync("GET", "x"), StringComparison.Ordinal);

        await cache.AssertGivesNothingAsync(times: 100);

        AccountSnapshot? loaded = null;
        await Until.TrueAsync(async () => (loaded = await cache.Cache.ReadAsync(snapshot.Account.Instrument)) is not null, "it has loaded");
        Some.AssertSame(snapshot, loaded);
    }

    [Fact]
    public async Task A_cache_that_was_disposed_of_knows_nothing_and_says_nothing()
    {
        await using var redis = await PrivateRedis.StartAsync();
        var cache = await CacheUnderTest.ServingAsync(redis, new PatientTime());

        var onTheirWay = Enumerable.Range(0, 100).Select(_ => cache.Cache.ReadAsync(Some.Card())).ToList();
        await cache.DisposeAsync();

        Assert.All(await Task.WhenAll(onTheirWay).WaitAsync(TimeSpan.FromSeconds(30)), Assert.Null);
        await cache.AssertGivesNothingAsync(times: 100);
        Assert.False(cache.Cache.IsServing);
        Assert.Empty(cache.Log);
        await Until.TrueAsync(async () => !(await redis.AskTextAsync("CLIENT", "LIST", "TYPE", "normal"))!.Contains("cmd=get", StringComparison.Ordinal), "the connection is closed");
    }

    [Fact]
    public async Task It_can_be_disposed_of_while_Redis_hangs_or_is_being_connected_to()
    {
        await using var redis = await PrivateRedis.StartAsync();
        var hanging = await CacheUnderTest.ServingAsync(redis);
        redis.Freeze();
        var watch = Stopwatch.StartNew();

        await hanging.DisposeAsync();
        await new CacheUnderTest(redis.ConnectionString).DisposeAsync();
        await hanging.DisposeAsync();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        redis.Thaw();
    }

    [Theory]
    [InlineData("")]
    [InlineData("password=secret")]
    [InlineData("127.0.0.1:6379,noSuchSetting=1")]
    [InlineData("127.0.0.1:6379,syncTimeout=soon")]
    public void A_connection_string_that_names_nothing_is_refused_at_once(string connectionString) =>
        Assert.ThrowsAny<ArgumentException>(() => new CacheUnderTest(connectionString));
}
