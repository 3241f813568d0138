using Authorisation.Core;
using Authorisation.Ledger.Rows;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Dapper;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

/// <summary>How Postgres runs <c>by_snapshot.sql</c> with a lane's settings.</summary>
public sealed class PlanTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    private const int Accounts = 10_000;

    private const string Types = "balance_row[],balance_row[],timestamptz,timestamptz,purchase_row[],integer[],integer[],uuid[],bigint,bigint[],integer[],bigint[],integer[]";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Accounts_are_found_by_their_primary_key_however_small_the_table_was_when_the_plan_was_made(bool isSmall)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        var oper = await TestOperator.CreateAsync(ledger);
        if (!isSmall)
        {
            await FillAsync(ledger, oper);
            await ledger.ExecuteAsync("analyze credit_account");
        }

        await using var lane = Keep(ledger.Connect()).NewLaneConnection();
        await lane.OpenAsync();
        var sql = EmbeddedSql.Read("Commit.BySnapshot.by_snapshot.sql").Replace("{may_commit}", "true", StringComparison.Ordinal);
        await lane.ExecuteAsync($"prepare s ({Types}) as {sql}");
        var plan = string.Join('\n', await lane.QueryAsync<string>(
            $"explain execute s ({string.Join(',', Types.Split(',').Select(_ => "null"))})"));

        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Hash Join", plan, StringComparison.Ordinal);
        Assert.Equal(2, Count(plan, "using credit_account_pkey on credit_account a"));
        Assert.Equal(2, Count(plan, "on credit_account a") - Count(plan, "Update on credit_account a"));
        // By the id of each, not by going over the whole index.
        Assert.Equal(2, Count(plan, "Index Cond: (id = u"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Accounts_are_updated_in_the_order_of_their_ids_also_by_a_plan_made_when_there_was_one(int seed)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        var oper = await TestOperator.CreateAsync(ledger);
        var lane = NewSnapshotLane(ledger);
        var random = new Random(seed);
        await WarmAsync(lane, oper, await oper.AddAppAsync());
        await FillAsync(ledger, oper);
        await ledger.ExecuteAsync(
            """
            create table updated (place bigint generated always as identity, id uuid);
            create function note_update() returns trigger language plpgsql security definer as
            $$ begin insert into updated (id) values (new.id); return null; end $$;
            create trigger note_update after update on credit_account for each row execute function note_update();
            """);
        await using var owner = await ledger.Owner.OpenConnectionAsync();
        var ids = (await owner.QueryAsync<Guid>("select id from credit_account where kind = 2 order by random() limit 512")).ToList();
        var apps = ids.Select(id => Instrument.App(oper.Terms.Id, id)).ToArray();
        await WarmAsync(lane, oper, apps);
        random.Shuffle(apps);
        var committed = lane.Committed;

        await lane.CommitAsync(oper.Terms, apps.Select(app => oper.Buy(app, 1)));

        Assert.Equal(apps.Length, lane.Committed - committed);
        var updated = (await owner.QueryAsync<Guid>("select id from updated order by place")).ToList();
        Assert.Equal(await owner.QueryAsync<Guid>("select id from updated order by id"), updated);
        Assert.Equal(apps.Length, updated.Count);
    }

    private static int Count(string text, string what) => text.Split(what).Length - 1;

    private static Task FillAsync(TestLedger ledger, TestOperator oper) => ledger.ExecuteAsync(
        """
        insert into credit_account (id, operator_id, kind, billing_snapshot_id, limit_minor, activated_at)
        select gen_random_uuid(), @Id, 2, @BillingSnapshotId, 50000, now() from generate_series(1, @Accounts)
        """,
        new { oper.Terms.Id, oper.BillingSnapshotId, Accounts });
}
