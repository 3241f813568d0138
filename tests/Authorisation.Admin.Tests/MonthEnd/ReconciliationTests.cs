using Authorisation.Billing.MonthEnd;
using Authorisation.Cache;
using Authorisation.Core;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Authorisation.Admin.Tests.MonthEnd;

/// <summary>Every night balances, rows and copies are held against each other; what differs is told and left as it is.</summary>
[Trait("Tier", "Slow")]
public sealed class ReconciliationTests(SharedLedger shared, SharedRedis redis) : IClassFixture<SharedLedger>, IClassFixture<SharedRedis>
{
    [Fact]
    public async Task What_adds_up_has_no_findings()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await scene.BusyDecemberAsync();
        await scene.RunAsync();

        var run = Assert.Single(await scene.MonthEndsAsync());
        Assert.Equal((9, 0), (run.AccountsChecked, run.Differences));
        Assert.Empty(await scene.FindingsAsync());
    }

    [Theory]
    [InlineData("update credit_account set spent_minor = spent_minor + 1 where id = @account", "spent_differs_from_rows")]
    [InlineData("update credit_account set held_minor = held_minor - 1 where id = @account", "held_differs_from_rows")]
    [InlineData("delete from open_hold where account_id = @account", "held_differs_from_open_holds")]
    [InlineData("update credit_account set next_hold_expiry = next_hold_expiry + interval '1 hour' where id = @account", "next_hold_expiry_too_late")]
    [InlineData("delete from authorisation where account_id = @account", "spent_differs_from_rows")]
    [InlineData("update credit_account set month = 202611, spent_minor = 0, held_minor = 0 where id = @account", "rows_of_a_newer_month")]
    public async Task A_difference_is_told_and_nothing_is_mended(string sql, string kind)
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var month = await scene.BusyDecemberAsync();
        var account = scene.Operator.AccountOf(month.Cards[5]);
        await scene.Ledger.ExecuteAsync(sql, new { account });
        var before = await scene.Ledger.AskAsync<string>("select a::text from credit_account a where id = @account", new { account });

        await scene.RunAsync();

        var finding = Assert.Single(await scene.FindingsAsync(), one => one.Kind == kind);
        Assert.Equal($"credit_account:{account}", finding.Subject);
        Assert.Contains(scene.Log.Entries, entry => entry.EventId.Id == 5504 && entry.Message.Contains(kind, StringComparison.Ordinal));
        Assert.Equal(before, await scene.Ledger.AskAsync<string>("select a::text from credit_account a where id = @account", new { account }));
    }

    [Fact]
    public async Task An_operation_whose_authorisation_is_gone_is_told()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await scene.BusyDecemberAsync();
        var operation = await scene.LoseAuthorisationAsync();

        await scene.RunAsync();

        Assert.Contains(await scene.FindingsAsync(), one => one.Kind == "operation_without_authorisation" && one.Subject == $"operation:{operation}");
    }

    [Fact]
    public async Task A_cached_copy_may_be_old_but_not_another_than_the_ledger_had()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var month = await scene.BusyDecemberAsync();
        await using var cache = new CreditSnapshotCache(
            new CacheOptions { ConnectionString = redis.ConnectionString }, NullLogger<CreditSnapshotCache>.Instance, TimeProvider.System);
        await Eventually.TrueAsync(() => cache.IsServing, Eventually.Bound, "Redis serves");
        var accounts = new List<CreditAccount>();
        for (var i = 0; i < 4; i++)
        {
            accounts.Add((await scene.Node.Reader.FindCreditAsync(
                month.Cards[i], scene.Operator.Terms.TimeZone, CancellationToken.None))!.Account);
        }

        cache.Write([
            new AccountSnapshot(accounts[0], MonthEndScene.December),
            new AccountSnapshot(accounts[1] with { Version = accounts[1].Version - 1, LimitMinor = 1 }, MonthEndScene.December),
            new AccountSnapshot(accounts[2] with { LimitMinor = accounts[2].LimitMinor + 100 }, MonthEndScene.December),
            new AccountSnapshot(accounts[3] with { Version = accounts[3].Version + 5 }, MonthEndScene.December),
        ]);
        await Eventually.TrueAsync(
            async () => await cache.ReadAsync(month.Cards[3]) is not null, Eventually.Bound, "the copies are there");

        await scene.RunAsync(scene.NewRunner(cache: cache));

        Assert.Equal(4, Assert.Single(await scene.MonthEndsAsync()).SnapshotsChecked);
        Assert.Equal(
            [("cached_copy_differs", accounts[2].Id), ("cached_version_never_committed", accounts[3].Id)],
            (await scene.FindingsAsync()).OrderBy(one => one.Kind, StringComparer.Ordinal).Select(one => (one.Kind, Guid.Parse(one.Subject.Split(':')[1]))));
    }

    [Fact]
    public async Task Purchases_that_go_on_meanwhile_make_no_difference()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var month = await scene.BusyDecemberAsync();
        using var stop = new CancellationTokenSource();
        var buying = Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var bought = await scene.BuyAsync(month.Cards[n], 10, hold: n % 2 == 0);
                if (n == 0 && bought.Entry!.Decision == Decision.Approved)
                {
                    await scene.OperateAsync(OperationKind.Void, bought.Entry.Purchase.Id);
                }
            }
        })).ToList();

        for (var night = 11; night < 19; night++)
        {
            await scene.Ledger.StopClockAsync(MonthEndScene.At($"2026-12-{night}T12:00:00+01:00"));
            await scene.RunAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll(buying);
        Assert.Equal(8, (await scene.MonthEndsAsync()).Count);
        Assert.DoesNotContain(await scene.FindingsAsync(), one => one.Kind != "lapsed_holds_not_expired");
    }

    [Fact]
    public async Task Holds_that_no_server_expired_are_told()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await scene.BusyDecemberAsync();
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear.AddHours(2));
        await scene.RunAsync();

        Assert.Contains(await scene.FindingsAsync(), one => one is { Kind: "lapsed_holds_not_expired", Found: "1" });
    }

    [Fact]
    public async Task Holds_that_lapse_while_others_are_waited_for_are_not_told()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var first = (await scene.BuyAsync(await scene.Operator.AddCardAsync(), hold: true)).Entry!;
        await scene.Ledger.StopClockAsync(MonthEndScene.December.AddSeconds(10));
        var second = (await scene.BuyAsync(await scene.Operator.AddCardAsync(), hold: true)).Entry!;
        await scene.Ledger.StopClockAsync(first.ExpiresAt!.Value);
        var time = new WaitedForTime(scene.Ledger.HostTime);
        var work = scene.RunAsync(scene.NewRunner(holdsWait: Eventually.Bound / 2, time: time));
        await time.IsWaitedFor.WaitAsync(Eventually.Bound);

        await scene.Ledger.StopClockAsync(second.ExpiresAt!.Value);
        await scene.Ledger.ExecuteAsync("delete from open_hold where authorisation_id = @Id", new { first.Purchase.Id });
        await work;

        Assert.Equal(MonthEndState.Done, Assert.Single(await scene.MonthEndsAsync()).State);
        Assert.DoesNotContain(await scene.FindingsAsync(), one => one.Kind == "lapsed_holds_not_expired");
    }

    /// <summary>A clock that tells when somebody begins to wait by it.</summary>
    private sealed class WaitedForTime(TimeProvider clock) : TimeProvider
    {
        private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsWaitedFor => _waits.Task;

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _waits.TrySetResult();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
