using System.Diagnostics;
using System.Globalization;
using Authorisation.Provisioning;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Authorisation.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using Xunit;
using Xunit.Abstractions;
using DeclineReason = Authorisation.V1.DeclineReason;

namespace Authorisation.Server.Tests.Cards;

/// <summary>Many cards at once, for watchers that take them and for those that do not.</summary>
[Collection(nameof(Alone))]
[Trait("Tier", "Slow")]
public sealed class ManyCardsTests(SharedWire wire, ITestOutputHelper output) : IClassFixture<SharedWire>
{
    private const int Cards = 200_000;
    private const int FirstCard = 300_000_000;
    private const int StatementSeconds = 120;
    private const long GrownMax = 100 << 20;

    // Generous: what is asserted is what comes, and it must not take for ever.
    private static readonly TimeSpan ManyBound = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Two_hundred_thousand_cards_are_numbered_and_sent_whole()
    {
        await using var ledger = await wire.Ledgers.CreateOwnAsync();
        var oper = await TestOperator.CreateAsync(ledger);
        await AddCardsAsync(ledger, oper);
        await using var server = await InProcessServer.StartAsync(ledger.ServiceConnectionString, wire.Redis, new TestLog());
        var clock = Stopwatch.StartNew();
        await Eventually.TrueAsync(
            () => ledger.AskAsync<bool>("select count(*) = @Cards from card_state", new { Cards }), ManyBound, "all are numbered");
        output.WriteLine($"numbered in {clock.Elapsed.TotalSeconds:0.0} s");

        clock.Restart();
        var list = new Dictionary<string, CardUpdate>(Cards, StringComparer.Ordinal);
        await server.GetsToKnowAsync(oper.ValidatorToken);
        using (var call = Watch(server, oper))
        {
            var last = await ReadListAsync(call, list);
            output.WriteLine($"sent in {clock.Elapsed.TotalSeconds:0.0} s");
            Assert.Equal(list.Values.Max(update => update.Version), last);
        }

        Assert.Equal(Cards, list.Count);
        for (var i = 0; i < Cards; i++)
        {
            var update = list[(FirstCard + i).ToString(CultureInfo.InvariantCulture)];
            var expected = i % 10 == 0 ? DeclineReason.Blocked : DeclineReason.Unspecified;
            Assert.Equal((expected, expected != DeclineReason.Unspecified), (update.Reason, update.Denied));
        }
    }

    [Fact]
    public async Task A_watcher_that_takes_nothing_is_told_to_resume_and_costs_no_memory_meanwhile()
    {
        await using var ledger = await wire.Ledgers.CreateOwnAsync();
        var oper = await TestOperator.CreateAsync(ledger);
        await using var server = await InProcessServer.StartAsync(ledger.ServiceConnectionString, wire.Redis, new TestLog());
        var card = await oper.AddCardAsync();
        await server.GetsToKnowAsync(oper.ValidatorToken);
        await using var quick = CardWatching.Start(server.Caller(oper.ValidatorToken), server.Channel);
        await quick.HasAsync(card, DeclineReason.Unspecified);

        // Calls on a connection of their own that take their lists, and then nothing more.
        const int Slow = 20;
        const int Suspended = (Cards / 10 * 9) + 1;
        using var channel = server.Connect(new SocketsHttpHandler { InitialHttp2StreamWindowSize = 65_535 });
        var calls = new List<AsyncServerStreamingCall<CardUpdate>>();
        for (var i = 0; i < Slow; i++)
        {
            calls.Add(new V1.OfflineService.OfflineServiceClient(channel).WatchCards(
                new WatchCardsRequest(), server.Caller(oper.ValidatorToken).Headers));
            await ReadListAsync(calls[i], []);
        }

        // Twice almost all the cards: many times what is kept, and far more than any buffer on the way holds.
        await AddCardsAsync(ledger, oper);
        await quick.UntilAsync(() => quick.CardCount == Cards + 1, "the quick one has them all", ManyBound);
        var seenFirst = quick.After;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await SuspendAsync(ledger, oper);
        await quick.UntilAsync(() => quick.After - seenFirst >= Suspended, "the quick one has all changes", ManyBound);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{grown >> 20} MiB more, with the quick watcher's own list"));
        Assert.InRange(grown, long.MinValue, GrownMax);

        foreach (var call in calls)
        {
            var updates = new Dictionary<string, CardUpdate>(StringComparer.Ordinal);
            var (seen, error) = await ReadToEndAsync(call, updates).WaitAsync(ManyBound);
            Assert.Equal((StatusCode.ResourceExhausted, "WATCHER_TOO_SLOW"), (error.Code, error.Reason));
            Assert.InRange(updates.Count, 1, Cards);
            if (call == calls[0])
            {
                // What it is told to do brings it to where the other is.
                await using var resumed = CardWatching.Start(server.Caller(oper.ValidatorToken), channel, seen);
                await resumed.UntilAsync(() => resumed.After == quick.After, "it has caught up", ManyBound);
                Assert.Equal(0, resumed.Resets);
                foreach (var update in resumed.Updates.Where(update => !update.UpToDate))
                {
                    updates[update.CardNumber] = update;
                }

                Assert.All(quick.Cards, number => Assert.Equal(quick.Of(number), updates[number]));
            }

            call.Dispose();
        }
    }

    [Fact]
    public async Task A_watcher_that_takes_nothing_does_not_keep_a_server_from_stopping()
    {
        await using var ledger = await wire.Ledgers.CreateOwnAsync();
        var oper = await TestOperator.CreateAsync(ledger);
        await AddCardsAsync(ledger, oper);
        await using var server = await InProcessServer.StartAsync(ledger.ServiceConnectionString, wire.Redis, new TestLog());
        await Eventually.TrueAsync(
            () => ledger.AskAsync<bool>("select count(*) > 100000 from card_state"), ManyBound, "there is something to send");
        await server.GetsToKnowAsync(oper.ValidatorToken);
        using var channel = server.Connect(new SocketsHttpHandler { InitialHttp2StreamWindowSize = 65_535 });
        using var call = new V1.OfflineService.OfflineServiceClient(channel).WatchCards(
            new WatchCardsRequest(), server.Caller(oper.ValidatorToken).Headers);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(ManyBound));

        var clock = Stopwatch.StartNew();
        await server.StopAsync();
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    private static AsyncServerStreamingCall<CardUpdate> Watch(InProcessServer server, TestOperator oper) =>
        new V1.OfflineService.OfflineServiceClient(server.Channel).WatchCards(
            new WatchCardsRequest(), server.Caller(oper.ValidatorToken).Headers);

    /// <summary>Reads until the list is up to date. Answers the version it is of.</summary>
    private static async Task<long> ReadListAsync(AsyncServerStreamingCall<CardUpdate> call, Dictionary<string, CardUpdate> list)
    {
        using var bound = new CancellationTokenSource(ManyBound);
        while (await call.ResponseStream.MoveNext(bound.Token))
        {
            var update = call.ResponseStream.Current;
            if (update.UpToDate)
            {
                return update.Version;
            }

            list[update.CardNumber] = update;
        }

        throw new InvalidOperationException("The call ended.");
    }

    private static async Task<(long Last, WireError Error)> ReadToEndAsync(
        AsyncServerStreamingCall<CardUpdate> call, Dictionary<string, CardUpdate> updates)
    {
        var last = 0L;
        var error = await WireError.OfAsync(ReadAsync());
        return (last, error);

        async Task ReadAsync()
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                var update = call.ResponseStream.Current;
                Assert.True(update.Version > last);
                last = update.Version;
                updates[update.CardNumber] = update;
            }
        }
    }

    private static async Task AddCardsAsync(TestLedger ledger, TestOperator oper)
    {
        await using var connection = await ledger.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into credit_account (id, operator_id, kind, card_number, billing_snapshot_id, limit_minor, blocked_at)
            select gen_random_uuid(), @Id, 1, (@FirstCard + n)::text, @BillingSnapshotId, 50000, case when n % 10 = 0 then now() end
            from generate_series(0, @Cards - 1) n
            """,
            new { oper.Terms.Id, FirstCard, oper.BillingSnapshotId, Cards },
            commandTimeout: StatementSeconds);
    }

    /// <summary>Suspends the organisation of all cards, in a statement that may take its time.</summary>
    private static async Task SuspendAsync(TestLedger ledger, TestOperator oper)
    {
        await using var patient = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(ledger.OwnerConnectionString) { CommandTimeout = StatementSeconds });
        await new Provisioner(patient).SetSuspendedAsync(oper.OrganisationId, suspended: true);
    }
}
