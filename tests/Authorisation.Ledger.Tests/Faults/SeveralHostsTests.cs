using Authorisation.Ledger.Access;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Reads;
using Authorisation.Ledger.Tests.Support;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Faults;

public sealed class SeveralHostsTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Theory]
    [InlineData("primary")]
    [InlineData("read-write")]
    [InlineData(null)]
    public async Task Of_several_hosts_the_one_that_answers_is_used_for_commits_and_reads(string? target)
    {
        var node = NewNode(configure: options => options.ConnectionString = Hosts(options.ConnectionString, target));
        var purchase = Operator.Buy(await Operator.AddCardAsync());

        var answer = await node.AuthoriseAsync(purchase, Operator.Terms);

        Assert.Equal(CommitStatus.Decided, answer.Status);
        Assert.Equal(answer.Entry, await node.Reader.FindEntryAsync(purchase.Id, CancellationToken.None));
        Assert.False((await new LedgerProbe(node.Database).LookAsync(CancellationToken.None)).IsReplica);
        await using var feed = await OpenFeedAsync(node);
        Assert.NotEmpty((await feed.PollAsync(CancellationToken.None)).Operators);
    }

    [Fact]
    public void Which_host_is_the_primary_is_asked_again_within_a_second_unless_a_shorter_time_is_set()
    {
        Assert.All(Pools(""), pool => Assert.Equal(1, new NpgsqlConnectionStringBuilder(pool.ConnectionString).HostRecheckSeconds));
        Assert.All(
            Pools(";Host Recheck Seconds=0"),
            pool => Assert.Equal(0, new NpgsqlConnectionStringBuilder(pool.ConnectionString).HostRecheckSeconds));

        NpgsqlDataSource[] Pools(string setting)
        {
            var node = NewNode(configure: options => options.ConnectionString = Hosts(options.ConnectionString, "primary") + setting);
            return [node.Database.Reads, node.Database.Looks, node.Database.Activations, node.Database.Cards, node.Database.Own];
        }
    }

    private static Task<AccessFeed> OpenFeedAsync(LedgerNode node) =>
        AccessFeed.OpenAsync(node.Database, CancellationToken.None);

    private static string Hosts(string connectionString, string? target)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        builder.Host = $"127.0.0.1:{FreePort.Next()},127.0.0.1:{builder.Port}";
        builder.TargetSessionAttributes = target;
        return builder.ConnectionString;
    }
}
