using Authorisation.Ledger.Tests.Support;
using Authorisation.Schema;
using Dapper;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Migrations;

/// <summary>What runs with the owner's rights does what the owner wrote, whatever the caller has put in its way.</summary>
public sealed class DefinerTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const string InsufficientPrivilege = "42501";

    [Fact]
    public async Task Every_function_that_runs_as_the_owner_names_its_path_and_ends_it_with_temporary_objects()
    {
        var definers = await DefinersAsync();

        Assert.True(definers.Count >= 6, string.Join(", ", definers));
        Assert.All(definers, definer => Assert.Matches(@" search_path=[a-z_]+(, [a-z_]+)*, pg_temp$", definer));
    }

    [Theory]
    [InlineData(
        "deactivate_app(uuid)",
        "access_token",
        "insert into pg_temp.access_token values (decode(repeat('00', 32), 'hex'), 1, null, @id, null, now(), null, pg_current_xact_id())",
        "select deactivate_app(@id)")]
    [InlineData(
        "open_hold_of_authorisation()",
        "open_hold",
        "select 1",
        """
        insert into public.authorisation (
          id, operator_id, account_id, decision, decline_reason, amount_minor, hold, expires_at, credit_month, invoice_month,
          decided_at, vat_basis_points, vat_category, vat_rate_given)
        values (@id, 1, @id, 1, 0, 100, true, now(), 202611, 202611, now(), 600, 'S', false)
        """)]
    public async Task A_role_that_may_make_temporary_tables_does_not_become_the_owner_by_them(
        string function, string table, string bait, string sql)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        await ledger.ExecuteAsync($"grant temporary on database {await DatabaseAsync(ledger)} to {TestLedger.ServiceRole}");

        Assert.False(await AttackAsync(ledger, table, bait, sql));
        // As it was before its path was named: so that it is seen that this is an attack.
        await ledger.ExecuteAsync($"alter function {function} set search_path = \"$user\", public");
        Assert.True(await AttackAsync(ledger, table, bait, sql));
    }

    [Fact]
    public async Task After_migrate_nobody_but_the_owner_makes_anything()
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        foreach (var connection in new[] { ledger.ServiceConnectionString, ledger.AdminConnectionString })
        {
            await using var role = await ledger.OpenSessionAsync(connection);
            foreach (var sql in new[] { "create temporary table mine ()", "create table public.mine ()" })
            {
                Assert.Equal(InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => role.ExecuteAsync(sql))).SqlState);
            }
        }
    }

    [Fact]
    public async Task A_role_that_could_change_what_was_decided_is_refused_with_what_to_use_instead()
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        await using var superuser = NpgsqlDataSource.Create(ledger.SuperuserConnectionString);
        await using var service = NpgsqlDataSource.Create(ledger.ServiceConnectionString);

        foreach (var (source, why) in new[] { (ledger.Owner, "owns the schema"), (superuser, "is a superuser") })
        {
            var refusal = await Assert.ThrowsAsync<SchemaMismatchException>(
                () => Migrator.RequireOrdinaryRoleAsync(source, Migrator.DefaultServiceRole, CancellationToken.None));
            Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
            Assert.Contains("authorisation_service", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("migrate", refusal.Message, StringComparison.Ordinal);
        }

        await Migrator.RequireOrdinaryRoleAsync(service, Migrator.DefaultServiceRole, CancellationToken.None);
    }

    /// <summary>
    /// Puts a table of the service role's own before the owner's, with a trigger that does what the owner alone may, and has
    /// something done that uses the name. Whether it was done with the owner's rights.
    /// </summary>
    private static async Task<bool> AttackAsync(TestLedger ledger, string table, string bait, string sql)
    {
        var (loot, id) = ("loot_" + Guid.NewGuid().ToString("N"), Guid.NewGuid());
        await using (var service = await ledger.OpenSessionAsync(ledger.ServiceConnectionString))
        {
            await service.ExecuteAsync($"create temporary table {table} (like public.{table})");
            await service.ExecuteAsync(bait, new { id });
            await service.ExecuteAsync(
                $"""
                create function pg_temp.attack() returns trigger language plpgsql as $$
                begin
                  execute 'create table public.{loot} ()';
                  return new;
                end $$;
                create trigger attack before insert or update on pg_temp.{table} for each row execute function pg_temp.attack();
                grant all on pg_temp.{table} to public;
                """);
            try
            {
                await service.ExecuteAsync(sql, new { id });
            }
            catch (PostgresException)
            {
                // Refused is as good as done otherwise.
            }
        }

        return await ledger.AskAsync<bool>("select to_regclass('public.' || @loot) is not null", new { loot });
    }

    private async Task<IReadOnlyList<string>> DefinersAsync()
    {
        await using var db = await Ledger.Owner.OpenConnectionAsync();
        var definers = await db.QueryAsync<string>(
            """
            select p.oid::regprocedure::text || ' ' || coalesce(
              (select replace(c, '"', '') from unnest(p.proconfig) c where c like 'search_path=%'), 'nothing')
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')
            """);
        return [.. definers];
    }

    private static Task<string> DatabaseAsync(TestLedger ledger) => ledger.AskAsync<string>("select quote_ident(current_database())");
}
