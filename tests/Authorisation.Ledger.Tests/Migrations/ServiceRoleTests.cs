using Authorisation.Ledger.Tests.Support;
using Dapper;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Migrations;

public sealed class ServiceRoleTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const string InsufficientPrivilege = "42501";

    [Theory]
    [InlineData("update authorisation set amount_minor = 1")]
    [InlineData("update authorisation set decision = 1 where false")]
    [InlineData("delete from authorisation")]
    [InlineData("truncate authorisation")]
    [InlineData("update operation set amount_minor = 1")]
    [InlineData("delete from operation")]
    [InlineData("truncate operation")]
    [InlineData("delete from open_hold")]
    [InlineData("update open_hold set expires_at = 'infinity'")]
    [InlineData("update operator set first_open_month = 0")]
    [InlineData("drop table authorisation")]
    [InlineData("alter table authorisation disable trigger all")]
    [InlineData("update credit_account set limit_minor = 100000000")]
    [InlineData("update credit_account set blocked_at = null")]
    [InlineData("update credit_account set removed_at = null, version = version + 1")]
    [InlineData("delete from credit_account")]
    [InlineData("update organisation set suspended_at = null")]
    [InlineData("update operator set offers_card_credit = true")]
    [InlineData("delete from prepaid_card")]
    [InlineData("update access_token set ended_at = null")]
    [InlineData("insert into access_token (sha256, operator_id, client_id) values (decode(repeat('00', 32), 'hex'), 1, 1)")]
    [InlineData("insert into credit_account (id, operator_id, kind, billing_snapshot_id, limit_minor) values (gen_random_uuid(), 1, 2, 1, 100)")]
    [InlineData("delete from schema_version")]
    [InlineData("insert into card_change (operator_id, card_number) values (1, '100000')")]
    [InlineData("delete from card_numbering")]
    [InlineData("delete from organisation_change")]
    [InlineData("insert into billing_snapshot (organisation_id) values (gen_random_uuid())")]
    [InlineData("update organisation set version = version + 1")]
    [InlineData("create table public.mine ()")]
    [InlineData("create or replace function ledger_now() returns timestamptz language sql as 'select now()'")]
    public async Task The_servers_role_may_not(string statement)
    {
        await using var service = await Ledger.OpenSessionAsync(Ledger.ServiceConnectionString);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => service.ExecuteAsync(statement));

        Assert.Equal(InsufficientPrivilege, refusal.SqlState);
    }

    [Fact]
    public async Task The_servers_role_is_no_superuser_and_owns_nothing()
    {
        Assert.False(await Ledger.AskAsync<bool>(
            "select rolsuper or rolcreaterole or rolcreatedb from pg_roles where rolname = @ServiceRole", new { TestLedger.ServiceRole }));
        Assert.Equal(0, await Ledger.AskAsync<long>(
            "select count(*) from pg_class where relowner = @ServiceRole::regrole", new { TestLedger.ServiceRole }));
    }
}
