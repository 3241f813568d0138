using System.Globalization;
using System.Text.RegularExpressions;
using Authorisation.Admin.Tests.Support;
using Authorisation.Billing.Reports;
using Authorisation.Testing.Ledger;
using Dapper;
using Xunit;
using Xunit.Abstractions;

namespace Authorisation.Admin.Tests.Reports;

/// <summary>What a report of an organisation of 1,000 accounts reads.</summary>
public sealed class SpendingPlanTests(SharedAdmin shared, ITestOutputHelper output) : IClassFixture<SharedAdmin>
{
    private const int Month = 2026_11;
    private const int Accounts = 1_000;

    private static readonly TimeSpan RegexBound = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_report_of_an_open_month_looks_up_who_pays_once_and_not_for_each_account()
    {
        await using var ledger = await shared.Ledgers.CreateOwnAsync();
        var on = await TestOperator.CreateAsync(ledger);
        await FillAsync(ledger, on);
        await using var session = await ledger.OpenSessionAsync(ledger.AdminConnectionString);

        var plan = await session.QueryAsync<string>("explain (analyze, costs off, timing off) " + Spending.SqlOf(isClosed: false), new
        {
            OperatorId = on.Terms.Id,
            on.OrganisationId,
            Month,
            IsByTraveller = false,
            Departments = (Guid[]?)null,
            Travellers = (Guid[]?)null,
            AfterDepartment = Guid.Empty,
            AfterTraveller = Guid.Empty,
            UntilDepartment = Guid.AllBitsSet,
            UntilTraveller = Guid.AllBitsSet,
            Count = int.MaxValue,
            Nobody = Guid.Empty,
        });

        var text = string.Join('\n', plan);
        output.WriteLine(text);
        var scans = Regex.Matches(text, @"Seq Scan on billing_snapshot .*loops=(?<loops>[0-9]+)", RegexOptions.ExplicitCapture, RegexBound);
        Assert.All(scans, scan => Assert.Equal(1, int.Parse(scan.Groups["loops"].Value, CultureInfo.InvariantCulture)));
        Assert.Matches(@"Index Scan .*authorisation_of_account|Index Scan on authorisation_of_account", text);
    }

    private static Task FillAsync(TestLedger ledger, TestOperator on) =>
        ledger.ExecuteAsync(
            """
            insert into traveller (id, organisation_id, name, email, department_id)
            select gen_random_uuid(), @OrganisationId, 'Anna ' || g, 'anna' || g || '@example.com', @DepartmentId
            from generate_series(1, @Accounts) g;
            insert into billing_snapshot (
              organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name, billing_reference)
            select p.organisation_id, p.organisation_name, p.department_id, p.department_name, t.id, t.name, p.billing_reference
            from billing_snapshot p join traveller t on t.organisation_id = p.organisation_id
            where p.id = @BillingSnapshotId and t.name like 'Anna %' and t.email <> 'anna@example.org';
            insert into credit_account (id, operator_id, kind, billing_snapshot_id, limit_minor)
            select gen_random_uuid(), @Id, 2, id, 50000 from billing_snapshot where organisation_id = @OrganisationId;
            insert into authorisation (
              id, operator_id, account_id, billing_snapshot_id, decision, decline_reason, amount_minor, hold, credit_month,
              invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given)
            select gen_random_uuid(), a.operator_id, a.id, a.billing_snapshot_id, 1, 0, 1000, false, @Month, @Month, ledger_now(), 600, 'S', true
            from credit_account a, generate_series(1, 20) g
            where a.operator_id = @Id;
            analyze
            """,
            new { on.OrganisationId, on.DepartmentId, on.BillingSnapshotId, on.Terms.Id, Month, Accounts });
}
