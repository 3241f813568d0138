using Authorisation.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Authorisation.Cache.Tests;

[Trait("Tier", "Slow")]
public sealed class ReadAndWriteTests(ReadAndWriteTests.Fixture fixture) : IClassFixture<ReadAndWriteTests.Fixture>
{
    private readonly PrivateRedis _redis = fixture.Redis;
    private readonly CreditSnapshotCache _cache = fixture.Cache;

    [Fact]
    public async Task Nothing_is_known_of_an_instrument_never_written() => Assert.Null(await _cache.ReadAsync(Some.Card()));

    [Fact]
    public async Task What_is_written_is_read_whole()
    {
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            var snapshot = Some.RandomSnapshot(random);

            _cache.Write([snapshot]);

            Some.AssertSame(snapshot, await _cache.ReadAsync(snapshot.Account.Instrument));
        }
    }

    [Fact]
    public async Task A_server_reads_what_it_wrote_however_soon()
    {
        var card = Some.Card();
        for (var version = 1; version <= 2000; version++)
        {
            _cache.Write([Some.Snapshot(card, version)]);

            Assert.Equal(version, (await _cache.ReadAsync(card))?.Account.Version);
        }
    }

    [Fact]
    public async Task Another_server_reads_it_too()
    {
        await using var other = new CreditSnapshotCache(
            new CacheOptions { ConnectionString = _redis.ConnectionString }, NullLogger<CreditSnapshotCache>.Instance, new PatientTime());
        await Until.TrueAsync(() => other.IsServing, "the other cache is connected");
        var snapshot = Some.Snapshot(Some.Card());

        _cache.Write([snapshot]);
        await _cache.ReadAsync(snapshot.Account.Instrument);

        Some.AssertSame(snapshot, await other.ReadAsync(snapshot.Account.Instrument));
    }

    [Fact]
    public async Task A_comparison_reads_all_that_Redis_has_in_one_go()
    {
        var written = Enumerable.Range(0, 50).Select(_ => Some.Snapshot(Some.Card())).ToList();
        _cache.Write(written);
        await _cache.ReadAsync(written[^1].Account.Instrument);

        var read = await _cache.ReadAllAsync(
            [.. written.Select(one => one.Account.Instrument), Some.Card()], TimeSpan.FromSeconds(20));

        Assert.Equal(written.Select(one => one.Account.Id), read!.Select(one => one.Account.Id));
        Assert.Empty((await _cache.ReadAllAsync([], TimeSpan.FromSeconds(20)))!);
    }

    [Theory]
    [InlineData(1, 2, 2)]
    [InlineData(2, 1, 2)]
    [InlineData(9, 10, 10)]
    [InlineData(10, 9, 10)]
    [InlineData(255, 256, 256)]
    [InlineData(256, 255, 256)]
    [InlineData(0xFFFF_FFFF, 0x1_0000_0000, 0x1_0000_0000)] // from one half of the number to the other
    [InlineData(0x1_0000_0000, 0xFFFF_FFFF, 0x1_0000_0000)]
    [InlineData(0x1_0000_0001, 0x2_0000_0000, 0x2_0000_0000)]
    [InlineData(0x2_0000_0000, 0x1_0000_0001, 0x2_0000_0000)]
    [InlineData(0x20_0000_0000_0000, 0x20_0000_0000_0001, 0x20_0000_0000_0001)] // 2^53: a double cannot tell them apart
    [InlineData(0x20_0000_0000_0001, 0x20_0000_0000_0000, 0x20_0000_0000_0001)]
    [InlineData(long.MaxValue, long.MaxValue - 1, long.MaxValue)]
    [InlineData(0, long.MaxValue, long.MaxValue)]
    public async Task The_newer_version_stays_whichever_comes_first(long first, long second, long expected)
    {
        var card = Some.Card();

        _cache.Write([Some.Snapshot(card, first)]);
        _cache.Write([Some.Snapshot(card, second)]);

        Assert.Equal(expected, (await _cache.ReadAsync(card))?.Account.Version);
    }

    [Fact]
    public async Task The_same_version_read_later_is_written_over_the_earlier()
    {
        var earlier = Some.Snapshot(Some.Card());
        var later = earlier with { ReadAt = earlier.ReadAt.AddMinutes(1) };

        _cache.Write([earlier]);
        _cache.Write([later]);

        Some.AssertSame(later, await _cache.ReadAsync(earlier.Account.Instrument));
    }

    [Fact]
    public async Task Of_versions_written_by_many_in_any_order_the_newest_stays()
    {
        var card = Some.Card();
        var versions = Enumerable.Range(1, 500).ToArray();
        new Random(6).Shuffle(versions);

        Parallel.ForEach(versions, version => _cache.Write([Some.Snapshot(card, version)]));

        Assert.Equal(500, (await _cache.ReadAsync(card))?.Account.Version);
    }

    [Fact]
    public async Task A_snapshot_is_kept_for_its_lifetime_from_the_last_time_it_was_written()
    {
        var snapshot = Some.Snapshot(Some.Card());
        var key = CreditSnapshotCache.KeyOf(snapshot.Account.Instrument);
        _cache.Write([snapshot]);
        await _cache.ReadAsync(snapshot.Account.Instrument);
        await _redis.AskAsync("PEXPIRE", key, "60000");

        _cache.Write([snapshot]);
        await _cache.ReadAsync(snapshot.Account.Instrument);

        var left = TimeSpan.FromMilliseconds(long.Parse((await _redis.AskTextAsync("PTTL", key))!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(left, Limits.SnapshotLifetime - TimeSpan.FromMinutes(1), Limits.SnapshotLifetime);
    }

    [Fact]
    public async Task One_number_at_two_operators_and_an_app_are_three_snapshots()
    {
        Instrument[] instruments = [Instrument.Card(1, "123456"), Instrument.Card(2, "123456"), Instrument.App(1, Guid.NewGuid())];
        var snapshots = instruments.Select((instrument, i) => Some.Snapshot(instrument, version: i + 1)).ToList();

        snapshots.ForEach(one => _cache.Write([one]));

        foreach (var snapshot in snapshots)
        {
            Some.AssertSame(snapshot, await _cache.ReadAsync(snapshot.Account.Instrument));
        }
    }

    [Fact]
    public async Task Of_what_is_written_together_each_stays_unless_a_newer_one_is_there()
    {
        var cards = Enumerable.Range(0, Limits.CommitBatchItemsMax).Select(_ => Some.Card()).ToList();
        var older = cards.ConvertAll(card => Some.Snapshot(card, version: 5));
        var together = cards.Select((card, i) => Some.Snapshot(card, version: i % 3 == 0 ? 4 : 6)).ToList();
        _cache.Write(older);

        _cache.Write(together);

        for (var i = 0; i < cards.Count; i++)
        {
            Some.AssertSame(i % 3 == 0 ? older[i] : together[i], await _cache.ReadAsync(cards[i]));
        }
    }

    [Fact]
    public async Task Nothing_written_together_is_nothing_sent()
    {
        _cache.Write([]);

        Assert.Null(await _cache.ReadAsync(Some.Card()));
        Assert.True(_cache.IsServing);
    }

    [Fact]
    public void A_key_carries_its_account_as_a_hash_tag()
    {
        var app = Guid.Parse("0198a7b2-0000-7000-8000-000000000001");

        Assert.Equal("credit:{7:card:0012345678}", CreditSnapshotCache.KeyOf(Instrument.Card(7, "0012345678")));
        Assert.Equal("credit:{7:app:0198a7b2-0000-7000-8000-000000000001}", CreditSnapshotCache.KeyOf(Instrument.App(7, app)));
    }

    [Fact]
    public async Task A_snapshot_larger_than_is_kept_leaves_the_one_before()
    {
        var snapshot = Some.Snapshot(Some.Card());
        _cache.Write([snapshot]);

        _cache.Write([snapshot with { Account = snapshot.Account with { Version = 2, Rules = Some.Rules(new string('x', Limits.SnapshotBytesMax)) } }]);

        Some.AssertSame(snapshot, await _cache.ReadAsync(snapshot.Account.Instrument));
    }

    public sealed class Fixture : IAsyncLifetime, IAsyncDisposable
    {
        internal PrivateRedis Redis { get; private set; } = null!;

        internal CreditSnapshotCache Cache { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Redis = await PrivateRedis.StartAsync();
            Cache = new CreditSnapshotCache(
                new CacheOptions { ConnectionString = Redis.ConnectionString }, NullLogger<CreditSnapshotCache>.Instance, new PatientTime());
            await Until.TrueAsync(() => Cache.IsServing, "the cache is connected");
        }

        public async ValueTask DisposeAsync()
        {
            await Cache.DisposeAsync();
            await Redis.DisposeAsync();
        }

        Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();
    }
}
