using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Faults;

[Trait("Tier", "Slow")]
public sealed class StoppedProcessTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const string HoldsLocksSql = """
        select exists (
          select from pg_stat_activity where application_name = @Code and state = 'idle in transaction')
        """;

    [Fact]
    public async Task A_server_process_that_is_stopped_with_locks_held_does_not_stop_the_others_and_goes_on_unharmed()
    {
        var card = await Operator.AddCardAsync(1_000_000_000);
        var node = NewNode();
        await node.AuthoriseAsync(Operator.Buy(Operator.UnknownCard()), Operator.Terms);
        using var child = ChildServer.Start(Operator, card);
        await WaitForPurchasesAsync(0);

        await StopWithLocksAsync(child);
        var began = Stopwatch.GetTimestamp();
        var answer = await node.AuthoriseAsync(Operator.Buy(card, 1), Operator.Terms);

        Assert.Equal(CommitStatus.Decided, answer.Status);
        Assert.True(Stopwatch.GetElapsedTime(began) < Limits.IdleInTransactionTimeout + Limits.SetAsideTime);
        var before = await CountAsync();
        await child.ContinueAsync();
        await WaitForPurchasesAsync(before);
        child.Kill();

        // Of what the killed child had under way nothing is left half done.
        await Eventually.TrueAsync(
            async () => await SpentAsync(card) == await CountAsync() + 1, Eventually.Bound, "the row agrees with the entries");
    }

    private async Task StopWithLocksAsync(ChildServer child)
    {
        await using var superuser = await Ledger.OpenSessionAsync(Ledger.SuperuserConnectionString);
        for (var tries = 0; tries < 200; tries++)
        {
            await child.StopAsync();
            // What was on its way when the process stopped arrives; what Postgres answers then nobody reads.
            var since = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(since) < TimeSpan.FromMilliseconds(20))
            {
                await superuser.ExecuteScalarAsync<bool>(HoldsLocksSql, new { Operator.Terms.Code });
            }

            if (await superuser.ExecuteScalarAsync<bool>(HoldsLocksSql, new { Operator.Terms.Code }))
            {
                return;
            }

            await child.ContinueAsync();
        }

        Assert.Fail("The child was never stopped between its two round trips.");
    }

    private Task WaitForPurchasesAsync(long after) => Eventually.TrueAsync(
        async () => await CountAsync() > after, Eventually.Bound, "the child buys");

    private Task<long> CountAsync() => Ledger.AskAsync<long>(
        "select count(*) from authorisation where operator_id = @Id and device_id = @Device",
        new { Operator.Terms.Id, ChildServer.Device });

    private Task<long> SpentAsync(Instrument card) => Ledger.AskAsync<long>(
        "select spent_minor from credit_account where id = @id", new { id = Operator.AccountOf(card) });
}
