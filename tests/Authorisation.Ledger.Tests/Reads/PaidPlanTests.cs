using Authorisation.Core;
using Authorisation.Ledger.Reads;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Reads;

/// <summary>
/// Lists of purchases by who pays, in an organisation of 20,000 travellers: they read an account's rows by index, and cost as
/// many looks into it as there are accounts.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class PaidPlanTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const int Travellers = 20_000;

    private readonly ITestOutputHelper _told = output;

    [Fact]
    public async Task Every_list_finds_purchases_and_operations_by_index()
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        var oper = await TestOperator.CreateAsync(ledger);
        var (traveller, account) = await FillAsync(ledger, oper);
        await using var session = await ledger.OpenSessionAsync(ledger.ServiceConnectionString);
        var organisation = new PaidBy(oper.Terms.Id, oper.OrganisationId);

        foreach (var by in new[]
        {
            organisation,
            organisation with { Departments = [oper.DepartmentId] },
            organisation with { TravellerId = traveller },
            organisation with { AccountId = account },
        })
        {
            var plan = await PlanAsync(session, by);
            _told.WriteLine($"{by}\n{plan}\n");
            foreach (var table in new[] { "authorisation", "operation" })
            {
                Assert.False(plan.Contains($"Seq Scan on {table}", StringComparison.Ordinal), plan);
            }

            if (by.TravellerId is not null || by.AccountId is not null)
            {
                Assert.False(plan.Contains("Seq Scan on credit_account", StringComparison.Ordinal), plan);
            }
        }

        var node = NewNode(ledger);
        var page = await node.Reader.ListPaidAsync(
            organisation, CreditMonth.FromNumber(2026_11), ListPosition.Start, 51, CancellationToken.None);
        Assert.Equal(51, page.Count);
        Assert.Equal(page.Select(one => one.Entry.DecidedAt).OrderDescending(), page.Select(one => one.Entry.DecidedAt));
    }

    private static async Task<string> PlanAsync(NpgsqlConnection session, PaidBy by)
    {
        await using var command = new NpgsqlCommand("explain (analyze, costs off, timing off) " + LedgerReader.PaidSqlOf(by), session)
        {
            Parameters =
            {
                new NpgsqlParameter<int> { TypedValue = by.OperatorId },
                new NpgsqlParameter<Guid> { TypedValue = by.OrganisationId },
                new NpgsqlParameter
                {
                    Value = by.Departments is { } departments ? departments.ToArray() : DBNull.Value,
                    NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Uuid,
                },
                new NpgsqlParameter { Value = (object?)by.TravellerId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid },
                new NpgsqlParameter { Value = (object?)by.AccountId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid },
                new NpgsqlParameter<int> { TypedValue = 2026_11 },
                new NpgsqlParameter<DateTime> { TypedValue = DateTime.MaxValue.ToUniversalTime() },
                new NpgsqlParameter<Guid> { TypedValue = Guid.AllBitsSet },
                new NpgsqlParameter<int> { TypedValue = 51 },
            },
        };
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return string.Join('\n', lines);
    }

    /// <summary>Travellers with an account and three purchases each, of which every tenth was refunded; names one.</summary>
    private static async Task<(Guid Traveller, Guid Account)> FillAsync(TestLedger ledger, TestOperator oper)
    {
        await ledger.ExecuteAsync(
            """
            with t as (
              insert into traveller (id, organisation_id, name, email, department_id)
              select gen_random_uuid(), @OrganisationId, 'Anna', n || '@example.org', @DepartmentId
              from generate_series(1, @Travellers) n
              returning id
            ), p as (
              insert into billing_snapshot (
                organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name, billing_reference)
              select @OrganisationId, 'Åkeri', @DepartmentId, 'Verkstad', t.id, 'Anna', '4711' from t
              returning id
            )
            insert into credit_account (id, operator_id, kind, billing_snapshot_id, limit_minor, activated_at)
            select gen_random_uuid(), @Id, 2, p.id, 50000, now() from p;
            insert into authorisation (
              id, operator_id, account_id, billing_snapshot_id, decision, decline_reason, amount_minor, hold, credit_month, invoice_month,
              decided_at, vat_basis_points, vat_category, vat_rate_given)
            select gen_random_uuid(), @Id, a.id, a.billing_snapshot_id, 1, 0, 100, false, 202611, 202611,
                   timestamptz '2026-11-01' + random() * interval '29 days', 600, 'S', false
            from credit_account a, generate_series(1, 3) where a.operator_id = @Id;
            insert into operation (
              id, authorisation_id, ordinal, operator_id, kind, made_offline, state_after, amount_minor, spent_minor, held_minor,
              invoiced_minor, account_id, billing_snapshot_id, credit_month, invoice_month, made_at, over_limit)
            select gen_random_uuid(), e.id, 1, e.operator_id, 3, false, 60, 100, -100, 0, -100, e.account_id, e.billing_snapshot_id, 202611, 202611,
                   now(), false
            from authorisation e where e.operator_id = @Id and hashtext(e.id::text) % 10 = 0;
            """,
            new { oper.OrganisationId, oper.DepartmentId, oper.Terms.Id, Travellers });
        await ledger.ExecuteAsync("vacuum analyze");
        await using var connection = await ledger.Owner.OpenConnectionAsync();
        return await connection.QuerySingleAsync<(Guid, Guid)>(
            """
            select p.traveller_id, a.id from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id
            where a.operator_id = @Id limit 1
            """,
            new { oper.Terms.Id });
    }
}
