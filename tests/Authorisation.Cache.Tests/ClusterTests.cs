using Authorisation.Core;

namespace Authorisation.Cache.Tests;

/// <summary>
/// Redis Cluster: each node has some of the keys, refuses a command with keys of several slots, and says which node has
/// what it has not.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class ClusterTests
{
    [Fact]
    public async Task What_a_batch_leaves_is_kept_on_all_nodes_and_found_again()
    {
        await using var redis = await RedisCluster.StartAsync();
        await using var cache = await ServingAsync(redis.ConnectionString);
        var snapshots = SomeSnapshots();

        cache.Cache.Write(snapshots);

        await AssertKeptAsync(cache, snapshots);
        var kept = 0;
        foreach (var node in redis.Nodes)
        {
            var onNode = int.Parse((await node.AskTextAsync("DBSIZE"))!, System.Globalization.CultureInfo.InvariantCulture);
            Assert.NotEqual(0, onNode);
            kept += onNode;
        }

        // And one that told that the cache serves.
        Assert.Equal(snapshots.Count + 1, kept);
    }

    [Fact]
    public async Task Those_who_compare_get_the_copies_of_all_nodes_at_once()
    {
        await using var redis = await RedisCluster.StartAsync();
        await using var cache = await ServingAsync(redis.ConnectionString);
        var snapshots = SomeSnapshots();
        cache.Cache.Write(snapshots);

        var found = await cache.Cache.ReadAllAsync(InstrumentsOf(snapshots), TimeSpan.FromSeconds(1));

        Assert.Equal(snapshots.Select(snapshot => snapshot.Account.Id), found!.Select(snapshot => snapshot.Account.Id));
    }

    [Fact]
    public async Task An_older_copy_does_not_replace_a_newer_one()
    {
        await using var redis = await RedisCluster.StartAsync();
        await using var cache = await ServingAsync(redis.ConnectionString);
        var newer = Enumerable.Range(0, 30).Select(_ => Some.Snapshot(Some.Card(), version: 2)).ToList();
        cache.Cache.Write(newer);

        cache.Cache.Write([.. newer.Select(snapshot => Some.Snapshot(snapshot.Account.Instrument, version: 1))]);

        await AssertKeptAsync(cache, newer);
    }

    /// <summary>As while Redis Cluster is given another node.</summary>
    [Fact]
    public async Task A_copy_is_found_and_replaced_while_its_slot_moves_to_another_node_and_afterwards()
    {
        await using var redis = await RedisCluster.StartAsync();
        await using var cache = await ServingAsync(redis.ConnectionString);
        var card = Some.Card();
        var key = CreditSnapshotCache.KeyOf(card);
        var from = await redis.NodeOfAsync(key);
        var to = (from + 1) % redis.Nodes.Count;
        await WrittenAsync(version: 1);

        await redis.MoveKeyAsync(key, from, to);
        await AssertReadAsync(version: 1);
        await WrittenAsync(version: 2);

        await redis.MoveSlotAsync(key, to);
        await AssertReadAsync(version: 2);
        await WrittenAsync(version: 3);
        Assert.Empty(cache.Log);

        async Task WrittenAsync(int version)
        {
            cache.Cache.Write([Some.Snapshot(card, version)]);
            await AssertReadAsync(version);
        }

        async Task AssertReadAsync(int version) => Assert.Equal(version, (await cache.Cache.ReadAsync(card))?.Account.Version);
    }

    [Fact]
    public async Task A_node_that_is_killed_takes_its_own_copies_along_only_and_serves_again_once_it_is_back()
    {
        await using var redis = await RedisCluster.StartAsync();
        await using var cache = new CacheUnderTest(redis.ConnectionString);
        var onFirst = await CardOnAsync(redis, node: 0);
        var onLast = await CardOnAsync(redis, node: 2);
        await UntilKeptAsync(cache, onFirst);
        await UntilKeptAsync(cache, onLast);

        await redis.Nodes[2].KillAsync();
        await Until.TrueAsync(async () => await cache.Cache.ReadAsync(onLast) is null, "its copies are gone");
        await UntilKeptAsync(cache, onFirst);

        await redis.StartAgainAsync(2);
        await UntilKeptAsync(cache, onLast);
        await UntilKeptAsync(cache, onFirst);
    }

    [Fact]
    public async Task A_cluster_that_comes_later_than_the_server_is_found_whole()
    {
        await using var redis = RedisCluster.NotStarted();
        await using var cache = new CacheUnderTest(redis.ConnectionString);
        await cache.UntilTheBreakerOpensAsync();

        await redis.FormAsync();

        for (var node = 0; node < redis.Nodes.Count; node++)
        {
            await UntilKeptAsync(cache, await CardOnAsync(redis, node));
        }

        var snapshots = SomeSnapshots();
        await Until.TrueAsync(
            async () =>
            {
                cache.Cache.Write(snapshots);
                var kept = await cache.Cache.ReadAllAsync(InstrumentsOf(snapshots), TimeSpan.FromSeconds(5));
                return kept?.Count == snapshots.Count;
            },
            "a batch is kept whole");
    }

    /// <summary>Such as a node that no other one has told yet at which address it sees it.</summary>
    [Fact]
    public async Task A_node_that_announces_no_address_keeps_what_a_batch_leaves()
    {
        await using var redis = await PrivateRedis.StartAsync("--cluster-enabled", "yes");
        await redis.AskAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await Until.TrueAsync(
            async () => (await redis.AskTextAsync("CLUSTER", "INFO"))!.Contains("cluster_state:ok", StringComparison.Ordinal),
            "the cluster is up");
        Assert.Contains(" :", await redis.AskTextAsync("CLUSTER", "NODES"), StringComparison.Ordinal);
        await using var cache = await ServingAsync(redis.ConnectionString);
        var snapshots = SomeSnapshots();

        cache.Cache.Write(snapshots);

        await AssertKeptAsync(cache, snapshots);
    }

    private static List<AccountSnapshot> SomeSnapshots() =>
        [.. Enumerable.Range(0, 100).Select(_ => Some.Snapshot(Some.Card()))];

    private static List<Instrument> InstrumentsOf(IEnumerable<AccountSnapshot> snapshots) =>
        [.. snapshots.Select(snapshot => snapshot.Account.Instrument)];

    private static async Task<CacheUnderTest> ServingAsync(string connectionString)
    {
        var cache = new CacheUnderTest(connectionString, new PatientTime());
        await Until.TrueAsync(() => cache.Cache.IsServing, "the cache is connected");
        await cache.UntilItServesAsync();
        return cache;
    }

    private static async Task AssertKeptAsync(CacheUnderTest cache, IEnumerable<AccountSnapshot> snapshots)
    {
        foreach (var snapshot in snapshots)
        {
            Some.AssertSame(snapshot, await cache.Cache.ReadAsync(snapshot.Account.Instrument));
        }

        Assert.True(cache.Cache.IsServing);
        Assert.Empty(cache.Log);
    }

    private static async Task<Instrument> CardOnAsync(RedisCluster redis, int node)
    {
        Instrument card;
        do
        {
            card = Some.Card();
        }
        while (await redis.NodeOfAsync(CreditSnapshotCache.KeyOf(card)) != node);

        return card;
    }

    private static Task UntilKeptAsync(CacheUnderTest cache, Instrument card) => Until.TrueAsync(
        async () =>
        {
            cache.Cache.Write([Some.Snapshot(card)]);
            return await cache.Cache.ReadAsync(card) is not null;
        },
        "its copy is kept");
}
