using Authorisation.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Authorisation.Cache.Tests;

/// <summary>A Redis Cluster refuses a command with keys of several slots, also when one node has them all.</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task What_a_batch_leaves_is_kept_whichever_slots_its_keys_are_in()
    {
        await using var redis = await PrivateRedis.StartAsync("--cluster-enabled", "yes");
        await redis.AskAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await Until.TrueAsync(
            async () => (await redis.AskTextAsync("CLUSTER", "INFO"))!.Contains("cluster_state:ok", StringComparison.Ordinal),
            "the cluster is up");
        await using var cache = new CreditSnapshotCache(
            new CacheOptions { ConnectionString = redis.ConnectionString }, NullLogger<CreditSnapshotCache>.Instance, new PatientTime());
        await Until.TrueAsync(() => cache.IsServing, "the cache is connected");
        var snapshots = Enumerable.Range(0, 100).Select(_ => Some.Snapshot(Some.Card())).ToList();

        cache.Write(snapshots);

        foreach (var snapshot in snapshots)
        {
            Some.AssertSame(snapshot, await cache.ReadAsync(snapshot.Account.Instrument));
        }

        Assert.True(cache.IsServing);
    }
}
