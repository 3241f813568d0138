using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Dapper;
using Xunit;
using Xunit.Abstractions;

namespace Authorisation.Server.Tests.Processes;

/// <summary>
/// Two real servers under load, of which one dies, again and again, or stands still while it holds locks. Whatever
/// stops at whatever moment: what a client was told is in the ledger, once, and no limit is passed.
/// </summary>
[Collection(nameof(Alone))]
[Trait("Tier", "Slow")]
public sealed class DyingServersTests(SharedWire wire, RedisServer redis, ITestOutputHelper output)
    : IClassFixture<SharedWire>, IClassFixture<RedisServer>
{
    private const string HaltedName = "halted server";
    private const int Kills = 10;
    private const int AnswersBetweenKills = 50;
    private const int CardsOfEachKind = 10;
    private const long SmallestLimitMinor = 20_000;
    private const double LimitGrowth = 1.8;

    // As long as a halted server may keep the others from an account, and a second more.
    private static readonly TimeSpan LocksAreFreeAfter =
        Core.Limits.IdleInTransactionTimeout + Core.Limits.LockTimeout + TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Nothing_is_lost_doubled_or_overspent_when_servers_are_killed_and_Redis_is_emptied()
    {
        var scene = await SceneAsync();
        await using var one = new ServerNode(wire.Ledger.ServiceConnectionString, redis.ConnectionString);
        await using var two = new ServerNode(wire.Ledger.ServiceConnectionString, redis.ConnectionString);
        await Task.WhenAll(one.StartReadyAsync(), two.StartReadyAsync());

        var clock = Stopwatch.StartNew();
        var load = new PurchaseLoad([one, two], scene.Accounts);
        for (var kill = 1; kill <= Kills; kill++)
        {
            var (dies, stays) = kill % 2 == 0 ? (one, two) : (two, one);
            // It may have been started just now.
            await load.IsAnsweredByAsync(dies, AnswersBetweenKills, Eventually.ProcessBound);
            await load.IsAnsweredByAsync(stays, AnswersBetweenKills, Eventually.Bound);
            await dies.KillAsync();
            await load.IsAnsweredByAsync(stays, AnswersBetweenKills, Eventually.Bound);
            await dies.StartAsync();
            await DisturbRedisAsync(kill);
        }

        await load.StopAsync();
        LoggedNoError(one, two);
        var approved = await LedgerAudit.CheckAsync(wire.Ledger, scene.OperatorIds, load.Sent);
        output.WriteLine(
            $"{Kills} kills, {load.Sent.Count} purchases, {approved} approved, {load.Retries} retries, {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.InRange(approved, 1, load.Sent.Count - 1);
        Assert.NotEqual(0, load.Retries);
    }

    [Fact]
    public async Task A_server_that_stands_still_while_it_holds_locks_stops_nobody_and_harms_nothing_when_it_goes_on()
    {
        const int Halts = 3;
        var scene = await SceneAsync();
        await using var halted = new ServerNode(
            $"{wire.Ledger.ServiceConnectionString};Application Name={HaltedName}", redis.ConnectionString);
        await using var other = new ServerNode(wire.Ledger.ServiceConnectionString, redis.ConnectionString);
        await Task.WhenAll(halted.StartReadyAsync(), other.StartReadyAsync());

        var load = new PurchaseLoad([halted, other], scene.Accounts);
        for (var halt = 0; halt < Halts; halt++)
        {
            await load.IsAnsweredByAsync(halted, AnswersBetweenKills, Eventually.Bound);
            await HaltHoldingLocksAsync(halted, load);
            try
            {
                // Longer than Postgres lets an idle transaction keep its locks.
                var clock = Stopwatch.StartNew();
                while (clock.Elapsed < LocksAreFreeAfter)
                {
                    await load.IsAnsweredByAsync(other, more: 1, Eventually.Bound);
                }

                await EveryAccountIsFreeAsync(scene, other);
            }
            finally
            {
                halted.Program.Signal(Signals.Continue);
            }
        }

        await load.IsAnsweredByAsync(halted, AnswersBetweenKills, Eventually.Bound);
        await load.StopAsync();
        LoggedNoError(halted, other);
        var approved = await LedgerAudit.CheckAsync(
            wire.Ledger, scene.OperatorIds, [.. load.Sent, .. scene.SentAside]);
        output.WriteLine($"{Halts} halts, {load.Sent.Count} purchases, {approved} approved, {load.Retries} retries");
    }

    [Fact]
    public async Task No_capture_void_or_refund_is_lost_or_done_twice_when_servers_are_killed()
    {
        var on = await WireOperator.CreateAsync(wire.Ledger, wire.Server);
        var apps = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => on.AddAppAsync(10_000_000)));
        var backEnd = (await wire.Ledger.Provisioner.AddClientAsync(on.Terms.Id, ClientKind.AppBackEnd, "A back end")).Token;
        await using var one = new ServerNode(wire.Ledger.ServiceConnectionString, redis.ConnectionString);
        await using var two = new ServerNode(wire.Ledger.ServiceConnectionString, redis.ConnectionString);
        await Task.WhenAll(one.StartReadyAsync(), two.StartReadyAsync());

        var load = new OperationLoad([one, two], backEnd, () => on.Buy(apps[Random.Shared.Next(apps.Length)]));
        for (var kill = 1; kill <= Kills; kill++)
        {
            var dies = kill % 2 == 0 ? one : two;
            await load.GoesOnAsync(AnswersBetweenKills);
            await dies.KillAsync();
            await load.GoesOnAsync(AnswersBetweenKills);
            await dies.StartAsync();
        }

        await load.StopAsync();
        LoggedNoError(one, two);
        output.WriteLine($"{Kills} kills, {load.Ended.Count} lives, {load.Done.Count} operations, {load.Retries} retries");
        Assert.NotEqual(0, load.Retries);
        await LedgerSums.AddUpAsync(wire.Ledger, on.Terms.Id);
        await using var connection = await wire.Ledger.Owner.OpenConnectionAsync();
        var rows = await connection.QueryAsync<Guid>("select id from operation where operator_id = @Id and kind <> 4", new { on.Terms.Id });
        Assert.Equal(load.Done.Select(done => Guid.Parse(done.OperationId)).Order(), rows.Order());
        Assert.Equal(
            load.Ended.Sum(ended => ended.KeptMinor),
            await connection.ExecuteScalarAsync<long>("select sum(spent_minor)::bigint from credit_account where operator_id = @Id", new { on.Terms.Id }));
    }

    /// <summary>Halts the server in the middle of a transaction: until one look finds it there.</summary>
    private async Task HaltHoldingLocksAsync(ServerNode node, PurchaseLoad load)
    {
        const int TriesMax = 500;
        await using var session = await wire.Ledger.OpenSessionAsync(wire.Ledger.SuperuserConnectionString);
        for (var tries = 0; tries < TriesMax; tries++)
        {
            node.Program.Signal(Signals.Stop);
            if (await session.ExecuteScalarAsync<bool>(
                "select exists (select from pg_stat_activity where application_name = @HaltedName and state = 'idle in transaction')",
                new { HaltedName }))
            {
                return;
            }

            node.Program.Signal(Signals.Continue);
            await load.IsAnsweredByAsync(node, more: 1, Eventually.Bound);
        }

        Assert.Fail("The server was never found in a transaction.");
    }

    /// <summary>One purchase on each account, through the server that goes on: one that is locked still would be an error.</summary>
    private static async Task EveryAccountIsFreeAsync(Scene scene, ServerNode node) => await Task.WhenAll(
        scene.Accounts.Select(async account =>
        {
            var purchase = new SentPurchase(account.NewRequest(), account.Id);
            purchase.Request.AmountMinor = 1;
            purchase.Answers.Enqueue(await new TestCaller(node.Channel, account.Token)
                .AuthoriseAsync(purchase.Request));
            scene.SentAside.Enqueue(purchase);
        }));

    private static void LoggedNoError(params ServerNode[] nodes) => Assert.All(nodes, node => Assert.True(node.ErrorsLogged == "", node.ErrorsLogged));

    private async Task DisturbRedisAsync(int kill)
    {
        if (kill % 3 == 0)
        {
            await using var hands = await TestRedis.ConnectAsync(redis.ConnectionString);
            await hands.FlushAsync();
        }
        else if (kill % 4 == 0)
        {
            await redis.Private.KillAsync();
            await redis.Private.StartAsync();
        }
    }

    /// <summary>
    /// Two operators, cards at one and apps at the other, with limits from some purchases to more than the run can
    /// spend, so that approvals and declines go on from the first kill to the last.
    /// </summary>
    private async Task<Scene> SceneAsync()
    {
        var cards = await WireOperator.CreateAsync(wire.Ledger, wire.Server);
        var apps = await WireOperator.CreateAsync(wire.Ledger, wire.Server);
        var backEnd = (await wire.Ledger.Provisioner.AddClientAsync(apps.Terms.Id, ClientKind.AppBackEnd, "A back end")).Token;
        var accounts = new List<LoadAccount>();
        for (var i = 0; i < CardsOfEachKind; i++)
        {
            var limit = (long)(SmallestLimitMinor * Math.Pow(LimitGrowth, i));
            var card = await cards.AddCardAsync(limit);
            accounts.Add(new LoadAccount(cards.AccountOf(card), () => cards.Buy(card), cards.ValidatorToken));
            var app = await apps.AddAppAsync(limit);
            // Every other app calls by itself.
            var token = i % 2 == 0 ? backEnd : await wire.Ledger.Provisioner.AddAppTokenAsync(apps.AccountOf(app));
            accounts.Add(new LoadAccount(apps.AccountOf(app), () => apps.Buy(app), token));
        }

        return new Scene([cards.Terms.Id, apps.Terms.Id], accounts);
    }

    private sealed record Scene(int[] OperatorIds, IReadOnlyList<LoadAccount> Accounts)
    {
        public System.Collections.Concurrent.ConcurrentQueue<SentPurchase> SentAside { get; } = new();
    }
}
