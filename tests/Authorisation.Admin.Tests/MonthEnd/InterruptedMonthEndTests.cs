using Authorisation.Billing.MonthEnd;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Npgsql;
using Xunit;

namespace Authorisation.Admin.Tests.MonthEnd;

/// <summary>Hosts that die at their work, or do it at the same time.</summary>
[Trait("Tier", "Slow")]
public sealed class InterruptedMonthEndTests(SharedLedger shared) : IClassFixture<SharedLedger>
{
    [Fact]
    public async Task However_often_its_host_dies_the_work_comes_to_the_same_end()
    {
        var (closed, hash) = (await ClosedAsync(kill: false), await ClosedAsync(kill: true));
        // The ids differ from one ledger to the other, the sums do not.
        Assert.Equal(closed, hash);
    }

    [Fact]
    public async Task Of_hosts_that_begin_together_one_does_the_work()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await scene.BusyDecemberAsync();
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);

        await scene.WatchClocksAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => scene.RunUnwatchedAsync(scene.NewRunner(chunk: 1)))));
        await scene.RunAsync();

        Assert.Equal(MonthEndState.Done, (await scene.MonthEndOfAsync(2026_12)).State);
        await scene.AssertStatementsAddUpAsync(2026_12);
        Assert.Equal((await scene.MonthEndOfAsync(2026_12)).Hash, (await scene.VerifyAsync(2026_12)).Hash);
        Assert.Single(scene.Log.Entries, entry => entry.EventId.Id == 5503);
    }

    private async Task<string> ClosedAsync(bool kill)
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await scene.BusyDecemberAsync();
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);
        await scene.WatchClocksAsync();
        var name = "turn " + Guid.NewGuid().ToString("N");
        var deaths = 0;
        for (var isDone = false; !isDone;)
        {
            var runner = scene.NewRunner(
                chunk: 1,
                connectionString: new NpgsqlConnectionStringBuilder(scene.Ledger.AdminConnectionString) { ApplicationName = name }.ConnectionString);
            var work = runner.RunAsync(scene.Operator.Terms.Id, CancellationToken.None);
            if (kill && deaths < 25)
            {
                await Task.Delay(Random.Shared.Next(1, 25));
                await using var superuser = await scene.Ledger.OpenSessionAsync(scene.Ledger.SuperuserConnectionString);
                await using var end = new NpgsqlCommand(
                    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1", superuser)
                {
                    Parameters = { new() { Value = name } },
                };
                await end.ExecuteNonQueryAsync();
                deaths++;
            }

            try
            {
                await work.WaitAsync(Eventually.Bound);
                isDone = (await scene.MonthEndsAsync()).Any(run => run is { Month: 2026_12, State: MonthEndState.Done });
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException or ObjectDisposedException)
            {
                // It died; the next host goes on.
            }
        }

        await scene.AssertStatementsAddUpAsync(2026_12);
        Assert.Equal((await scene.MonthEndOfAsync(2026_12)).Hash, (await scene.VerifyAsync(2026_12)).Hash);
        return await scene.Ledger.AskAsync<string>(
            """
            select string_agg(concat_ws('/', invoiced_minor, held_minor, purchases, limit_minor), ' '
              order by invoiced_minor, held_minor, purchases)
            from billing.statement
            """);
    }
}
