using Authorisation.Ledger.Tests.Support;
using Authorisation.Schema;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Migrations;

public sealed class MigratorTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task An_empty_database_gets_every_step_in_order_and_is_current_then()
    {
        var ledger = Keep(await Shared.CreateOwnEmptyAsync());
        var steps = new List<int>();

        var applied = await Migrator.MigrateAsync(
            ledger.OwnerConnectionString, TestLedger.ServiceRole, step => steps.Add(step.Version), CancellationToken.None);

        Assert.Equal(Enumerable.Range(1, Migration.Latest), steps);
        Assert.Equal(Migration.Latest, applied);
        Assert.Equal(Migration.Latest, await ledger.AskAsync<int>("select max(version) from schema_version"));
        await Migrator.RequireCurrentAsync(ledger.Owner, CancellationToken.None);
    }

    [Fact]
    public async Task A_second_run_finds_nothing_to_do()
    {
        var ledger = Keep(await Shared.CreateOwnAsync());

        Assert.Equal(0, await ledger.MigrateAsync());
        await Migrator.RequireCurrentAsync(ledger.Owner, CancellationToken.None);
    }

    [Fact]
    public async Task Several_at_once_apply_each_step_once()
    {
        var ledger = Keep(await Shared.CreateOwnEmptyAsync());

        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(ledger.MigrateAsync)));

        Assert.Equal(Migration.Latest, applied.Sum());
        Assert.Equal(Migration.Latest, await ledger.AskAsync<long>("select count(*) from schema_version"));
    }

    [Fact]
    public async Task A_step_that_fails_leaves_nothing_of_itself()
    {
        var ledger = Keep(await Shared.CreateOwnEmptyAsync());
        await ledger.ExecuteAsync("create table authorisation (in_the_way integer)");

        await Assert.ThrowsAsync<PostgresException>(ledger.MigrateAsync);

        Assert.False(await ledger.AskAsync<bool>("select to_regclass('credit_account') is not null"));
        await ledger.ExecuteAsync("drop table authorisation");
        Assert.Equal(Migration.Latest, await ledger.MigrateAsync());
    }

    [Fact]
    public async Task A_newer_database_is_refused_by_migrate_and_by_a_server()
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        await ledger.ExecuteAsync("insert into schema_version (version, name) values (9999, 'of tomorrow')");

        var migrate = await Assert.ThrowsAsync<SchemaMismatchException>(ledger.MigrateAsync);
        var server = await Assert.ThrowsAsync<SchemaMismatchException>(
            () => Migrator.RequireCurrentAsync(ledger.Owner, CancellationToken.None));

        Assert.Contains("version 9999", migrate.Message, StringComparison.Ordinal);
        Assert.Contains("run a newer release", server.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("delete from schema_version")]
    [InlineData("drop table schema_version")]
    public async Task A_server_refuses_an_older_database_and_says_what_to_run(string makeOlder)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        await ledger.ExecuteAsync(makeOlder);
        await using var database = ledger.Connect();

        var refusal = await Assert.ThrowsAsync<SchemaMismatchException>(
            () => Migrator.RequireCurrentAsync(database.Reads, CancellationToken.None));

        Assert.Contains("version 0", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("migrate", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_refuses_a_database_that_nobody_migrated()
    {
        var ledger = Keep(await Shared.CreateOwnEmptyAsync());
        await using var database = ledger.Connect();

        await Assert.ThrowsAsync<SchemaMismatchException>(
            () => Migrator.RequireCurrentAsync(database.Reads, CancellationToken.None));
    }

    [Fact]
    public async Task A_missing_service_role_is_named_with_what_creates_it_and_nothing_is_applied()
    {
        var ledger = Keep(await Shared.CreateOwnEmptyAsync());

        var refusal = await Assert.ThrowsAsync<SchemaMismatchException>(() => Migrator.MigrateAsync(
            ledger.OwnerConnectionString, "no_such_role", static _ => { }, CancellationToken.None));

        Assert.Contains("create role \"no_such_role\"", refusal.Message, StringComparison.Ordinal);
        Assert.False(await ledger.AskAsync<bool>("select to_regclass('schema_version') is not null"));
    }
}
