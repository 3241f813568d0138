using System.Globalization;

namespace Authorisation.Cache.Tests;

/// <summary>
/// Three redis-servers of a test's own that are one Redis Cluster without replicas, each with a third of the slots.
/// </summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private const int Size = 3;
    private const int Slots = 16384;

    private readonly Node[] _nodes;

    private RedisCluster() => _nodes =
        [.. Enumerable.Range(0, Size).Select(_ => new Node(PrivateRedis.NotStarted(), PrivateRedis.FreePort()))];

    /// <summary>The address of one node. The client learns of the others from it.</summary>
    public string ConnectionString => _nodes[0].Redis.ConnectionString;

    /// <summary>The nodes; the slots of the first one begin at 0.</summary>
    public IReadOnlyList<PrivateRedis> Nodes => [.. _nodes.Select(node => node.Redis)];

    public static async Task<RedisCluster> StartAsync()
    {
        var cluster = NotStarted();
        await cluster.FormAsync();
        return cluster;
    }

    /// <summary>A place where a cluster can be formed, and is not yet.</summary>
    public static RedisCluster NotStarted() => new();

    /// <summary>Starts the nodes, makes them one cluster and returns when all of them say that it is up.</summary>
    public async Task FormAsync()
    {
        for (var i = 0; i < Size; i++)
        {
            await StartAgainAsync(i);
            var redis = _nodes[i].Redis;
            await OkAsync(redis, "CLUSTER", "SET-CONFIG-EPOCH", Text(i + 1));
            await OkAsync(redis, "CLUSTER", "ADDSLOTSRANGE", Text(FirstSlotOf(i)), Text(FirstSlotOf(i + 1) - 1));
            if (i > 0)
            {
                await OkAsync(_nodes[0].Redis, "CLUSTER", "MEET", "127.0.0.1", Text(redis.Port), Text(_nodes[i].BusPort));
            }
        }

        await UntilItIsUpAsync();
    }

    /// <summary>Starts a node, with what it knew of the cluster when it was killed.</summary>
    public Task StartAgainAsync(int node) => _nodes[node].Redis.StartAgainAsync(
        "--cluster-enabled", "yes", "--cluster-port", Text(_nodes[node].BusPort), "--cluster-node-timeout", "2000",
        "--cluster-require-full-coverage", "no");

    /// <summary>Which node has a key's slot, as long as none has been moved.</summary>
    public async Task<int> NodeOfAsync(string key)
    {
        var slot = await SlotOfAsync(key);
        return Enumerable.Range(0, Size).Single(node => slot >= FirstSlotOf(node) && slot < FirstSlotOf(node + 1));
    }

    /// <summary>Moves a key to another node, and its slot is on the way there: the old node answers ASK.</summary>
    public async Task MoveKeyAsync(string key, int from, int to)
    {
        var slot = Text(await SlotOfAsync(key));
        var (source, target) = (_nodes[from].Redis, _nodes[to].Redis);
        await OkAsync(target, "CLUSTER", "SETSLOT", slot, "IMPORTING", await IdOfAsync(source));
        await OkAsync(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", await IdOfAsync(target));
        await OkAsync(source, "MIGRATE", "127.0.0.1", Text(target.Port), key, "0", "5000");
    }

    /// <summary>Gives another node a key's slot for good: the old node answers MOVED.</summary>
    public async Task MoveSlotAsync(string key, int to)
    {
        var slot = Text(await SlotOfAsync(key));
        var id = await IdOfAsync(_nodes[to].Redis);
        foreach (var redis in Nodes.Skip(to).Concat(Nodes.Take(to)))
        {
            await OkAsync(redis, "CLUSTER", "SETSLOT", slot, "NODE", id);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.Redis.DisposeAsync();
        }
    }

    private static int FirstSlotOf(int node) => node * Slots / Size;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task OkAsync(PrivateRedis redis, params string[] words) =>
        Assert.Equal("OK", await redis.AskTextAsync([.. words]));

    private static async Task<string> IdOfAsync(PrivateRedis redis) => (await redis.AskTextAsync("CLUSTER", "MYID"))!;

    private async Task<int> SlotOfAsync(string key) =>
        int.Parse((await _nodes[0].Redis.AskTextAsync("CLUSTER", "KEYSLOT", key))!, CultureInfo.InvariantCulture);

    private async Task UntilItIsUpAsync()
    {
        foreach (var redis in Nodes)
        {
            await Until.TrueAsync(
                async () =>
                {
                    var info = (await redis.AskTextAsync("CLUSTER", "INFO"))!;
                    return info.Contains("cluster_state:ok", StringComparison.Ordinal)
                        && info.Contains($"cluster_known_nodes:{Size}", StringComparison.Ordinal)
                        && info.Contains($"cluster_slots_ok:{Slots}", StringComparison.Ordinal);
                },
                "every node has found the others");
        }
    }

    private sealed record Node(PrivateRedis Redis, int BusPort);
}
