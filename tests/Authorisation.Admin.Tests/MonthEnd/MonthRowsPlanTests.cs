using System.Globalization;
using System.Text.RegularExpressions;
using Authorisation.Billing.MonthEnd;
using Authorisation.Testing.Ledger;
using Dapper;
using Xunit;
using Xunit.Abstractions;

namespace Authorisation.Admin.Tests.MonthEnd;

/// <summary>
/// The one function that selects a month's rows is put in the place of its call, so each caller reads by the index of what it
/// asks for, and nothing else.
/// </summary>
public sealed class MonthRowsPlanTests(SharedLedger shared, ITestOutputHelper output) : IClassFixture<SharedLedger>
{
    private const int Month = 2026_11;
    private const int Rows = 20_000;
    private const int Page = 100;

    private static readonly TimeSpan RegexBound = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Each_caller_reads_what_it_asks_for_by_its_own_index()
    {
        await using var ledger = await shared.CreateOwnAsync();
        var on = await TestOperator.CreateAsync(ledger);
        var account = on.AccountOf(await on.AddAppAsync());
        await FillAsync(ledger, on, account);
        // As right after a month was filled, when nothing is known of it yet, and later.
        foreach (var isKnown in (bool[])[false, true])
        {
            if (isKnown)
            {
                await ledger.ExecuteAsync("analyze authorisation, operation, billing_snapshot, billing.charge");
            }

            var ofAccount = await ExplainAsync(ledger, "select id from billing.month_rows(@operatorId, @account, @month)", on, account);
            Assert.Contains("authorisation_of_account", ofAccount, StringComparison.Ordinal);
            Assert.DoesNotContain("Function Scan", ofAccount, StringComparison.Ordinal);
            Assert.DoesNotContain("on_no_account", ofAccount, StringComparison.Ordinal);
            Assert.DoesNotContain("charge", ofAccount, StringComparison.Ordinal);

            foreach (var (source, index) in new[]
            {
                (RowSource.Authorisation, "authorisation_on_no_account"), (RowSource.Charge, "charge_of_month"),
            })
            {
                var page = await ExplainAsync(ledger, ClosedRows.OnNoAccount(source) + $" order by r.id limit {Page}", on, account);
                Assert.Equal(Page, RowsOf(page, index));
            }

            var ofPayer = await ExplainAsync(
                ledger,
                """
                select r.invoiced_minor
                from billing_snapshot p
                cross join lateral (
                  select r.invoiced_minor from billing.month_rows(@operatorId, @month) r
                  where r.source = 3 and r.billing_snapshot_id = p.id
                  offset 0) r
                where p.organisation_id = @OrganisationId
                """,
                on,
                account);
            Assert.Contains("charge_of_billing_snapshot", ofPayer, StringComparison.Ordinal);
            Assert.DoesNotContain("_on_no_account", ofPayer, StringComparison.Ordinal);
        }
    }

    private static int RowsOf(string plan, string index)
    {
        var scan = Regex.Match(plan, $@"Scan using {index} on .*\(actual rows=(?<rows>[0-9]+)", RegexOptions.ExplicitCapture, RegexBound);
        Assert.True(scan.Success, plan);
        return int.Parse(scan.Groups["rows"].Value, CultureInfo.InvariantCulture);
    }

    private async Task<string> ExplainAsync(TestLedger ledger, string sql, TestOperator on, Guid account)
    {
        await using var session = await ledger.OpenSessionAsync(ledger.AdminConnectionString);
        var plan = string.Join('\n', await session.QueryAsync<string>(
            "explain (analyze, costs off, timing off) " + sql,
            new { operatorId = on.Terms.Id, month = Month, account, afterId = Guid.Empty, on.OrganisationId }));
        output.WriteLine(plan);
        return plan;
    }

    private static Task FillAsync(TestLedger ledger, TestOperator on, Guid account) => ledger.ExecuteAsync(
        """
        insert into authorisation (
          id, operator_id, account_id, card_number, billing_snapshot_id, decision, decline_reason, amount_minor, hold, credit_month,
          invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given)
        select gen_random_uuid(), @Id, case when g % 100 = 0 then @account end, null, case when g % 100 = 0 then @BillingSnapshotId end,
               case when g % 100 = 0 then 1 else 2 end, case when g % 100 = 0 then 0 else 1 end, 1000, false, @Month, @Month,
               ledger_now(), 600, 'S', true
        from generate_series(1, @Rows) g;
        insert into billing_snapshot (
          organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name, billing_reference)
        select p.organisation_id, p.organisation_name, p.department_id, p.department_name, p.traveller_id, 'Anna ' || g, p.billing_reference
        from billing_snapshot p, generate_series(1, 200) g
        where p.id = @BillingSnapshotId;
        insert into billing.charge (
          id, operator_id, billing_snapshot_id, source_kind, source_id, amount_minor, vat_basis_points, vat_category, credit_month,
          invoice_month, description)
        select gen_random_uuid(), @Id, p.id, 'ticket', p.id || '/' || g, 100, 600, 'S', @Month, @Month, 'Biljett'
        from billing_snapshot p, generate_series(1, 100) g
        where p.organisation_id = @OrganisationId
        """,
        new { on.Terms.Id, on.BillingSnapshotId, on.OrganisationId, account, Month, Rows });
}
