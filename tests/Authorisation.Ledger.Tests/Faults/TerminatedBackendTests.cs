using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Faults;

[Trait("Tier", "Slow")]
public sealed class TerminatedBackendTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task A_lane_whose_session_was_ended_opens_another()
    {
        var lane = NewLane(name: Operator.Terms.Code);
        var card = await Operator.AddCardAsync();
        await lane.CommitAsync(Operator.Terms, Operator.Buy(card));
        await using var superuser = await Ledger.OpenSessionAsync(Ledger.SuperuserConnectionString);

        Assert.Equal(1, await EndSessionsAsync(superuser));

        Assert.Equal(CommitStatus.Decided, (await lane.CommitAsync(Operator.Terms, Operator.Buy(card)))[0].Status);
    }

    [Fact]
    public async Task Sessions_that_are_ended_under_load_lose_and_double_nothing()
    {
        var nodes = new[] { NewNode(name: Operator.Terms.Code), NewNode(name: Operator.Terms.Code) };
        var cards = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Operator.AddCardAsync(100_000_000)));

        var settled = 0;

        var load = Task.WhenAll(Enumerable.Range(0, 12).Select(caller => Task.Run(async () =>
        {
            var got = new List<CommitResult>();
            for (var i = 0; i < 40; i++)
            {
                var purchase = Operator.Buy(cards[(caller + i) % 3], 10);
                CommitResult answer;
                do
                {
                    answer = await nodes[i % 2].AuthoriseAsync(purchase, Operator.Terms);
                    Assert.True(answer.Entry is not null || answer.Status is CommitStatus.LedgerUnreachable or CommitStatus.AccountLocked, $"{answer}");
                }
                while (answer.Entry is null);
                got.Add(answer);
                Interlocked.Increment(ref settled);
            }

            return got;
        })));
        var ended = 0;
        await using (var superuser = await Ledger.OpenSessionAsync(Ledger.SuperuserConnectionString))
        {
            while (!load.IsCompleted)
            {
                // Were they ended faster than purchases are decided, it would never be over.
                var before = Volatile.Read(ref settled);
                ended += await EndSessionsAsync(superuser);
                await Eventually.TrueAsync(
                    () => load.IsCompleted || Volatile.Read(ref settled) > before, 2 * Eventually.Bound, "purchases are decided");
            }
        }

        foreach (var answer in (await load).SelectMany(got => got))
        {
            Assert.Equal(answer.Entry, await nodes[0].Reader.FindEntryAsync(answer.Entry!.Purchase.Id, CancellationToken.None));
        }

        Assert.True(ended > 0);
        Assert.Equal(12 * 40 * 10, await Ledger.AskAsync<long>(
            "select sum(spent_minor)::bigint from credit_account where id = any (@ids)", new { ids = cards.Select(Operator.AccountOf).ToArray() }));
    }

    private Task<int> EndSessionsAsync(NpgsqlConnection superuser) => superuser.ExecuteScalarAsync<int>(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = @Code and query not like '%pg_snapshot%'",
        new { Operator.Terms.Code });
}
