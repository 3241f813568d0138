using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Reads;
using Authorisation.Ledger.Rows;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

/// <summary>
/// In sessions with a lane's settings and with a reader's, with 10,000 accounts and as many entries, analysed or grown since; and with ten,
/// because a lane keeps the plan that it made when the tables were small.
/// </summary>
public sealed class StatementPlanTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const string Instruments = "array[1, 1]::integer[], array[1, 2]::smallint[], array['1000000001', null]::text[], array[null, gen_random_uuid()]::uuid[]";

    [Theory]
    [InlineData(10, true)]
    [InlineData(10_000, false)]
    [InlineData(10_000, true)]
    public async Task Every_statement_of_a_batch_goes_by_index(int accounts, bool analysed)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        var oper = await TestOperator.CreateAsync(ledger);
        await FillAsync(ledger, oper, accounts);
        await ledger.ExecuteAsync(analysed ? "vacuum analyze" : "alter table credit_account set (autovacuum_enabled = off)");
        await using var database = ledger.Connect();
        await using var lane = database.NewLaneConnection();
        await lane.OpenAsync();

        await AreByIndexAsync(lane, Statements(), AccountsSql.ForDecisions);
        await using var reads = await database.Reads.OpenConnectionAsync();
        await AreByIndexAsync(reads, Reads(), AccountsSql.ForReading);
    }

    [Fact]
    public async Task What_callers_ask_is_planned_once_for_a_connection()
    {
        var card = await Operator.AddCardAsync();
        await using var database = Ledger.Connect();
        var reader = new LedgerReader(database);
        for (var i = 0; i < 10; i++)
        {
            await reader.FindCreditAsync(card, Operator.Terms.TimeZone, CancellationToken.None);
            await reader.FindAuthorisationAsync(Guid.NewGuid(), CancellationToken.None);
            await reader.ListAsync(card, CreditMonth.FromNumber(202611), ListPosition.Start, 10, CancellationToken.None);
            await reader.ListUnmatchedAsync(Operator.Terms.Id, 10, CancellationToken.None);
            await reader.FindHolderAsync(card, DateTimeOffset.UtcNow, CancellationToken.None);
        }

        await using var connection = await database.Reads.OpenConnectionAsync();
        var plans = (await connection.QueryAsync<(string Statement, long Generic, long Custom)>(
            "select statement, generic_plans, custom_plans from pg_prepared_statements")).ToList();
        Assert.True(plans.Count >= 5, $"{plans.Count} statements are prepared");
        Assert.All(plans, plan => Assert.True(plan.Custom == 0 && plan.Generic > 0, $"planned {plan.Custom} times: {plan.Statement}"));
    }

    private static async Task AreByIndexAsync(
        NpgsqlConnection session, IEnumerable<(string Name, string Types, string Arguments)> statements, string accountsSql)
    {
        foreach (var (name, types, arguments) in statements)
        {
            var plan = await PlanAsync(session, name, name == "Rows.accounts.sql" ? accountsSql : EntryColumns.SqlOf(name), types, arguments);
            foreach (var table in new[] { "credit_account", "authorisation", "operation", "open_hold", "billing_snapshot" })
            {
                Assert.False(plan.Contains($"Seq Scan on {table}", StringComparison.Ordinal), $"{name}\n{plan}");
            }

            Assert.Contains("Index", plan, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<(string Name, string Types, string Arguments)> Reads()
    {
        yield return ("Rows.accounts.sql", "integer[], smallint[], text[], uuid[]", Instruments);
        yield return ("Rows.entries.sql", "uuid[]", "array[gen_random_uuid()]");
        yield return ("Rows.operations.sql", "uuid[], uuid[]", "array[gen_random_uuid()], array[]::uuid[]");
        yield return ("Rows.month_balance.sql", "uuid, integer", "gen_random_uuid(), 202611");
        yield return ("Reads.unlapsed_balance.sql", "uuid, integer, timestamptz", "gen_random_uuid(), 202611, now()");
        yield return ("Reads.holder.sql", "integer, text, timestamptz", "1, '1000000001', now()");
        yield return (
            "Reads.list.sql",
            "integer, uuid, text, integer, timestamptz, uuid, integer",
            "1, null, '1000000001', 202611, now(), gen_random_uuid(), 10");
        yield return ("Reads.unmatched.sql", "integer, integer", "1, 10");
    }

    private static IEnumerable<(string Name, string Types, string Arguments)> Statements()
    {
        const string instrumentTypes = "integer[], smallint[], text[], uuid[]";
        yield return ("Commit.UnderLock.Sql.lock.sql", instrumentTypes, Instruments);
        yield return ("Rows.accounts.sql", instrumentTypes, Instruments);
        yield return ("Rows.entries.sql", "uuid[]", "array[gen_random_uuid()]");
        yield return ("Rows.operations.sql", "uuid[], uuid[]", "array[gen_random_uuid()], array[gen_random_uuid()]");
        yield return ("Rows.month_balance.sql", "uuid, integer", "gen_random_uuid(), 202611");
        yield return (
            "Commit.UnderLock.Sql.lapsed.sql", "uuid[], integer[], timestamptz, integer", "array[gen_random_uuid()], array[202611], now(), 10");
        yield return ("Commit.UnderLock.Sql.next_lapse.sql", "uuid[], integer[], timestamptz", "array[gen_random_uuid()], array[202611], now()");
        yield return (
            "Commit.UnderLock.Sql.update.sql",
            "balance_row[]",
            "array[row(gen_random_uuid(), 202611, 1, 0, null, 2, 0, 0)::balance_row]");
    }

    private static async Task<string> PlanAsync(
        NpgsqlConnection session, string name, string sql, string types, string arguments)
    {
        var prepared = name.Replace('.', '_');
        await session.ExecuteAsync($"prepare {prepared} ({types}) as {sql}");
        var lines = await session.QueryAsync<string>($"explain execute {prepared} ({arguments})");
        return string.Join('\n', lines);
    }

    private static Task FillAsync(TestLedger ledger, TestOperator oper, int accounts) => ledger.ExecuteAsync(
        string.Create(CultureInfo.InvariantCulture, $"""
        insert into credit_account (id, operator_id, kind, card_number, billing_snapshot_id, limit_minor)
        select gen_random_uuid(), {oper.Terms.Id}, case when n % 2 = 0 then 1 else 2 end,
               case when n % 2 = 0 then (1000000000 + n)::text end, {oper.BillingSnapshotId}, 50000
        from generate_series(1, {accounts}) n;
        insert into authorisation (id, operator_id, client_id, account_id, billing_snapshot_id, decision, decline_reason, amount_minor,
          hold, credit_month, invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given)
        select gen_random_uuid(), operator_id, 1, id, billing_snapshot_id, 1, 0, 100, false, 202611, 202611, now(), 600, 'S', false
        from credit_account;
        """));
}
